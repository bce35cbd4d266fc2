//! `rekindle`: decide when to retrain a model, and see why.

use std::process::ExitCode;

fn main() -> ExitCode {
    rekindle::main()
}
