//! What the README of the infrastructure tells people to type.

use std::fs;
use std::path::Path;

use rekindle_decision::signal::Signal;
use rekindle_events::{Reading, read};

/// Every block of JSON in a document.
fn blocks(document: &str) -> Vec<&str> {
    document.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn what_the_readme_shows_is_what_we_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/README.md");
    let document = fs::read_to_string(path).unwrap();
    let mut words: Vec<&str> = Vec::new();
    for block in blocks(&document) {
        let mut entries = read(block.as_bytes());
        let Ok(Reading::Signal(signal)) = entries.remove(0).reading else { panic!("not a signal: {block}") };
        words.push(match signal {
            Signal::Scheduled(_) => "scheduled",
            Signal::Asked(_) => "retrain",
            Signal::Confirmed(_) => "confirm",
            Signal::Controlled(control) => control.action.word(),
            Signal::TrainingEnded(_) => "training ended",
            Signal::Edited(_) => "policy edited",
            Signal::Alarmed(_) | Signal::Arrived(_) | Signal::Sweep(_) => "other",
        });
    }
    words.sort_unstable();
    words.dedup();
    let shown =
        ["cancel", "close_breaker", "confirm", "resume", "retrain", "scheduled", "suspend", "training ended"];
    assert_eq!(words, shown);
}
