//! Tests of assignments, on both engines.
