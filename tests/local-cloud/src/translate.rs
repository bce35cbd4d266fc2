use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::venv::run;
use crate::{Error, Tool, workspace};

/// Any Region will do: the translator only wants to know that there is one.
const REGION: &str = "eu-central-1";

type Parameters = BTreeMap<String, String>;

/// Reads a template as plain `CloudFormation`.
///
/// A SAM template goes through the project's own `translate.py`, so that what the tests run is the text that is
/// deployed; SAM writes the parameters into that text, so they must be known here. A file ending in `.json` is
/// taken to be `CloudFormation` already.
pub fn translate(template: &Path, parameters: &Parameters) -> Result<Value, Error> {
    let json = if is_cloudformation(template) {
        std::fs::read(template).map_err(Error::io(format!("read `{}`", template.display())))?
    } else {
        from_sam(template, parameters)?
    };
    serde_json::from_slice(&json)
        .map_err(|error| Error::unexpected(format!("CloudFormation in JSON ({error})"), template.display()))
}

/// Whether a template is `CloudFormation` already; then its parameters are given when the stack is created.
pub(crate) fn is_cloudformation(template: &Path) -> bool {
    template.extension().is_some_and(|extension| extension == "json")
}

/// A second of Python, so each process does it once for all of its tests.
fn from_sam(template: &Path, parameters: &Parameters) -> Result<Vec<u8>, Error> {
    static DONE: Mutex<BTreeMap<(PathBuf, Parameters), Vec<u8>>> = Mutex::new(BTreeMap::new());
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (template.to_path_buf(), parameters.clone());
    if let Some(json) = done.get(&key) {
        return Ok(json.clone());
    }
    let json = run(Command::new(Tool::TRANSLATOR.python()?)
        .arg(workspace::root().join("infra/checks/translate.py"))
        .arg(template)
        .arg("--parameters")
        .args(parameters.iter().map(|(name, value)| format!("{name}={value}")))
        .env("AWS_DEFAULT_REGION", REGION))?;
    done.insert(key, json.clone());
    Ok(json)
}
