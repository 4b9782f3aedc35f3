//! The relay's tests from outside, one binary so that it links once.

#[path = "../../fuzz/entry.rs"]
mod entry;

mod corpus;
mod entering;
mod fairness;
mod peers;
mod properties;
mod session;
