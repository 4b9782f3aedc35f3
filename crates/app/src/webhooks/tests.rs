//! Webhooks, against real listeners.
