//! The newest run of a Model Monitor schedule.

use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap, MonitorFact};
use rekindle_decision::finding::{Finding, Monitored};
use rekindle_decision::policy::{CountsAs, Monitor, MonitorEnd, Policy, Watch};
use rekindle_decision::signal::{Arrival, What};
use rstest::rstest;

use crate::make::{at, counts, finding, policy, verdict};

fn quality(on: MonitorEnd) -> Policy {
    policy([("quality", Watch::Monitor(Monitor { schedule: "churn-quality".into(), on }).into())])
}

fn ended(status: &str, scheduled: &str) -> Facts {
    let mut facts = Facts::at(at("12:00:00"));
    let (status, scheduled) = (status.to_owned(), at(scheduled));
    facts.monitors.insert("churn-quality".into(), MonitorFact::Found { status, scheduled, failure: None });
    facts
}

#[rstest]
#[case::with_violations("CompletedWithViolations", "start", "rest")]
#[case::without("Completed", "rest", "start")]
#[case::by_failing("Failed", "hold blind", "hold blind")]
#[case::by_being_stopped("Stopped", "hold blind", "hold blind")]
#[case::with_a_word_to_come("CompletedWithDoubts", "hold blind", "hold blind")]
#[case::with_a_word_in_other_letters("completed", "hold blind", "hold blind")]
fn a_run_that_ended(#[case] status: &str, #[case] on_violations: &str, #[case] on_clean: &str) {
    let facts = ended(status, "11:00:00");
    let scheduled = at("11:00:00");
    let run = Monitored { schedule: "churn-quality".into(), status: status.into(), scheduled };
    for (on, expected) in [(MonitorEnd::Violations, on_violations), (MonitorEnd::Clean, on_clean)] {
        let ruling = decide(&quality(on), &facts);
        assert_eq!(verdict(&ruling), expected, "{on:?}");
        let found = match expected {
            "start" => Finding::MonitorFired(run.clone()),
            "rest" => Finding::MonitorQuiet(run.clone()),
            _ => Finding::MonitorUnclear(run.clone()),
        };
        assert_eq!(finding(&ruling, "quality"), found);
    }
}

#[rstest]
#[case::no_run(Some(MonitorFact::NoRun), Finding::NoMonitorRun { schedule: "churn-quality".into() })]
#[case::unread(Some(MonitorFact::Unread { gap: Gap::Forbidden }), Finding::Unread { gap: Gap::Forbidden })]
#[case::not_asked_for(None, Finding::Unread { gap: Gap::NotAsked })]
fn a_schedule_with(#[case] fact: Option<MonitorFact>, #[case] expected: Finding) {
    let mut facts = Facts::at(at("12:00:00"));
    facts.monitors.extend(fact.map(|fact| ("churn-quality".to_owned(), fact)));
    let ruling = decide(&quality(MonitorEnd::Violations), &facts);
    assert_eq!((finding(&ruling, "quality"), verdict(&ruling).as_str()), (expected, "hold blind"));
}

#[rstest]
#[case::before_the_run("10:59:59", "start")]
#[case::at_the_instant_of_the_run("11:00:00", "rest")]
#[case::after_the_run("11:30:00", "rest")]
fn a_run_asks_once(#[case] started: &str, #[case] expected: &str) {
    let mut facts = ended("CompletedWithViolations", "11:00:00");
    facts.state.last_started = Some(at(started));
    assert_eq!(verdict(&decide(&quality(MonitorEnd::Violations), &facts)), expected);
    // As a level, it asks for as long as no other run has ended otherwise.
    let mut level = quality(MonitorEnd::Violations);
    let trigger = level.triggers["quality"].clone();
    level.triggers.insert("quality".into(), counts(CountsAs::Level, trigger));
    assert_eq!(verdict(&decide(&level, &facts)), "start");
}

#[test]
fn a_policy_hears_of_monitoring_runs_only_if_it_watches_one() {
    let what = What::MonitoringRun { job: "arn:aws:sagemaker:job".into(), status: "Completed".into() };
    let run = Arrival { id: "one".into(), at: at("11:00:00"), what, replay: None };
    assert!(quality(MonitorEnd::Clean).hears(&run));
    assert_eq!(quality(MonitorEnd::Clean).monitors(), ["churn-quality"]);
    let other = policy([("drift", crate::make::alarm("drift"))]);
    assert!(!other.hears(&run));
    assert_eq!(other.monitors(), [""; 0]);
}
