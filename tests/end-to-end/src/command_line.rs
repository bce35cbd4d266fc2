//! The command line as a person has it, with the cloud of a test.

use std::path::Path;
use std::process::{Command, Output};

use rekindle_local_cloud::{Aws, MiniStack};

use crate::{Problem, sagemaker};

/// Runs `rekindle` in a folder; its cloud is an account of the emulator, and it finds no other.
///
/// # Errors
///
/// It is not built, or built without its cloud, or no port could be had for the SageMaker double.
pub fn rekindle(cloud: &MiniStack, aws: &Aws, folder: &Path, arguments: &[&str]) -> Result<Output, Problem> {
    let program = std::env::current_exe()?;
    let built =
        program.ancestors().skip(1).find(|folder| folder.file_name().is_some_and(|name| name != "deps"));
    let binary = built.ok_or("the running program is in no folder")?.join("rekindle");
    if !binary.is_file() {
        return Err(format!("no {}: run `cargo build --workspace` first", binary.display()).into());
    }
    let output = Command::new(binary)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("AWS_ENDPOINT_URL", cloud.endpoint())
        // The emulator knows no training jobs.
        .env("AWS_ENDPOINT_URL_SAGEMAKER", sagemaker()?.url())
        .env("AWS_REGION", aws.region())
        // Twelve digits are the account.
        .env("AWS_ACCESS_KEY_ID", aws.account())
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .output()?;
    if String::from_utf8_lossy(&output.stderr).contains("does not reach AWS") {
        return Err("the command line is built without its cloud: run `cargo build --workspace`".into());
    }
    Ok(output)
}
