//! Audit coverage.
