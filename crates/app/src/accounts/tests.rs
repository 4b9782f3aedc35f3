//! Tests of accounts, on both engines.
