//! Tests of audit, on both engines.
