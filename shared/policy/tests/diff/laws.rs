//! Laws of the normal form, on which a comparison stands.

use std::collections::BTreeSet;

use rekindle_policy::{Text, changes, normal, read};
use serde_json::{Value, json};

use crate::samples::{COMBINATIONS, GUARDS, TRIGGERS, document};
use crate::{OLD, policy};

/// Documents with every kind of trigger, every guard and every combination, each with what it is.
fn samples() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = TRIGGERS
        .iter()
        .map(|(name, written)| ((*name).to_owned(), document(&format!("triggers:\n  it: {written}\n"))))
        .collect();
    all.extend(COMBINATIONS.iter().map(|written| {
        let text = document(&format!("triggers: {{ a: {{ alarm: x }} }}\nstart_when: {written}\n"));
        ((*written).to_owned(), text)
    }));
    let guards = document(&format!(
        "owner: a\nmode: observe\ntrained: 2026-10-01T00:00:00Z\nserves_after: 1h\ndata_window: 7d\n\
         triggers: {{ it: {{ alarm: a }} }}\nguards:{GUARDS}\n"
    ));
    all.extend([("guards".to_owned(), guards), ("the table's".to_owned(), OLD.to_owned())]);
    for (name, text) in [
        ("churn", include_str!("../../../../infra/policies/churn.yaml")),
        ("fleet", include_str!("../samples/fleet.yaml")),
        ("minimal", include_str!("../../../../infra/policies/minimal.yaml")),
        ("credit-default", include_str!("../../../../infra/policies/credit-default.yaml")),
        ("defect-vision", include_str!("../../../../infra/policies/defect-vision.yaml")),
        ("recommender", include_str!("../../../../infra/policies/recommender.yaml")),
        ("tenants", include_str!("../../../../infra/policies/tenants.yaml")),
    ] {
        all.push((name.to_owned(), text.to_owned()));
    }
    all
}

/// The same document as another program would write it: other order of fields, other quotes, no comments.
fn rewritten(text: &str) -> String {
    let options = serde_saphyr::options! { strict_booleans: true };
    let value: Value = serde_saphyr::from_str_with_options(text, options).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn a_policy_does_not_differ_from_itself_or_from_another_way_of_writing_it() {
    for (name, text) in samples() {
        let commented = text.replace('\n', "   # is so\n# what follows is so\n");
        for other in [text.clone(), commented, rewritten(&text), format!("\n\n---\n{text}")] {
            for (old, new) in read(&Text::new("a", 1, &*text))
                .unwrap()
                .iter()
                .zip(read(&Text::new("b", 9, &*other)).unwrap())
            {
                assert_eq!(changes(old, &new), [], "{name}");
                assert_eq!(normal(old), normal(&new), "{name}");
            }
        }
    }
}

/// The normal form is a document: whatever it forgot or said otherwise would be lost on the way back.
#[test]
fn the_normal_form_is_read_back_as_the_same_policy() {
    for (name, text) in samples() {
        for policy in read(&Text::new("a", 1, &*text)).unwrap() {
            let mut back = crate::policy(&normal(&policy).to_string());
            assert_eq!(normal(&back), normal(&policy), "{name}");
            // Nothing but what is a way of writing may be otherwise.
            back.revision = policy.revision.clone();
            back.training = policy.training.clone();
            back.start_when = policy.start_when.clone();
            let mut policy = policy;
            for blackout in [&mut back.guards.blackout, &mut policy.guards.blackout] {
                blackout.sort_by_key(|window| window.opens.text().to_owned());
            }
            assert_eq!(back, policy, "{name}");
        }
    }
}

/// Every value of the normal form, changed one by one: a change that can be read is seen, at its own place.
#[test]
fn no_field_is_unseen() {
    let (mut seen, mut unread) = (BTreeSet::new(), BTreeSet::new());
    for (name, text) in samples() {
        let old = policy(&text);
        let whole = normal(&old);
        for place in leaves(&whole, String::new()) {
            // Another model is another policy, and how triggers combine is one thing. Guards and training requests are alike
            // in all samples but one.
            let seen_elsewhere = match place.split('/').nth(1).unwrap() {
                "model" | "start_when" => true,
                "guards" => name != "guards",
                "training" => name != "the table's",
                _ => false,
            };
            if seen_elsewhere {
                continue;
            }
            let read = others(whole.pointer(&place).unwrap()).into_iter().find_map(|value| {
                let mut edited = whole.clone();
                *edited.pointer_mut(&place).unwrap() = value;
                read(&Text::new("b", 1, edited.to_string())).ok()
            });
            let anywhere = place.split('/').skip(1);
            let anywhere: Vec<&str> =
                if place.starts_with("/triggers") { anywhere.skip(2).collect() } else { anywhere.collect() };
            let field = anywhere.join(".");
            let Some(new) = read else {
                unread.insert(field);
                continue;
            };
            let told = changes(&old, &new[0]);
            let top = place.split('/').nth(1).unwrap();
            assert!(
                told.iter().any(|change| change.field[0] == top),
                "{name}: {place} is not seen: {told:?}"
            );
            seen.insert(field);
        }
    }
    // The periods of two metrics that are laid beside each other cannot be changed alone.
    let never: Vec<&String> = unread.difference(&seen).collect();
    assert_eq!(never, ["break_even.traffic.period", "challenger.metric.period", "trials.period"]);
    assert!(seen.len() > 100, "{}: {seen:#?}", seen.len());
}

/// The places of everything that is no mapping and no list.
fn leaves(value: &Value, place: String) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| {
                leaves(value, format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")))
            })
            .collect(),
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(at, item)| leaves(item, format!("{place}/{at}"))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![place],
    }
}

/// Other values that might be written in a place.
fn others(value: &Value) -> Vec<Value> {
    let all: Vec<Value> = match value {
        Value::Bool(it) => vec![json!(!it)],
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            vec![
                json!(number / 2.0),
                json!(number + 0.001),
                json!(format!("{number:.0}").parse::<i64>().unwrap() + 1),
            ]
        }
        Value::String(text) => words(text).into_iter().map(Value::from).collect(),
        Value::Null | Value::Array(_) | Value::Object(_) => Vec::new(),
    };
    all.into_iter().filter(|other| other != value).collect()
}

/// Words of the kind of this one.
fn words(text: &str) -> Vec<String> {
    let alike: &[&str] = if text.contains(" USD") {
        &["17.25 USD"]
    } else if text.contains(" of ") {
        &["2 of 4"]
    } else if text.contains('(') {
        &["cron(7 7 * * ? *)", "at(2026-11-21T13:00:00)"]
    } else if text.starts_with(|letter: char| letter.is_ascii_digit()) {
        &["3h", "19m", "61d", "5.5%", "2026-11-30T00:00:00Z", "a", "7"]
    } else {
        &[
            "a",
            "edge",
            "latch",
            "lower",
            "higher",
            "day",
            "audit",
            "enforce",
            "suspended",
            "replace",
            "forbid",
            "SampleCount",
            "Average",
            "breaching",
            "clean",
            "passed",
            "Asia/Tokyo",
            "Pipe",
            "ManifestFile",
            "ml.m5.4xlarge",
        ]
    };
    std::iter::once(format!("{text}x")).chain(alike.iter().map(|word| (*word).to_owned())).collect()
}
