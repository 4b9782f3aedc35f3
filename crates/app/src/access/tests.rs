//! Tests of access, on both engines.
