//! The fixtures as they lie in their folders.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// One fixture: its name without the ending, and its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Fixture {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// Whether it is a request of our own, where unknown fields are refused.
    pub(crate) fn is_ours(&self) -> bool {
        self.bytes.windows(8).any(|window| window == b"rekindle") && !self.name.starts_with("our-own")
    }
}

/// The fixtures of one folder, in the order of their names.
pub(crate) fn fixtures(folder: &str) -> Vec<Fixture> {
    let paths: Vec<PathBuf> =
        fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    let fixture = |path: PathBuf| Fixture {
        name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
        bytes: fs::read(&path).unwrap(),
    };
    let mut fixtures: Vec<Fixture> = paths.into_iter().map(fixture).collect();
    fixtures.sort_by(|one, other| one.name.cmp(&other.name));
    fixtures
}

/// One fixture by folder and name.
pub(crate) fn fixture(folder: &str, name: &str) -> Fixture {
    fixtures(folder).into_iter().find(|fixture| fixture.name == name).unwrap()
}

/// An event as a queue delivers it.
pub(crate) fn queued(event: &Value) -> Value {
    json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": event.to_string()}]})
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}
