//! The `nexus` command. Reads its arguments and hands over; everything else lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    nexus::cli::run()
}
