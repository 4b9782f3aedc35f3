//! The consoles seen from outside: ports and workers, the built-in servers, recorded sessions, real QEMU guests.

mod faults;
mod qemu;
mod sessions;
mod viewers;
mod workers;
