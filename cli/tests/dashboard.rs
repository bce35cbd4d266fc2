//! The dashboard and the saved queries ask for nothing that the functions do not write.
#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::signal::{Edit, Signal, Sweep};
use rekindle_policy::Text;
use rekindle_replay::month::Month;
use rekindle_turn::memory::Memory;
use serde_json::{Value, json};

/// What lines of the log have in them.
#[derive(Debug, Default)]
struct Written {
    metrics: BTreeSet<String>,
    fields: BTreeSet<String>,
}

impl Written {
    fn read(&mut self, line: &Value) {
        for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().into_iter().flatten() {
            self.metrics.insert(metric["Name"].as_str().unwrap().to_owned());
        }
        let mut fields = line.clone();
        // Long, deep, and nothing that a query should look into: it may be beyond what Logs Insights finds.
        for deep in ["_aws", "facts", "ruling"] {
            fields.as_object_mut().unwrap().remove(deep);
        }
        self.flatten("", &fields);
    }

    fn flatten(&mut self, at: &str, value: &Value) {
        let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| self.flatten(&below(name), value));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(n, value)| self.flatten(&below(&n.to_string()), value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.fields.insert(at.to_owned());
            }
        }
    }
}

/// Lines of a month of the fleet, and of what does not happen in it.
async fn written() -> Written {
    let written = Arc::new(Mutex::new(Written::default()));
    let log = Arc::clone(&written);
    let month = Month { seed: 1, sweep_every: Duration::from_seconds(3 * 3_600) };
    let review = month.live(|_| (), move |line| log.lock().unwrap().read(line)).unwrap();
    assert_eq!(review.models, 200);
    let mut written = Arc::into_inner(written).unwrap().into_inner().unwrap();
    unusual().await.iter().for_each(|line| written.read(line));
    written
}

/// A policy that is refused; a metric that never delivers; an event that cannot be read, as the functions log it.
async fn unusual() -> Vec<Value> {
    let now: Timestamp = "2026-11-02T03:00:04Z".parse().unwrap();
    let world = Memory::at(now);
    let minimal = std::fs::read_to_string(root().join("infra/policies/minimal.yaml")).unwrap();
    let weekly = minimal.lines().find(|line| line.starts_with("  weekly:")).unwrap();
    let silent =
        "  weekly: { metric: { namespace: Churn, name: Loss, statistic: Average, period: 1h }, above: 1 }";
    world.put_policies([
        Text::new("silent", 1, minimal.replace(weekly, silent)),
        Text::new("broken", 1, "model: [".to_owned()),
    ]);
    let edit = Signal::Edited(Edit { document: "broken".to_owned(), at: now, replay: None });
    for signal in [edit, Signal::Sweep(Sweep::default())] {
        let _ = rekindle_turn::turn(&world, &[signal]).await.unwrap();
    }
    let refused =
        rekindle_events::read(br#"{"rekindle": "retrain", "modl": "churn"}"#).remove(0).reading.unwrap_err();
    let mut lines = world.take_lines();
    lines.push(json!({ "kind": "refused", "refused": refused }));
    lines
}

/// Written by Lambda about an invocation, or by the tracing that our functions print: not by us.
const NOT_OURS: [&str; 5] = ["type", "record.status", "level", "fields.message", "fields.error_type"];

/// Written by a function about an event that leads to no turn.
const OF_EVENTS: [&str; 2] = ["RefusedEvents", "IgnoredEvents"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every query: those that are saved, and those of the dashboard, which are among them.
fn queries() -> Vec<(String, String)> {
    let folder = std::fs::read_dir(root().join("infra/dashboard/queries")).unwrap();
    let mut queries: Vec<(String, String)> = folder
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    queries.sort();
    queries
}

/// Words of a query that are no field.
const WORDS: [&str; 15] = [
    "fields", "filter", "stats", "sort", "limit", "by", "as", "and", "or", "not", "in", "like", "asc",
    "desc", "dedup",
];

/// The fields that a query asks for: its words, without those of the language, functions, and the names it gives itself.
fn asked(query: &str) -> BTreeSet<String> {
    let query: String =
        query.lines().filter(|line| !line.starts_with('#')).flat_map(|line| [line, "\n"]).collect();
    let (mut found, mut made) = (BTreeSet::new(), BTreeSet::new());
    let mut last = String::new();
    // Every second part stands between quotation marks.
    for part in query.split('"').step_by(2) {
        let is_inside = |c: char| c.is_alphanumeric() || "_.@`".contains(c);
        let mut rest = part;
        while let Some(begin) = rest.find(is_inside) {
            let tail = &rest[begin..];
            let end = tail.find(|c| !is_inside(c)).unwrap_or(tail.len());
            let (word, after) = tail.split_at(end);
            let is_function = after.starts_with('(');
            if last == "as" {
                made.insert(word.to_owned());
            } else if !is_function
                && !WORDS.contains(&word)
                && !word.starts_with(|c: char| c.is_ascii_digit())
            {
                found.insert(word.trim_matches('`').to_owned());
            }
            word.clone_into(&mut last);
            rest = after;
        }
    }
    found.retain(|word| !made.contains(word) && !word.starts_with('@'));
    found
}

#[tokio::test]
async fn every_metric_and_field_that_is_asked_for_is_written() {
    let written = written().await;
    let body: Value =
        serde_json::from_slice(&std::fs::read(root().join("infra/dashboard/dashboard.json")).unwrap())
            .unwrap();
    let rows = body["widgets"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|widget| widget["properties"]["metrics"].as_array().cloned().unwrap_or_default());
    let shown: BTreeSet<String> =
        rows.filter(|row| row[0] == "Rekindle").map(|row| row[1].as_str().unwrap().to_owned()).collect();
    assert!(shown.len() > 15, "{shown:?}");
    let missing: Vec<&String> = shown.difference(&written.metrics).collect();
    assert!(missing.is_empty(), "the dashboard shows what nobody writes: {missing:?}");
    let readme = std::fs::read_to_string(root().join("infra/dashboard/README.md")).unwrap();
    let count = written.metrics.union(&OF_EVENTS.map(str::to_owned).into()).count();
    assert!(readme.contains(&format!("a stack has {count} metrics")), "{count}: {:?}", written.metrics);
    for (name, query) in queries() {
        let asked = asked(&query);
        assert!(!asked.is_empty(), "{name} asks for nothing");
        let missing: Vec<&String> = asked
            .iter()
            .filter(|field| !written.fields.contains(*field) && !NOT_OURS.contains(&field.as_str()))
            .collect();
        assert!(missing.is_empty(), "{name} asks for fields that nobody writes: {missing:?}");
    }
}

#[test]
fn the_words_of_a_query_are_told_apart() {
    let query = "# not this\nfilter Model = \"not that\" and ispresent(Verdict)\n| stats latest(At) as when by `a.b`, @log";
    let wanted = ["At", "Model", "Verdict", "a.b"];
    assert_eq!(asked(query).into_iter().collect::<Vec<_>>(), wanted);
}
