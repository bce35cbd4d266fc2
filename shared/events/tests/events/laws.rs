//! What holds for every payload.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use rekindle_decision::identity::generation_of;
use rekindle_decision::signal::{AlarmState, Signal, What};
use rekindle_events::{Entry, MAX_SOURCE_BYTES, Reading, read};
use serde_json::{Map, Value, json};

use crate::folder::{Fixture, fixtures};

/// Words that steer the reader, as keys and as values.
const WORDS: [&str; 64] = [
    "rekindle",
    "retrain",
    "confirm",
    "suspend",
    "resume",
    "cancel",
    "close_breaker",
    "until",
    "decision",
    "id",
    "bucket",
    "object",
    "name",
    "key",
    "size",
    "sequencer",
    "resultId",
    "rulesetNames",
    "score",
    "rulesFailed",
    "ProcessingJobStatus",
    "ProcessingJobArn",
    "ProcessingEndTime",
    "TrainingJobName",
    "TrainingJobStatus",
    "TuningJobArn",
    "scheduled",
    "sweep",
    "model",
    "models",
    "trigger",
    "schedule",
    "scheduled_time",
    "attempt",
    "source",
    "detail-type",
    "detail",
    "resources",
    "time",
    "replay-name",
    "alarmArn",
    "alarmData",
    "alarmName",
    "state",
    "previousState",
    "value",
    "timestamp",
    "reason",
    "reasonData",
    "configuration",
    "metrics",
    "Records",
    "EventSource",
    "eventSource",
    "Sns",
    "Message",
    "body",
    "Type",
    "AlarmName",
    "NewStateValue",
    "StateChangeTime",
    "Trigger",
    "Metrics",
    "AlarmRule",
];

/// Values that fit where they are expected, so that random JSON gets past the door.
const VALUES: [&str; 27] = [
    "aws.s3",
    "Object Created",
    "aws.glue-dataquality",
    "Data Quality Evaluation Results Available",
    "aws.sagemaker",
    "SageMaker Processing Job State Change",
    "SageMaker Training Job State Change",
    "rk-demand-daily-51ab77c0-g000007",
    "Completed",
    "FAILED",
    "shop.catalogue",
    "aws.events",
    "aws.cloudwatch",
    "Scheduled Event",
    "CloudWatch Alarm State Change",
    "aws:sns",
    "aws:sqs",
    "Notification",
    "ALARM",
    "OK",
    "2027-03-15T04:30:00Z",
    "2027-03-15T04:30:00.000+0000",
    "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:a",
    "arn:aws:events:eu-west-1:210987654321:rule/r",
    "{}",
    "{\"rekindle\":\"sweep\"}",
    "[[[[",
];

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        select(&WORDS[..]).prop_map(Value::from),
        select(&VALUES[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((select(&WORDS[..]), inner.clone()), 0..7).prop_map(object),
            // A text that holds JSON.
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

fn object(fields: Vec<(&'static str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// What must hold of any answer.
fn is_sound(entries: &[Entry]) -> bool {
    let bounded = |entry: &Entry| match &entry.reading {
        Ok(_) => true,
        Err(refused) => refused.source.len() <= MAX_SOURCE_BYTES && !refused.to_string().contains('\n'),
    };
    !entries.is_empty() && entries.iter().all(bounded)
}

/// The readings, without what lies inside an event that is kept whole: there, every field and every null is its own.
fn heard(payload: &Value) -> Vec<Result<Reading, String>> {
    let mut readings = readings(payload);
    for reading in readings.iter_mut().flatten() {
        if let Reading::Signal(Signal::Arrived(arrival)) = reading
            && let What::Event { event } = &mut arrival.what
        {
            *event = Value::Null;
        }
    }
    readings
}

/// The readings, without the source texts of the refused.
fn readings(payload: &Value) -> Vec<Result<Reading, String>> {
    let reading = |entry: Entry| entry.reading.map_err(|refused| refused.to_string());
    read(payload.to_string().as_bytes()).into_iter().map(reading).collect()
}

/// Visits every object, those inside texts as well.
fn each_object(value: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| each_object(value, visit));
            visit(fields);
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_object(value, visit)),
        Value::String(text) if text.starts_with('{') => {
            if let Ok(mut inner) = serde_json::from_str(text) {
                each_object(&mut inner, visit);
                *text = inner.to_string();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every variant of a payload with one field taken out, or set to `null`; those inside texts as well.
fn each_without_one_field(payload: &Value) -> Vec<(String, Value, Value)> {
    let mut count = 0;
    each_object(&mut payload.clone(), &mut |fields| count += fields.len());
    let change = |wanted: usize, change: &dyn Fn(&mut Map<String, Value>, &str)| {
        let (mut changed, mut seen, mut name) = (payload.clone(), 0, String::new());
        each_object(&mut changed, &mut |fields| {
            if let Some(key) = wanted.checked_sub(seen).and_then(|nth| fields.keys().nth(nth).cloned()) {
                name.clone_from(&key);
                seen += fields.len();
                change(fields, &key);
            } else {
                seen += fields.len();
            }
        });
        (name, changed)
    };
    (0..count)
        .map(|wanted| {
            let (name, removed) = change(wanted, &|fields, key| {
                fields.remove(key);
            });
            let (_, nulled) = change(wanted, &|fields, key| {
                fields.insert(key.into(), Value::Null);
            });
            (name, removed, nulled)
        })
        .collect()
}

fn theirs() -> Vec<Fixture> {
    let known = fixtures("accept").into_iter().chain(fixtures("ignore"));
    known.filter(|fixture| !fixture.is_ours()).collect()
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(is_sound(&read(&bytes)));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}\",:a-zA-Z0-9.\\\\é🌍 -]{0,200}") {
        prop_assert!(is_sound(&read(text.as_bytes())));
    }

    #[test]
    fn no_json_makes_it_panic(json in anything()) {
        prop_assert!(is_sound(&read(json.to_string().as_bytes())));
    }

    #[test]
    fn no_damage_to_a_real_payload_makes_it_panic(
        which in any::<Index>(), at in any::<Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let mut bytes = which.get(&fixtures("accept")).bytes.clone();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        prop_assert!(is_sound(&read(&bytes)));
    }

    #[test]
    fn unknown_fields_change_nothing(
        which in any::<Index>(),
        fields in prop::collection::vec(("(x[A-Za-z-]{3,12}|alarmTags|alarmTagsStatus|version-id)", anything(), any::<Index>()), 1..5),
    ) {
        let theirs = theirs();
        let plain = which.get(&theirs).json();
        let mut count = 0;
        each_object(&mut plain.clone(), &mut |_| count += 1);
        let mut more = plain.clone();
        for (key, value, place) in fields {
            let (wanted, mut seen) = (place.index(count), 0);
            each_object(&mut more, &mut |object| {
                if seen == wanted {
                    object.insert(key.clone(), value.clone());
                }
                seen += 1;
            });
            // What was put in may hold objects of its own; only the first `count` places are sure to exist.
        }
        prop_assert_eq!(heard(&plain), heard(&more));
    }

    #[test]
    fn a_word_that_is_no_state_is_refused(word in "[A-Za-z_ ]{0,20}") {
        prop_assume!(!["OK", "ALARM", "INSUFFICIENT_DATA"].contains(&word.as_str()));
        for (name, path) in [
            ("alarm-daily-eventbridge", "/detail/state/value"),
            ("alarm-composite-action", "/alarmData/state/value"),
            ("alarm-math-raw", "/NewStateValue"),
        ] {
            let mut payload = crate::folder::fixture("accept", name).json();
            *payload.pointer_mut(path).unwrap() = json!(word);
            prop_assert!(readings(&payload)[0].is_err());
        }
    }

    #[test]
    fn a_word_that_is_no_verdict_is_refused(word in "[A-Za-z_ ]{0,20}") {
        prop_assume!(!["PASSED", "SUCCEEDED", "FAILED"].contains(&word.as_str()));
        let mut payload = crate::folder::fixture("accept", "quality-captured").json();
        payload["detail"]["state"] = json!(word);
        prop_assert!(readings(&payload)[0].is_err());
    }

    #[test]
    fn a_word_that_is_no_end_ends_no_run(word in "[A-Za-z_ ]{0,20}") {
        prop_assume!(!["Completed", "Failed", "Stopped"].contains(&word.as_str()));
        let mut payload = crate::folder::fixture("accept", "training-completed").json();
        payload["detail"]["TrainingJobStatus"] = json!(word);
        let reading = readings(&payload).remove(0);
        let goes_on = matches!(&reading, Ok(Reading::Ignored { kind, .. }) if kind == "training job that goes on");
        prop_assert!(goes_on, "{:?}", reading);
    }

    #[test]
    fn only_a_name_of_ours_ends_a_run(name in "(rk-)?[a-z-]{0,12}(-g[0-9]{4,8})?") {
        let mut payload = crate::folder::fixture("accept", "training-completed").json();
        payload["detail"]["TrainingJobName"] = json!(name);
        let ours = generation_of(&name).is_some();
        let ends = matches!(readings(&payload).remove(0), Ok(Reading::Signal(Signal::TrainingEnded(end))) if end.job == name);
        prop_assert_eq!(ends, ours);
    }

    #[test]
    fn an_event_of_no_known_kind_is_kept_as_it_was_sent(
        source in "[a-z]{1,8}[.][a-z]{1,8}", detail_type in "[A-Z][a-z]{2,9} [A-Z][a-z]{2,9}", detail in anything(),
    ) {
        let event = json!({
            "source": source, "detail-type": detail_type, "id": "7c1f", "time": "2027-03-15T06:45:00Z",
            "detail": detail,
        });
        // As it is after the way through text.
        let event: Value = serde_json::from_str(&event.to_string()).unwrap();
        let reading = readings(&event).remove(0).unwrap();
        let Reading::Signal(Signal::Arrived(arrival)) = reading else { panic!("{reading:?}") };
        prop_assert_eq!(arrival.id, format!("{source}/{detail_type}/7c1f"));
        prop_assert_eq!(arrival.what, What::Event { event });
    }

    #[test]
    fn an_unknown_field_of_our_own_is_refused(field in "[a-z_]{1,14}") {
        prop_assume!(![
            "rekindle", "model", "models", "reason", "by", "force", "dry_run", "id", "trigger", "schedule",
            "scheduled_time", "attempt", "ignore_budget", "decision", "until",
        ].contains(&field.as_str()));
        let requests = [
            "retrain-one", "sweep-input", "scheduled-input", "confirm-one", "suspend-until", "resume-one", "cancel-one",
            "close-breaker-several",
        ];
        for request in requests {
            let mut payload = crate::folder::fixture("accept", request).json();
            payload[&field] = json!(null);
            let reading = readings(&payload).remove(0);
            let problem = reading.unwrap_err();
            prop_assert!(problem.contains(&format!("`{field}` is not one of its fields")), "{}", problem);
        }
    }
}

/// The kind of a reading, its occurrence, and the state of its alarm: what must never come out mixed.
fn gist(reading: &Reading) -> (String, Option<String>, Option<AlarmState>) {
    match reading {
        Reading::Ignored { kind, .. } => (kind.clone(), None, None),
        Reading::Signal(signal) => {
            let (kind, state) = match signal {
                Signal::Scheduled(_) => ("scheduled", None),
                Signal::Alarmed(transition) => ("alarmed", Some(transition.state)),
                Signal::Arrived(_) => ("arrived", None),
                Signal::Asked(_) => ("asked", None),
                Signal::Confirmed(_) => ("confirmed", None),
                Signal::Sweep(_) => ("sweep", None),
                Signal::Controlled(_) => ("controlled", None),
                Signal::TrainingEnded(_) => ("training ended", None),
                Signal::Edited(_) => ("policy edited", None),
            };
            (kind.into(), signal.identity(), state)
        }
    }
}

#[test]
fn taking_out_a_field_never_makes_another_signal() {
    // Two names in one event are a contradiction: without the first, the second speaks. So are a name of ours and the mark
    // of a tuning job.
    let contradicts =
        |fixture: &Fixture| fixture.name.ends_with("two-names") || fixture.name == "training-tuned";
    for fixture in theirs().into_iter().filter(|fixture| !contradicts(fixture)) {
        let whole = fixture.json();
        let gists: Vec<_> = readings(&whole).iter().flatten().map(gist).collect();
        for (field, removed, _) in each_without_one_field(&whole) {
            for reading in readings(&removed).iter().flatten() {
                assert!(gists.contains(&gist(reading)), "{} without `{field}`: {reading:?}", fixture.name);
            }
        }
    }
}

#[test]
fn null_equals_absent() {
    for fixture in fixtures("accept").into_iter().chain(fixtures("ignore")) {
        for (field, removed, nulled) in each_without_one_field(&fixture.json()) {
            assert_eq!(heard(&removed), heard(&nulled), "{} and `{field}`", fixture.name);
        }
    }
}

/// The field by which a payload is known from outside.
fn wrapping(payload: &Value) -> &'static str {
    let marks = ["rekindle", "alarmArn", "Records", "detail-type", "AlarmName"];
    marks.into_iter().find(|mark| payload.get(mark).is_some()).unwrap()
}

#[test]
fn two_wrappings_in_one_are_never_mixed() {
    let all: Vec<(String, Value)> =
        fixtures("accept").iter().map(|fixture| (fixture.name.clone(), fixture.json())).collect();
    for (one_name, one) in &all {
        for (other_name, other) in all.iter().filter(|(_, other)| wrapping(other) != wrapping(one)) {
            let mut both = one.clone();
            both.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
            let gists: Vec<_> =
                [one, other].into_iter().flat_map(readings).flatten().map(|reading| gist(&reading)).collect();
            for reading in readings(&both).iter().flatten() {
                assert!(gists.contains(&gist(reading)), "{one_name} and {other_name}: {reading:?}");
            }
        }
    }
}

#[test]
fn no_event_of_our_own_becomes_a_signal() {
    let event = crate::folder::fixture("ignore", "our-own-decision").json();
    for event in [event.clone(), crate::folder::queued(&event)] {
        assert!(!matches!(readings(&event)[0], Ok(Reading::Signal(_))), "{event}");
    }
}

#[test]
fn a_training_job_can_end_a_run_and_nothing_else() {
    let all = ["accept", "ignore", "refuse"].into_iter().flat_map(fixtures);
    let events: Vec<Fixture> = all.filter(|fixture| fixture.name.starts_with("training-")).collect();
    assert!(events.len() > 10);
    for fixture in events {
        for event in [fixture.json(), crate::folder::queued(&fixture.json())] {
            for reading in readings(&event).into_iter().flatten() {
                let (Reading::Ignored { .. } | Reading::Signal(Signal::TrainingEnded(_))) = reading else {
                    panic!("{}: {reading:?}", fixture.name)
                };
            }
        }
    }
}

#[test]
fn reading_twice_gives_the_same() {
    for fixture in ["accept", "ignore", "refuse"].into_iter().flat_map(fixtures) {
        assert_eq!(read(&fixture.bytes), read(&fixture.bytes), "{}", fixture.name);
    }
}
