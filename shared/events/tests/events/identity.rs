//! One occurrence has one name, whatever it comes wrapped in.

use rekindle_decision::signal::{Signal, Transition};
use rekindle_events::{Reading, read};
use rstest::rstest;

use crate::folder::fixture;

const WRAPPINGS: [&str; 5] = ["eventbridge", "action", "sns", "sns-in-sqs", "raw"];

fn signal(name: &str) -> Signal {
    let mut entries = read(&fixture("accept", name).bytes);
    assert_eq!(entries.len(), 1, "{name}");
    match entries.remove(0).reading {
        Ok(Reading::Signal(signal)) => signal,
        other => panic!("{name}: {other:?}"),
    }
}

fn transition(name: &str) -> Transition {
    let signal = signal(name);
    let Signal::Alarmed(transition) = signal else { panic!("{name}: {signal:?}") };
    transition
}

#[rstest]
fn a_transition_is_the_same_in_five_wrappings(
    #[values("daily", "hourly", "math", "anomaly", "composite", "suppressed", "by-hand")] alarm: &str,
) {
    let [first, others @ ..] = WRAPPINGS.map(|wrapping| format!("alarm-{alarm}-{wrapping}"));
    let identity = signal(&first).identity();
    assert!(identity.is_some());
    let first = transition(&first);
    for other in &others {
        assert_eq!(signal(other).identity(), identity, "{other}");
        let other = transition(other);
        assert_eq!(
            (other.alarm, other.name, other.kind, other.state, other.since, other.previous, other.reason),
            (
                first.alarm.clone(),
                first.name.clone(),
                first.kind,
                first.state,
                first.since,
                first.previous,
                first.reason.clone()
            ),
        );
    }
}

#[rstest]
fn numbers_that_two_wrappings_tell_agree(
    #[values("daily", "hourly", "math", "anomaly", "composite", "suppressed")] alarm: &str,
    #[values("sns", "raw")] wrapping: &str,
) {
    let (told, text) =
        (transition(&format!("alarm-{alarm}-eventbridge")), transition(&format!("alarm-{alarm}-{wrapping}")));
    assert_eq!((told.threshold, told.period), (text.threshold, text.period));
}

#[rstest]
#[case::another_transition_of_the_same_alarm("alarm-daily-raw", "alarm-by-hand-raw")]
#[case::another_alarm("alarm-composite-raw", "alarm-suppressed-raw")]
#[case::a_rule_and_a_schedule("scheduled-rule", "scheduled-scheduler")]
#[case::a_tick_and_a_sweep_of_one_schedule("scheduled-input", "sweep-input")]
#[case::a_key_written_again("object-created", "object-created-overwritten")]
#[case::two_results_of_one_ruleset("quality-captured", "quality-passed")]
#[case::two_ends_of_one_job("processing-completed", "processing-failed")]
#[case::two_events_of_one_source("event-custom", "event-model-package")]
#[case::two_ends_of_one_training_job("training-completed", "training-failed")]
#[case::two_things_done_by_hand("suspend-until", "cancel-one")]
fn different_occurrences_have_different_names(#[case] one: &str, #[case] other: &str) {
    assert_ne!(signal(one).identity(), signal(other).identity());
}

#[rstest]
#[case::delivered_twice("scheduled-rule", "scheduled-rule-again")]
#[case::replayed_tick("scheduled-rule", "scheduled-rule-replayed")]
#[case::replayed_alarm("alarm-daily-eventbridge", "alarm-eventbridge-replayed")]
#[case::without_its_arn("alarm-daily-eventbridge", "alarm-eventbridge-without-resources")]
#[case::text_without_its_arn("alarm-daily-eventbridge", "alarm-raw-without-arn")]
#[case::instant_as_a_number("alarm-daily-eventbridge", "alarm-eventbridge-bare")]
#[case::another_name("alarm-daily-eventbridge", "alarm-eventbridge-two-names")]
#[case::numbers_lost("alarm-daily-eventbridge", "alarm-eventbridge-reason-data-broken")]
#[case::raw_in_a_queue("alarm-daily-eventbridge", "alarm-raw-in-sqs")]
#[case::event_in_a_queue("alarm-daily-eventbridge", "alarm-eventbridge-in-sqs")]
#[case::event_in_a_topic("alarm-daily-eventbridge", "alarm-eventbridge-in-sns")]
#[case::object_told_again("object-created", "object-created-again")]
#[case::object_in_a_queue("object-created", "object-created-in-sqs")]
#[case::object_replayed("object-created", "object-created-replayed")]
#[case::result_in_another_spelling("quality-captured", "quality-documented")]
#[case::job_named_outside_only("processing-completed", "processing-without-arn")]
#[case::job_named_otherwise_outside("processing-completed", "processing-two-names")]
#[case::event_replayed("event-custom", "event-custom-replayed")]
#[case::event_of_somebody_in_a_queue("event-custom", "event-custom-in-sqs")]
#[case::one_yes_with_and_without_words("confirm-one", "confirm-plain")]
#[case::training_job_told_again("training-completed", "training-completed-again")]
#[case::training_job_in_a_queue("training-completed", "training-in-sqs")]
#[case::training_job_replayed("training-completed", "training-replayed")]
#[case::training_job_barely_told("training-stopped", "training-bare")]
fn the_same_occurrence_has_the_same_name(#[case] one: &str, #[case] other: &str) {
    assert_eq!(signal(one).identity(), signal(other).identity());
}

#[rstest]
#[case::odd_spelling("alarm-eventbridge-odd-spelling")]
#[case::object_instead_of_text("alarm-eventbridge-reason-data-object")]
#[case::source_twice("alarm-eventbridge-source-twice")]
#[case::two_names("alarm-eventbridge-two-names")]
#[case::without_resources("alarm-eventbridge-without-resources")]
#[case::in_a_queue("alarm-eventbridge-in-sqs")]
#[case::in_a_topic("alarm-eventbridge-in-sns")]
fn spelling_changes_nothing(#[case] spelling: &str) {
    assert_eq!(signal(spelling), signal("alarm-daily-eventbridge"));
}
