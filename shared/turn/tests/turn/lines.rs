//! What dashboards and queries find in the log: figures of the fleet, and one line for each end and each verdict.

use std::collections::BTreeSet;

use crate::judged;
use crate::stage::{DRIFT, MODEL, Stage, WEEKLY, at, document, ended, monday, name, sweep, text};
use insta::assert_json_snapshot;
use rekindle_decision::signal::{AlarmState, Ask, Signal};
use rekindle_turn::memory::Memory;
use rekindle_turn::turn;
use rekindle_turn::world::{Creation, JobStatus};
use rstest::rstest;
use serde_json::{Value, json};

/// The lines of this kind since the last call.
fn lines(world: &Memory, kind: &str) -> Vec<Value> {
    world.take_lines().into_iter().filter(|line| line["kind"] == kind).collect()
}

/// The metrics that a line names.
fn named(line: &Value) -> BTreeSet<String> {
    let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap();
    metrics.iter().map(|metric| metric["Name"].as_str().unwrap().to_owned()).collect()
}

/// Where models stand, of the turn's line, without the places where none does.
fn census(line: &Value) -> Value {
    let fields = line.as_object().unwrap().iter();
    let of_models = fields.filter(|(name, value)| name.starts_with("Models") && **value != json!(0));
    of_models.map(|(name, value)| (name.clone(), value.clone())).collect::<serde_json::Map<_, _>>().into()
}

/// A fleet of so many, of which each is woken by an alarm of its own.
fn fleet(size: usize) -> Memory {
    let world = Memory::at(at("2026-11-02T03:00:04Z"));
    let documents = (0..size).map(|at| {
        let model = format!("m{at:02}");
        world.set_alarm(&format!("{model}-drift"), AlarmState::Ok);
        text(&format!("{model}.yaml"), 1, document(&model, DRIFT, "{ cooldown: 24h }", ""))
    });
    let documents: Vec<_> = documents.collect();
    world.put_policies(documents);
    world
}

#[tokio::test]
async fn a_finished_sweep_counts_every_model_once_where_it_stands() {
    let world = fleet(6);
    for model in ["m00", "m01", "m02"] {
        world.set_alarm(&format!("{model}-drift"), AlarmState::Alarm);
    }
    let quota = || Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none".to_owned() };
    world.answer_next([quota(), quota(), quota()]);
    let sweep = |name: &str| {
        let invocation = world.invocation(name);
        async move { turn(&invocation, &[sweep()]).await.unwrap() }
    };
    let _ = sweep("one").await;
    let line = lines(&world, "turn").remove(0);
    assert_eq!(
        census(&line),
        json!({ "Models": 6, "ModelsUntrained": 6, "ModelsHeldForMachines": 3, "ModelsResting": 3 })
    );
    world.set_now(at("2026-11-02T04:00:04Z"));
    let _ = sweep("two").await;
    let line = lines(&world, "turn").remove(0);
    assert_eq!(
        census(&line),
        json!({ "Models": 6, "ModelsUntrained": 6, "ModelsTraining": 3, "ModelsResting": 3 })
    );
    // Two end well and one does not; what rings goes on ringing, and waits for its cooldown.
    world.set_now(at("2026-11-02T05:00:04Z"));
    for (job, _) in world.jobs() {
        let status = if job.contains("m02") { JobStatus::Failed } else { JobStatus::Completed };
        world.end_job(&job, status);
    }
    world.set_alarm("m00-drift", AlarmState::Ok);
    world.set_alarm("m03-drift", AlarmState::InsufficientData);
    let _ = sweep("three").await;
    let line = lines(&world, "turn").remove(0);
    let places: u64 = census(&line)
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !["Models", "ModelsUntrained"].contains(&name.as_str()))
        .map(|(_, count)| count.as_u64().unwrap())
        .sum();
    assert_eq!((places, &line["Models"], &line["ModelsUntrained"]), (6, &json!(6), &json!(4)), "{line}");
}

#[tokio::test]
async fn a_turn_that_looked_at_a_part_counts_no_fleet() {
    let world = fleet(3);
    let one = Ask { models: vec!["m01".to_owned()], ..crate::stage::ask("one") };
    let _ = turn(&world, &[Signal::Asked(one)]).await.unwrap();
    let line = lines(&world, "turn").remove(0);
    assert_eq!(census(&line), json!({}));
}

#[tokio::test]
async fn a_larger_fleet_has_no_more_metrics() {
    let mut known = Vec::new();
    for size in [1, 40] {
        let world = fleet(size);
        world.set_alarm("m00-drift", AlarmState::Alarm);
        let _ = turn(&world, &[sweep()]).await.unwrap();
        known.push(world.take_lines().iter().flat_map(named).collect::<BTreeSet<String>>());
    }
    assert_eq!(known[0], known[1]);
}

#[tokio::test]
async fn the_end_of_a_training_is_told_alike_by_whoever_saw_it() {
    let mut told = Vec::new();
    for by_event in [true, false] {
        let stage = Stage::with(WEEKLY).priced("0.50 USD");
        stage.turn(&[monday()]).await;
        stage.wait("1h");
        stage.world.fail_job(&name(1), "AlgorithmError: exit code 1");
        let _ = stage.world.take_lines();
        let summary =
            if by_event { stage.end(&[ended(&name(1), "Failed")]).await } else { stage.sweep().await };
        assert_eq!(summary.ended + summary.mended, 1);
        told.extend(lines(&stage.world, "end"));
    }
    assert_eq!((told.len(), &told[0]), (2, &told[1]));
    assert_json_snapshot!("the_line_of_an_end", told[0]);
}

#[rstest]
#[case::helped(0.875, "TrainingsHelped", "helped")]
#[case::no_difference(0.75, "TrainingsNoDifference", "no_difference")]
#[case::worse(0.625, "TrainingsWorse", "worse")]
#[tokio::test]
async fn a_verdict_is_told_once_with_what_was_measured(
    #[case] after: f64,
    #[case] metric: &str,
    #[case] verdict: &str,
) {
    let stage = judged::stage();
    judged::trained(&stage, 0.75, after).await;
    stage.sweep().await;
    let told = lines(&stage.world, "judged");
    assert_eq!(told.len(), 1);
    let line = &told[0];
    assert_eq!(
        (&line[metric], &line["verdict"], &line["Model"]),
        (&json!(1), &json!(verdict), &json!(MODEL))
    );
    assert_eq!(
        (&line["generation"], &line["Because"], &line["futile"]),
        (&json!(1), &json!("drift"), &json!(false))
    );
    let gain = &line["gain"];
    assert_eq!((&gain["before"], &gain["after"]), (&json!(0.75), &json!(after)));
    let verdicts: u64 = named(line).iter().map(|name| line[name].as_u64().unwrap()).sum();
    assert_eq!(verdicts, 1, "one verdict: {line}");
}

#[tokio::test]
async fn a_start_that_was_carried_on_says_which_it_is_and_what_it_reserves() {
    let stage = Stage::of(WEEKLY, "{ budget: { amount: 100 USD, per: month, per_run: 12.50 USD } }", "");
    let quota = Creation::NotNow { code: "ResourceLimitExceeded".to_owned(), message: "none".to_owned() };
    stage.world.answer_next([quota]);
    stage.turn(&[monday()]).await;
    let line = stage.line();
    assert!(line.get("ReservedUsd").is_none() && line.get("Job").is_none(), "{line}");
    stage.wait("1h");
    stage.sweep().await;
    let line = stage.line();
    assert_eq!(
        (&line["Starts"], &line["ReservedUsd"], &line["Job"]),
        (&json!(1), &json!(12.5), &json!(name(1)))
    );
    assert_eq!(line["Why"], "Carried on generation 1, which an earlier turn decided to start: weekly.");
}

#[rstest]
#[case::nothing_asks("", "mode: enforce", &[], "resting")]
#[case::its_job_runs("", "mode: enforce", &["1h"], "training")]
#[case::a_date_must_pass("cooldown: 9h", "mode: enforce", &["1h", "end", "1h"], "time")]
#[case::there_is_no_money("budget: { amount: 10 USD, per: month, per_run: 12.50 USD }", "mode: enforce", &["1h"], "budget")]
#[case::a_person_must_agree("ask_first: true", "mode: enforce", &["1h"], "person")]
#[case::trainings_failed("after_failure: { wait: 1m, times: 2, up_to: 1h, give_up_after: 1 }", "mode: enforce", &["1h", "fail", "1h"], "person")]
#[case::the_policy_observes("", "mode: observe", &["1h"], "off")]
#[case::the_policy_is_suspended("", "mode: suspended", &["1h"], "off")]
#[tokio::test]
async fn a_model_stands_where_somebody_must_move(
    #[case] guard: &str,
    #[case] mode: &str,
    #[case] then: &[&str],
    #[case] stance: &str,
) {
    let guards = if guard.contains("cooldown") { guard.to_owned() } else { format!("cooldown: 0s, {guard}") };
    let stage = Stage::of(DRIFT, &format!("{{ {} }}", guards.trim_end_matches(", ")), mode);
    stage.world.set_alarm("churn-drift", if then.is_empty() { AlarmState::Ok } else { AlarmState::Alarm });
    stage.sweep().await;
    for step in then {
        match *step {
            "end" => stage.end_job(),
            "fail" => stage.fail_job(),
            length => stage.wait(length),
        }
        stage.sweep().await;
    }
    let line = stage.line();
    assert_eq!(line["Stance"], stance, "{line}");
}

/// Logs Insights finds two hundred fields in a line, and how many points there are is for CloudWatch to say.
#[tokio::test]
async fn what_queries_ask_for_stands_before_the_facts() {
    let stage = Stage::with(WEEKLY);
    stage.turn(&[monday()]).await;
    let line = stage.line();
    let (asked, facts): (Vec<&String>, Vec<&String>) =
        line.as_object().unwrap().keys().partition(|name| name.starts_with(char::is_uppercase));
    let text = line.to_string();
    let place = |name: &String| text.find(&format!("\"{name}\":")).unwrap();
    let first = place(facts.iter().min_by_key(|name| place(name)).unwrap());
    assert!(asked.iter().all(|name| place(name) < first), "{text}");
    let head =
        ["At", "Because", "Generation", "Job", "Model", "Outcome", "Sentence", "Stance", "Verdict", "Why"];
    assert!(head.iter().all(|name| line.get(name).is_some()), "{text}");
    assert!(asked.len() < 40, "{asked:?}");
}
