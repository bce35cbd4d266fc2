//! The example policies, each replayed over a history that tells its story, and what planted mistakes look like.
#![cfg(test)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Exit code, and everything that is said: first what went to standard error.
fn says(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rekindle"))
        .arg("replay")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), format!("{}{}", text(output.stderr), text(output.stdout)))
}

fn policies() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/policies"))
}

/// The commands of `infra/policies/histories/README.md`, by the policy: what stands after `rekindle replay infra/policies/`.
fn commands() -> Vec<(String, Vec<String>)> {
    let page = std::fs::read_to_string(policies().join("histories/README.md")).unwrap();
    let joined = page.replace("\\\n", " ");
    let lines = joined.lines().filter_map(|line| line.strip_prefix("cargo run -- replay "));
    lines
        .map(|line| {
            let words: Vec<String> =
                line.split_whitespace().map(|word| word.replace("infra/policies/", "")).collect();
            (words[0].trim_end_matches(".yaml").to_owned(), words)
        })
        .collect()
}

fn command(policy: &str) -> Vec<String> {
    commands().into_iter().find(|(name, _)| name == policy).unwrap().1
}

fn replayed(words: &[String], more: &[&str]) -> (i32, String) {
    let words: Vec<&str> = words.iter().map(String::as_str).chain(more.iter().copied()).collect();
    says(policies(), &words)
}

#[test]
fn every_example_tells_its_story() {
    let commands = commands();
    let names: Vec<&str> = commands.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["churn", "credit-default", "tenants", "recommender"]);
    for (name, words) in &commands {
        let (code, told) = replayed(words, &[]);
        insta::assert_snapshot!(
            name.as_str(),
            format!("$ rekindle replay {}\n{told}[exit code {code}]", words.join(" "))
        );
        let json = replayed(words, &["--json"]).1;
        let report: Value = serde_json::from_str(&json[json.find('{').unwrap()..]).unwrap();
        assert!(!report["policy"]["starts"].as_array().unwrap().is_empty(), "{name} starts nothing");
        assert!(!report["held"].as_array().unwrap().is_empty(), "{name} is never held");
    }
}

/// What is noted, and what is in the report, of a policy whose text was changed.
fn mistaken(policy: &str, right: &str, wrong: &str) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(policies().join(policy).with_extension("yaml")).unwrap();
    assert_eq!(text.matches(right).count(), 1, "{right}");
    let file = folder.path().join("mistaken.yaml");
    std::fs::write(&file, text.replace(right, wrong)).unwrap();
    let mut words = command(policy);
    words[0] = file.display().to_string();
    let (code, told) = replayed(&words, &["--json"]);
    assert_eq!(code, 0, "{told}");
    let (notes, report) = told.split_at(told.find('{').unwrap());
    (notes.to_owned(), serde_json::from_str(report).unwrap())
}

fn starts(report: &Value) -> &[Value] {
    report["policy"]["starts"].as_array().unwrap()
}

fn held<'a>(report: &'a Value, by: &str) -> Vec<&'a Value> {
    report["held"].as_array().unwrap().iter().filter(|held| held["by"] == by).collect()
}

#[test]
fn a_limit_on_the_wrong_side_is_wanted_by_a_healthy_model() {
    const NOTE: &str = "note: models did not get worse with age";
    let (right_notes, right) = mistaken("churn", "below: 0.82", "below: 0.820");
    let (wrong_notes, wrong) = mistaken("churn", "below: 0.82", "above: 0.82");
    assert!(!right_notes.contains(NOTE) && wrong_notes.contains(NOTE), "{right_notes}{wrong_notes}");
    let paid_for_nothing = |report: &Value| report["policy"]["false_starts"].as_u64().unwrap();
    let all = u64::try_from(starts(&wrong).len()).unwrap();
    assert_eq!((paid_for_nothing(&right), paid_for_nothing(&wrong)), (1, all));
    assert!(starts(&wrong).len() > starts(&right).len());
    assert!(starts(&wrong)[0]["because"].as_str().unwrap().contains("5 of 5 periods above 0.82"));
}

#[test]
fn a_cooldown_of_a_quarter_holds_to_the_end() {
    let (_, right) = mistaken("recommender", "cooldown: 12h", "cooldown: 720m");
    let (_, wrong) = mistaken("recommender", "cooldown: 12h", "cooldown: 90d");
    assert_eq!((starts(&right).len(), starts(&wrong).len()), (5, 1));
    let hours = |report: &Value| -> i64 {
        let at = |held: &Value, end: &str| held[end].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        let spans = held(report, "cooldown").into_iter();
        spans.map(|held| at(held, "to").duration_since(at(held, "from")).as_hours()).sum()
    };
    assert!(hours(&right) < 24 && hours(&wrong) > 120, "{} and {}", hours(&right), hours(&wrong));
    assert_eq!(held(&wrong, "cooldown").last().unwrap()["to"], wrong["to"]);
}

#[test]
fn a_price_wrong_by_a_thousand_is_no_start_or_always_wanted() {
    let of = |cost: &str| mistaken("recommender", "retrain_cost: 60 USD", &format!("retrain_cost: {cost}")).1;
    let (right, dear, cheap) = (of("60.00 USD"), of("60000 USD"), of("0.06 USD"));
    assert_eq!((starts(&dear).len(), starts(&right).len(), starts(&cheap).len()), (0, 5, 9));
    let by_data = |report: &Value| report["policy"]["holds"]["data"].as_u64().unwrap();
    assert!(by_data(&cheap) > 3 * by_data(&right), "{} and {}", by_data(&cheap), by_data(&right));
}

#[test]
fn what_a_replay_lacks_is_told_with_what_to_do() {
    let churn = ["churn.yaml", "--history", "histories/churn.csv"];
    let recommender = ["recommender.yaml", "--history", "histories/recommender-trainings.csv"];
    let prices = ["--retrain-cost", "0.50USD", "--cost-per-unit-loss", "2USD"];
    for (name, arguments, code, told) in [
        (
            "no price",
            churn.to_vec(),
            2,
            "nobody says what a training and a unit of the loss cost: give --retrain-cost",
        ),
        (
            "one price",
            [&churn[..], &prices[..2]].concat(),
            2,
            "nobody says what a unit of the loss costs over a period",
        ),
        (
            "the other",
            [&churn[..], &prices[2..]].concat(),
            2,
            "nobody says what a training costs: give --retrain-cost",
        ),
        (
            "no value",
            recommender.to_vec(),
            2,
            "the history has no value of `worth_it` (average Shop/MissRate)",
        ),
        (
            "no alarm",
            [&churn[..], &prices[..]].concat(),
            0,
            "note: the history has no change of the alarm `example-churn-feature-drift`: it counts as OK throughout",
        ),
        (
            "another's alarm",
            [&churn[..], &["--history", "histories/tenants-alarms.csv"], &prices[..]].concat(),
            0,
            "note: the changes of the alarm `tenants-feed-broken` wake nobody: the policy does not name it",
        ),
        (
            "no metric",
            vec!["defect-vision.yaml", "--history", "histories/churn-alarms.csv"],
            2,
            "no trigger of the policy reads a metric, so nobody knows what its models lose; add one",
        ),
        (
            "a trigger that is none",
            [&churn[..], &["--trigger", "acuracy"]].concat(),
            2,
            "no trigger `acuracy` reads a metric; there are: accuracy",
        ),
    ] {
        let (exit, said) = says(policies(), &arguments);
        assert_eq!(exit, code, "{name}: {said}");
        assert!(said.contains(told), "{name}: {said}");
    }
}
