//! Arguments in, one error line and an exit code out.

fn main() {}
