//! `rekindle local`: the real functions on a local cloud.

use std::path::Path;
use std::process::ExitCode;

pub(crate) fn local(_binaries: Option<&Path>, _json: bool) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not yet")
}
