//! Where reading stops.

use rekindle_decision::signal::{Signal, Transition};
use rekindle_events::{MAX_BYTES, MAX_EVENT_BYTES, MAX_SOURCE_BYTES, Reading, Unrecognised, read};
use rstest::rstest;
use serde_json::{Value, json};

use crate::folder::fixture;

fn refusal(payload: &[u8]) -> Unrecognised {
    let mut entries = read(payload);
    assert_eq!(entries.len(), 1);
    entries.remove(0).reading.unwrap_err()
}

fn padded_to(bytes: usize) -> Vec<u8> {
    let mut payload = br#"{"rekindle": "sweep"}"#.to_vec();
    payload.resize(bytes, b' ');
    payload
}

#[test]
fn a_megabyte_is_read_and_one_byte_more_is_not() {
    assert!(read(&padded_to(MAX_BYTES))[0].reading.is_ok());
    assert_eq!(
        refusal(&padded_to(MAX_BYTES + 1)).to_string(),
        "cannot read this payload: it has 1048577 bytes, and more than 1048576 are not read"
    );
}

#[test]
fn the_deepest_nesting_that_is_read_has_127_levels() {
    let nested =
        |levels: usize| format!(r#"{{"rekindle": {}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1));
    assert!(refusal(nested(127).as_bytes()).problem.contains("is a list, not a string"));
    assert_eq!(refusal(nested(128).as_bytes()).problem, "it nests deeper than 127 levels");
}

#[test]
fn nesting_inside_a_text_is_bounded_too() {
    let body = "[".repeat(1000) + &"]".repeat(1000);
    let batch = json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": body}]});
    assert!(refusal(batch.to_string().as_bytes()).problem.contains("`Records[0].body`"));
}

#[rstest]
#[case::ascii(b"x")]
#[case::two_bytes("é".as_bytes())]
#[case::four_bytes("🌍".as_bytes())]
#[case::no_text(b"\xff")]
fn a_refusal_keeps_the_beginning_of_its_source(#[case] unit: &[u8]) {
    let refused = refusal(&unit.repeat(2 * MAX_SOURCE_BYTES));
    assert!(refused.source.len() <= MAX_SOURCE_BYTES);
    assert!(refused.source.len() > MAX_SOURCE_BYTES - 4);
}

#[test]
fn a_refused_record_keeps_the_message_and_not_its_wrapping() {
    let entries = read(&fixture("accept", "batch-sqs-mixed").bytes);
    assert_eq!(entries[1].reading.as_ref().unwrap_err().source, "so long");
}

#[test]
fn a_refusal_is_written_with_four_fields() {
    let refused = refusal(br#"{"rekindle": "swep"}"#);
    let written = json!({
        "resembles": "request of our own",
        "problem": "`rekindle` is `swep`, which is none of `retrain`, `confirm`, `suspend`, `resume`, `cancel`, \
            `close_breaker`, `scheduled`, `sweep`",
        "hint": "did you mean `sweep`?",
        "source": "{\"rekindle\": \"swep\"}",
    });
    assert_eq!(serde_json::to_value(&refused).unwrap(), written);
    assert_eq!(serde_json::from_value::<Unrecognised>(written).unwrap(), refused);
}

#[test]
fn a_message_repeats_foreign_text_briefly_and_on_one_line() {
    let word = format!("drop\ntable {}", "x".repeat(500));
    let refused = refusal(json!({"rekindle": word}).to_string().as_bytes());
    assert!(refused.problem.starts_with("`rekindle` is `drop\\ntable xxx"), "{}", refused.problem);
    assert!(refused.problem.chars().count() < 250, "{}", refused.problem);
    assert!(!refused.to_string().contains('\n'));
}

#[rstest]
#[case::as_long_as_may_be(1024, true)]
#[case::one_character_more(1025, false)]
fn a_text_of_our_own_has_a_length(
    #[values("retrain", "suspend", "resume")] word: &str,
    #[case] characters: usize,
    #[case] fits: bool,
) {
    let request = json!({"rekindle": word, "model": "m", "reason": "é".repeat(characters)});
    assert_eq!(read(request.to_string().as_bytes())[0].reading.is_ok(), fits);
}

#[rstest]
#[case::as_many_as_may_be(256, true)]
#[case::one_more(257, false)]
fn a_request_names_only_so_many_models(
    #[values("retrain", "cancel", "close_breaker")] word: &str,
    #[case] count: usize,
    #[case] fits: bool,
) {
    let models: Vec<String> = (0..count).map(|index| format!("m{index}")).collect();
    let request = json!({"rekindle": word, "models": models});
    assert_eq!(read(request.to_string().as_bytes())[0].reading.is_ok(), fits);
}

/// A custom event of so many bytes, as JSON without spaces.
fn event_of(bytes: usize) -> Value {
    let mut event = fixture("accept", "event-custom").json();
    event["detail"] = json!({ "text": "" });
    let padding = bytes - event.to_string().len();
    event["detail"]["text"] = json!("x".repeat(padding));
    event
}

#[test]
fn an_event_that_is_kept_whole_has_a_size() {
    assert!(read(event_of(MAX_EVENT_BYTES).to_string().as_bytes())[0].reading.is_ok());
    let refused = refusal(event_of(MAX_EVENT_BYTES + 1).to_string().as_bytes());
    assert_eq!(
        refused.to_string(),
        "cannot read this EventBridge event: it has 65537 bytes, and no event over 65536 is kept"
    );
    assert_eq!(refused.hint.as_deref(), Some("put large data into S3 and send where it is"));
}

#[test]
fn spaces_around_an_event_do_not_count() {
    let event = serde_json::to_string_pretty(&event_of(MAX_EVENT_BYTES)).unwrap();
    assert!(event.len() > MAX_EVENT_BYTES);
    assert!(read(event.as_bytes())[0].reading.is_ok());
}

#[rstest]
#[case::longest_key("object-created", "/detail/object/key", 1024, true)]
#[case::longer_key("object-created", "/detail/object/key", 1025, false)]
#[case::longest_result("quality-captured", "/detail/resultId", 256, true)]
#[case::longer_result("quality-captured", "/detail/resultId", 257, false)]
#[case::longest_id("event-custom", "/id", 256, true)]
#[case::longer_id("event-custom", "/id", 257, false)]
#[case::longest_source("event-custom", "/source", 256, true)]
#[case::longer_source("event-custom", "/source", 257, false)]
#[case::longest_detail_type("event-custom", "/detail-type", 256, true)]
#[case::longer_detail_type("event-custom", "/detail-type", 257, false)]
fn what_the_ledger_remembers_has_a_length(
    #[case] name: &str,
    #[case] path: &str,
    #[case] bytes: usize,
    #[case] fits: bool,
) {
    let mut event = fixture("accept", name).json();
    *event.pointer_mut(path).unwrap() = json!("k".repeat(bytes));
    assert_eq!(read(event.to_string().as_bytes())[0].reading.is_ok(), fits);
}

#[rstest]
#[case::case_of_a_letter("aws.s3", "Object created", Some("Object Created"))]
#[case::a_hyphen("aws.s3", "Object-Created", Some("Object Created"))]
#[case::a_letter_left_out(
    "aws.sagemaker",
    "SageMaker Processing Job State Chang",
    Some("SageMaker Processing Job State Change")
)]
#[case::another_event_of_s3("aws.s3", "Object Deleted", None)]
#[case::one_more_of_s3("aws.s3", "Object Tags Added", None)]
#[case::another_kind_of_job("aws.sagemaker", "SageMaker Transform Job State Change", None)]
#[case::somebody_else("shop.s3", "Object created", None)]
fn a_slip_in_a_kind_of_aws_is_told_from_another_kind(
    #[case] source: &str,
    #[case] detail_type: &str,
    #[case] meant: Option<&str>,
) {
    let event =
        json!({"source": source, "detail-type": detail_type, "id": "7c1f", "time": "2027-03-15T06:45:00Z"});
    let reading = read(event.to_string().as_bytes()).remove(0).reading;
    let hint = reading.err().map(|refused| refused.hint.unwrap());
    assert_eq!(hint, meant.map(|meant| format!("did you mean `{meant}`?")));
}

/// Reads the daily alarm after a change to it.
fn changed(change: impl FnOnce(&mut Value)) -> Transition {
    let mut event = fixture("accept", "alarm-daily-eventbridge").json();
    change(&mut event);
    match read(event.to_string().as_bytes()).remove(0).reading {
        Ok(Reading::Signal(Signal::Alarmed(transition))) => transition,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_long_reason_is_cut() {
    let transition = changed(|event| event["detail"]["state"]["reason"] = json!("é".repeat(5000)));
    assert_eq!(transition.reason.chars().count(), 1023);
}

#[rstest]
#[case::a_minute(json!(60), Some(60))]
#[case::a_week(json!(604_800), Some(604_800))]
#[case::zero(json!(0), None)]
#[case::negative(json!(-60), None)]
#[case::half_a_second(json!(0.5), None)]
#[case::more_than_fits(json!(4_294_967_296_u64), None)]
#[case::text(json!("60"), None)]
fn a_period_is_whole_seconds_or_absent(#[case] period: Value, #[case] read: Option<u32>) {
    let transition = changed(|event| {
        event["detail"]["state"]["reasonData"] = json!({ "period": period });
        event["detail"]["configuration"] = Value::Null;
    });
    assert_eq!(transition.period, read);
}

#[rstest]
#[case::newest_first(json!([{"timestamp": "2027-03-14T00:00:00Z", "value": 2.0}, {"timestamp": "2027-03-13T00:00:00Z", "value": 1.0}]), &[Some(1.0), Some(2.0)])]
#[case::oldest_first(json!([{"timestamp": "2027-03-13T00:00:00Z", "value": 1.0}, {"timestamp": "2027-03-14T00:00:00Z", "value": 2.0}]), &[Some(1.0), Some(2.0)])]
#[case::a_gap(json!([{"timestamp": "2027-03-14T00:00:00Z", "value": 2.0}, {"timestamp": "2027-03-13T00:00:00Z"}]), &[None, Some(2.0)])]
#[case::a_null(json!([{"timestamp": "2027-03-14T00:00:00Z", "value": null}]), &[None])]
#[case::an_unreadable_instant(json!([{"timestamp": "noon", "value": 2.0}]), &[Some(7.0)])]
#[case::a_text(json!([{"timestamp": "2027-03-14T00:00:00Z", "value": "2.0"}]), &[Some(7.0)])]
#[case::none_at_all(json!([]), &[Some(7.0)])]
#[case::no_list(json!({"timestamp": "2027-03-14T00:00:00Z"}), &[Some(7.0)])]
fn points_come_oldest_first_or_from_the_plain_list(#[case] evaluated: Value, #[case] points: &[Option<f64>]) {
    let data = json!({"recentDatapoints": [7.0], "evaluatedDatapoints": evaluated});
    assert_eq!(changed(|event| event["detail"]["state"]["reasonData"] = data).points, points);
}

#[test]
fn a_number_is_the_one_that_was_sent_to_the_last_bit() {
    let data = r#"{"threshold": 0.10000000000000003, "recentDatapoints": [2.2250738585072011e-308]}"#;
    let transition = changed(|event| event["detail"]["state"]["reasonData"] = json!(data));
    assert_eq!(transition.threshold.map(f64::to_bits), Some(0.100_000_000_000_000_03_f64.to_bits()));
    assert_eq!(transition.points, [Some(2.225_073_858_507_201e-308)]);
}
