use std::path::PathBuf;

/// The root of the workspace this crate was built in: the home of `.venv`, `infra` and `target`.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).components().collect::<PathBuf>().join("../..")
}
