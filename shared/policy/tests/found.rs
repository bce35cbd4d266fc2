#![cfg(test)]
//! What fuzzing found once, replayed: inputs in `tests/fuzz/found/policy`, and the check the fuzzer asks.

#[path = "../../../tests/fuzz/checks/policy.rs"]
mod check;

use std::fs;
use std::path::Path;

#[test]
fn what_was_found_once_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/found/policy");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.map(|entry| entry.unwrap().path()).filter(|path| !path.ends_with("README.md")) {
        // The name of the input, for whoever sees this fail.
        println!("{}", path.display());
        check::holds(&fs::read(&path).unwrap());
    }
}
