//! The client against the simulator of both versions of PVE, and against small servers for what no PVE does.

mod calls;
mod console;
mod examine;
mod failures;
mod fleet;
mod guests;
mod probe;
mod raw;
mod tailnet;
mod trust;
mod ways;
