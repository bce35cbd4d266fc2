//! Starts the real binary. That this test exists makes `cargo test --workspace` build it for the local cloud, too.
#![cfg(test)]

use std::process::Command;

#[test]
fn without_its_environment_the_function_says_which_variable_is_missing() {
    let output = Command::new(env!("CARGO_BIN_EXE_on-training-end")).env_clear().output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    // Debug output of the error: it is what Lambda shows when a function cannot start.
    assert!(said.contains("REKINDLE_POLICY_TTL_SECONDS"), "{said}");
}
