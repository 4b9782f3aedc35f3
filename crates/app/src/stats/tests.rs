//! Tests of the sums by themselves.
