//! Finds the functions that cargo has built.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::Error;

/// The functions of Rekindle, by the names of their binaries.
pub const FUNCTIONS: [&str; 4] = ["on-alarm", "on-metric-check", "on-schedule", "on-training-end"];

/// The function binaries built into the same folder as the running program.
///
/// A test runs from `target/<profile>/deps`, a program from `target/<profile>`; the functions are in the latter.
/// A test of another package does not make cargo build them, hence the hint in the error.
pub fn from_target_dir() -> Result<BTreeMap<String, PathBuf>, Error> {
    let program = std::env::current_exe().map_err(Error::io("find the running program"))?;
    from_folder_of(&program, &FUNCTIONS)
}

fn from_folder_of(program: &Path, functions: &[&str]) -> Result<BTreeMap<String, PathBuf>, Error> {
    let folder = program
        .ancestors()
        .skip(1)
        .find(|folder| folder.file_name().is_some_and(|name| name != "deps"))
        .unwrap_or(program);
    functions
        .iter()
        .map(|function| {
            let path = folder.join(function);
            if path.is_file() {
                return Ok(((*function).to_owned(), path));
            }
            Err(Error::Missing {
                what: format!("the function `{function}` is not built: no `{}`", path.display()),
                hint: "run `cargo test --workspace`, or `cargo build --workspace` first".into(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_beside_the_program_or_above_its_tests() {
        let profile = tempfile::tempdir().unwrap();
        std::fs::create_dir(profile.path().join("deps")).unwrap();
        std::fs::write(profile.path().join("on-alarm"), "").unwrap();

        for program in ["deps/flow-0a1b", "rekindle"] {
            let found = from_folder_of(&profile.path().join(program), &["on-alarm"]).unwrap();
            assert_eq!(found["on-alarm"], profile.path().join("on-alarm"));
        }
    }

    #[test]
    fn a_missing_function_says_what_to_run() {
        let profile = tempfile::tempdir().unwrap();
        let error = from_folder_of(&profile.path().join("deps/flow"), &["on-alarm"]).unwrap_err().to_string();
        assert!(error.contains("`on-alarm` is not built"), "{error}");
        assert!(error.contains("cargo test --workspace"), "{error}");
    }
}
