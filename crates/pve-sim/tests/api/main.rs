//! The simulator seen from outside, over TLS: compared with recordings of genuine PVE, and point by point.

mod checklist;
mod control;
mod faults;
mod support;
mod transcripts;
