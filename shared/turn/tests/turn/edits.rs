//! Whoever writes a policy is answered: was it taken, and if not, what is wrong?

use std::fmt::Write as _;
use std::sync::Arc;

use rekindle_decision::signal::{Edit, Signal};
use rekindle_policy::PolicySet;
use rekindle_turn::Summary;
use serde_json::{Value, json};

use crate::stage::{DRIFT, MODEL, Stage, document, text};

const DOCUMENT: &str = "/rekindle/policies/churn";

/// A stage whose documents are these versions, one after the other, as a warm function would have read them.
fn after(versions: &[&str]) -> (Stage, PolicySet) {
    let stage = Stage::with(DRIFT);
    let mut set = PolicySet::default();
    for (version, written) in (1..).zip(versions) {
        set = set.refresh([text(DOCUMENT, version, (*written).to_owned())]);
    }
    stage.world.share_policies(&Arc::new(set.clone()));
    (stage, set)
}

fn good() -> String {
    document(MODEL, DRIFT, "{ cooldown: 24h }", "")
}

/// Misspells what `good` says.
fn misspelt() -> String {
    good().replace("cooldown: 24h", "cooldwn: 24h")
}

fn edit(stage: &Stage) -> Signal {
    Signal::Edited(Edit { document: DOCUMENT.to_owned(), at: stage.now(), replay: None })
}

async fn answered(stage: &Stage) -> (Summary, Value) {
    let summary = stage.turn(&[edit(stage)]).await;
    let lines = stage.world.take_lines();
    (summary, lines.into_iter().find(|line| line["kind"] == "policy").unwrap_or_default())
}

/// What people read of an edit: on the bus, in the log, and in the answer.
async fn read(stage: &Stage) -> String {
    let (summary, line) = answered(stage).await;
    let mut read = String::new();
    for told in stage.world.take_published() {
        writeln!(read, "bus: {} {:#}", told.detail_type, told.detail).unwrap();
    }
    let counts = ["PoliciesAccepted", "PoliciesRefused"].map(|name| format!("{name} {}", line[name]));
    writeln!(read, "log: {} {}, {}", line["outcome"], counts[0], counts[1]).unwrap();
    writeln!(read, "answer: {:#}", json!(summary.policies)).unwrap();
    read
}

#[tokio::test]
async fn an_owner_reads_what_became_of_an_edit() {
    let mut story = String::new();
    let gone = good().replace("model: churn", "model: [");
    let tells: [(&str, &[&str]); 5] = [
        ("a first version that is good", &[&good()]),
        ("a second version that is misspelt", &[&good(), &misspelt()]),
        ("a first version that is misspelt", &[&misspelt()]),
        ("a version of which not even the model can be read", &[&gone]),
        ("a misspelt version, mended", &[&good(), &misspelt(), &good()]),
    ];
    for (name, versions) in tells {
        let (stage, _) = after(versions);
        writeln!(story, "# {name}\n{}", read(&stage).await).unwrap();
    }
    let (stage, _) = after(&[]);
    writeln!(story, "# a document that is gone\n{}", read(&stage).await).unwrap();
    insta::assert_snapshot!(story);
}

#[tokio::test]
async fn a_document_for_a_whole_fleet_names_some_of_its_models_and_counts_the_rest() {
    let names: Vec<String> = (0..60).map(|at| format!("m{at:02}")).collect();
    let fleet = good().replace("model: churn", &format!("models: [{}]", names.join(", ")));
    let (stage, _) = after(&[&fleet]);
    let (summary, line) = answered(&stage).await;
    let sentence = &summary.policies[0];
    assert!(sentence.contains("m18, m19 and 40 more"), "{sentence}");
    assert_eq!((line["models"].as_array().unwrap().len(), &line["models_in_all"]), (20, &json!(60)));
}

#[tokio::test]
async fn a_second_document_for_one_model_is_refused_and_the_first_is_not() {
    let stage = Stage::with(DRIFT);
    let texts = [("/rekindle/policies/a", 1), ("/rekindle/policies/b", 1)];
    let set = PolicySet::default().refresh(texts.map(|(name, version)| text(name, version, good())));
    stage.world.share_policies(&Arc::new(set));
    let edited = |document: &str| {
        Signal::Edited(Edit { document: document.to_owned(), at: stage.now(), replay: None })
    };
    let summary = stage.turn(&[edited("/rekindle/policies/a"), edited("/rekindle/policies/b")]).await;
    assert!(summary.policies[0].starts_with("Accepted: /rekindle/policies/a"), "{:?}", summary.policies);
    assert!(
        summary.policies[1].contains("already has its policy in /rekindle/policies/a"),
        "{:?}",
        summary.policies
    );
    assert_eq!(stage.heard(), ["Policy Accepted", "Policy Refused"]);
}

#[tokio::test]
async fn an_edit_starts_nothing_and_looks_at_no_model() {
    let (stage, _) = after(&[&good()]);
    stage.world.set_alarm("churn-drift", rekindle_decision::signal::AlarmState::Alarm);
    let (summary, _) = answered(&stage).await;
    assert_eq!((summary.models, summary.started, summary.unclaimed.len()), (0, 0, 0));
    assert!(stage.world.jobs().is_empty());
}

#[tokio::test]
async fn a_replay_of_an_edit_is_not_answered() {
    let (stage, _) = after(&[&good()]);
    let replayed =
        Edit { document: DOCUMENT.to_owned(), at: stage.now(), replay: Some("week-10".to_owned()) };
    let summary = stage.turn(&[Signal::Edited(replayed)]).await;
    assert_eq!((summary.policies.len(), summary.unclaimed.len()), (0, 1));
    assert!(stage.heard().is_empty());
}

#[tokio::test]
async fn an_answer_that_the_bus_does_not_take_makes_the_event_come_again() {
    let (stage, _) = after(&[&good()]);
    stage.world.refuse_announcements(1);
    let (summary, _) = answered(&stage).await;
    assert_eq!(
        (summary.unannounced, summary.failed),
        (1, vec![format!("the bus did not take what was found of {DOCUMENT}")])
    );
    let (summary, _) = answered(&stage).await;
    assert_eq!((summary.unannounced, summary.failed.len()), (0, 0));
    assert_eq!(stage.heard(), ["Policy Accepted"]);
}
