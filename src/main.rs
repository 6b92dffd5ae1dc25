//! Arguments in, one error line and an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    sportello::cli::main()
}
