//! Every fixture, as a person reads the outcome.

use std::fmt::Write;

use rekindle_events::{Reading, read};

use crate::folder::{Fixture, fixtures, root};

/// What was read of one fixture: its signals with their identities, and its refusals.
fn told(fixture: &Fixture) -> String {
    let mut told = format!("# {}\n", fixture.name);
    for entry in read(&fixture.bytes) {
        if let Some(id) = entry.message_id {
            writeln!(told, "message {id}").unwrap();
        }
        match entry.reading {
            Ok(Reading::Signal(signal)) => {
                writeln!(told, "identity {}", signal.identity().as_deref().unwrap_or("none")).unwrap();
                writeln!(told, "{}", serde_json::to_string_pretty(&signal).unwrap()).unwrap();
            }
            Ok(Reading::Ignored { kind, why }) => writeln!(told, "ignored, {kind}: {why}").unwrap(),
            Err(refused) => {
                writeln!(told, "{refused}").unwrap();
                if let Some(hint) = refused.hint {
                    writeln!(told, "hint: {hint}").unwrap();
                }
            }
        }
    }
    told
}

fn all_told(folder: &str) -> String {
    fixtures(folder).iter().map(told).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_accepted_becomes_these_signals() {
    insta::assert_snapshot!("accept", all_told("accept"));
}

#[test]
fn what_is_ignored_says_why() {
    insta::assert_snapshot!("ignore", all_told("ignore"));
}

#[test]
fn what_is_refused_says_what_is_wrong_and_where() {
    insta::assert_snapshot!("refuse", all_told("refuse"));
}

#[test]
fn each_folder_holds_what_its_name_says() {
    for fixture in fixtures("accept") {
        let signals = |entry: &_| matches!(entry, Ok(Reading::Signal(_)));
        let readings: Vec<_> = read(&fixture.bytes).into_iter().map(|entry| entry.reading).collect();
        let refused_beside_others = fixture.name.contains("mixed") && readings.iter().any(signals);
        assert!(readings.iter().all(signals) || refused_beside_others, "{}", fixture.name);
    }
    for fixture in fixtures("ignore") {
        let entries = read(&fixture.bytes);
        assert!(matches!(entries[0].reading, Ok(Reading::Ignored { .. })), "{}", fixture.name);
    }
    for fixture in fixtures("refuse") {
        assert!(read(&fixture.bytes).iter().all(|entry| entry.reading.is_err()), "{}", fixture.name);
    }
}

#[test]
fn the_readme_has_a_line_for_every_file() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let listed: Vec<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let held: Vec<String> =
        ["accept", "ignore", "refuse"].into_iter().flat_map(fixtures).map(|fixture| fixture.name).collect();
    assert_eq!(listed, held);
}

#[test]
fn a_reading_reads_back_from_its_json() {
    for entry in fixtures("accept").iter().chain(&fixtures("ignore")).flat_map(|fixture| read(&fixture.bytes))
    {
        if let Ok(reading) = entry.reading {
            let written = serde_json::to_string(&reading).unwrap();
            assert_eq!(serde_json::from_str::<Reading>(&written).unwrap(), reading);
        }
    }
}
