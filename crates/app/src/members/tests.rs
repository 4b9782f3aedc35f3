//! Tests of members, on both engines.
