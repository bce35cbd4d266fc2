//! The same data in every form is the same history.

use rekindle_decision::facts::Point;
use rekindle_decision::signal::AlarmState;
use rekindle_replay::history::{AlarmChange, Extent, History, Keys, Training, jsonl};
use rstest::rstest;

use crate::shared::Column::{Numbers, Texts, Wholes};
use crate::shared::{at, churn, file, files, parquet, recommender};

const LONG: &str = "\
time,metric,value,samples
2026-11-02T00:00:00Z,worth_it,0.31,900
2026-11-02T00:00:00Z,worth_it.traffic,900,
2026-11-02T01:00:00Z,worth_it,0.3333333333333333,850
2026-11-02T03:00:00Z,worth_it.traffic,12345.5,
";

const WIDE: &str = "\
time,worth_it,worth_it.samples,worth_it.traffic
1793577600,0.31,900,900
1793581200,0.3333333333333333,850,
1793584800,,,
1793588400.0,,,12345.5
";

/// The same as JSON Lines, each metric named in full.
fn lines() -> String {
    let keys = Keys::of(&recommender());
    let metric = |key| serde_json::to_string(keys.metric(key).unwrap()).unwrap();
    let (misses, traffic) = (metric("worth_it"), metric("worth_it.traffic"));
    format!(
        r#"{{"metric":{misses},"at":"2026-11-02T01:00:00Z","value":0.3333333333333333,"samples":850}}
{{"metric":{traffic},"at":"2026-11-02T00:00:00Z","value":900}}

{{"metric":{traffic},"at":"2026-11-02T03:00:00Z","value":12345.5}}
{{"metric":{traffic},"at":"2026-11-02T02:00:00Z","value":null}}
{{"metric":{misses},"at":"2026-11-02T00:00:00Z","value":0.31,"samples":900}}
"#
    )
}

const KEYS: [&str; 4] = ["worth_it", "worth_it.traffic", "worth_it", "worth_it.traffic"];
const HOURS: [i64; 4] = [1_793_577_600, 1_793_577_600, 1_793_581_200, 1_793_588_400];

fn long_parquet(time: &str, factor: i64) -> Vec<u8> {
    parquet(
        &format!(
            "message m {{ {time}; required binary metric (UTF8); optional double value; optional double samples; }}"
        ),
        vec![
            Wholes(HOURS.map(|hour| hour * factor).to_vec()),
            Texts(KEYS.to_vec()),
            Numbers(vec![Some(0.31), Some(900.0), Some(0.333_333_333_333_333_3), Some(12_345.5)]),
            Numbers(vec![Some(900.0), None, Some(850.0), None]),
        ],
    )
}

fn texts_parquet() -> Vec<u8> {
    parquet(
        "message m { required binary time (UTF8); optional double worth_it; optional double worth_it.traffic;
         optional double worth_it.samples; required int64 __index_level_0__; }",
        vec![
            Texts(vec!["2026-11-02 00:00:00+00:00", "2026-11-02T02:00:00+01:00", "2026-11-02T03:00:00.000Z"]),
            Numbers(vec![Some(0.31), Some(0.333_333_333_333_333_3), None]),
            Numbers(vec![Some(900.0), None, Some(12_345.5)]),
            Numbers(vec![Some(900.0), Some(850.0), None]),
            Wholes(vec![7, 8, 9]),
        ],
    )
}

#[rstest]
#[case::wide(WIDE.into(), "wide.csv")]
#[case::wide_with_the_mark_of_excel(format!("\u{feff}{WIDE}").into(), "WIDE.CSV")]
#[case::wide_from_standard_input(WIDE.into(), "-")]
#[case::any_order_of_columns_and_blanks("value , metric,time,samples\n0.31,worth_it,1793577600,900\n900,worth_it.traffic,1793577600,\n\
    0.3333333333333333,worth_it , 1793581200,850\n12345.5,worth_it.traffic,2026-11-02 03:00:00+00:00,".into(), "a.csv")]
#[case::anywhere_in_the_period(LONG.replace("T03:00:00", "T03:59:59.9").into(), "a.csv")]
#[case::the_one_told_last(format!("{LONG}2026-11-02T04:00:00+01:00,worth_it.traffic,12345.5\n").replace("3:00:00Z,worth_it.traffic,12345.5,", "3:00:00Z,worth_it.traffic,1,").replace("12345.5\n", "12345.5,\n").into(), "a.csv")]
#[case::lines(lines().into_bytes(), "a.jsonl")]
#[case::lines_of_any_name(lines().into_bytes(), "export")]
#[case::milliseconds(long_parquet("required int64 time (TIMESTAMP(MILLIS,true))", 1_000), "a.parquet")]
#[case::microseconds(long_parquet("required int64 time (TIMESTAMP(MICROS,true))", 1_000_000), "a.parquet")]
#[case::nanoseconds(long_parquet("required int64 time (TIMESTAMP(NANOS,true))", 1_000_000_000), "a.parquet")]
#[case::nanoseconds_without_a_zone(
    long_parquet("required int64 time (TIMESTAMP(NANOS,false))", 1_000_000_000),
    "a.parquet"
)]
#[case::seconds(long_parquet("required int64 time", 1), "part-00000")]
#[case::texts_and_the_index_of_pandas(texts_parquet(), "a.parquet")]
fn the_same_data_is_the_same_history(#[case] bytes: Vec<u8>, #[case] name: &str) {
    let policy = recommender();
    let expected = file(&policy, "long.csv", LONG).unwrap();
    assert_eq!(expected.series.values().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    let (history, _) = files(&policy, &[(name, &bytes)]).unwrap();
    assert_eq!(history, expected);
}

#[test]
fn a_trigger_has_the_series_of_its_metric() {
    let policy = recommender();
    let history = file(&policy, "long.csv", LONG).unwrap();
    let series = history.for_policy(&policy);
    let counts: Vec<(&str, usize)> =
        series.iter().map(|(key, points)| (key.as_str(), points.len())).collect();
    assert_eq!(
        counts,
        [("guards.after_futility", 2), ("guards.data", 0), ("worth_it", 2), ("worth_it.traffic", 2)]
    );
    let point = |hour: &str, value| Point { at: at(hour), value, samples: None };
    assert_eq!(
        series["worth_it.traffic"],
        [point("2026-11-02T00:00:00Z", 900.0), point("2026-11-02T03:00:00Z", 12_345.5)]
    );
    let metric = Keys::of(&policy).metric("worth_it.traffic").unwrap().clone();
    let extent = Extent::of(&metric, &history.series[&metric]).unwrap();
    assert_eq!(
        (extent.from, extent.to, extent.count),
        (at("2026-11-02T00:00:00Z"), at("2026-11-02T04:00:00Z"), 2)
    );
    assert_eq!(extent.missing(), 2);
    assert_eq!(
        (extent.gaps[0].from, extent.gaps[0].to),
        (at("2026-11-02T01:00:00Z"), at("2026-11-02T03:00:00Z"))
    );
}

const ALARMS: &str = "time,alarm,state
2026-11-02T09:30:00Z,churn-feature-drift,ALARM
2026-11-02T12:00:00Z,churn-feature-drift,OK
2026-11-02T09:30:00Z,another,INSUFFICIENT_DATA
2026-11-02T12:00:00Z,churn-feature-drift,OK
";

const TRAININGS: &str = "time,training,took
2026-11-09T10:00:00Z,second,1h30m
2026-11-02T10:00:00Z,first,42m
";

const EVENTS: &str = r#"{"event":{"source":"aws.s3","detail-type":"Object Created","resources":["arn:aws:s3:::b"],"detail":{"bucket":{"name":"b"},"object":{"key":"k","size":5,"sequencer":"01"}}},"at":"2026-11-03T11:00:00Z"}
{"signal":{"signal":"asked","id":"a-1","models":["churn"],"by":"eve"},"at":"2026-11-02T12:00:00Z"}
{"signal":{"signal":"asked","id":"a-1","models":["churn"],"by":"eve"},"at":"2026-11-02T12:00:07Z"}
{"event":{"source":"my.app","detail-type":"Labels","detail":{"n":1}},"at":"2026-11-04T11:00:00Z"}
{"event":{"source":"my.app","detail-type":"Labels","detail":{"n":2}},"at":"2026-11-04T11:00:00Z"}
{"alarm":"churn-feature-drift","state":"ALARM","at":"2026-11-05T09:30:00Z"}
{"training":{"began":"2026-11-16T10:00:00Z","took":"10m"}}
"#;

fn all() -> History {
    let accuracy = "time,accuracy\n2026-11-02T00:00:00Z,0.91\n2026-11-02T01:00:00Z,0.1\n";
    let files_of = [("a.csv", accuracy), ("b.csv", ALARMS), ("c.csv", TRAININGS), ("d.jsonl", EVENTS)];
    files(&churn(), &files_of.map(|(name, text)| (name, text.as_bytes()))).unwrap().0
}

#[test]
fn alarms_trainings_and_events_are_in_order_and_once() {
    let history = all();
    let change = |when: &str, name: &str, state| AlarmChange { at: at(when), name: name.into(), state };
    assert_eq!(
        history.alarms,
        [
            change("2026-11-02T09:30:00Z", "another", AlarmState::InsufficientData),
            change("2026-11-02T09:30:00Z", "churn-feature-drift", AlarmState::Alarm),
            change("2026-11-02T12:00:00Z", "churn-feature-drift", AlarmState::Ok),
            change("2026-11-05T09:30:00Z", "churn-feature-drift", AlarmState::Alarm),
        ]
    );
    let training = |when: &str, took: &str| Training { began: at(when), took: took.parse().unwrap() };
    assert_eq!(
        history.trainings,
        [
            training("2026-11-02T10:00:00Z", "42m"),
            training("2026-11-09T10:00:00Z", "90m"),
            training("2026-11-16T10:00:00Z", "10m"),
        ]
    );
    let days: Vec<String> = history.signals.iter().map(|(at, _)| at.to_string()).collect();
    assert_eq!(
        days,
        ["2026-11-02T12:00:00Z", "2026-11-03T11:00:00Z", "2026-11-04T11:00:00Z", "2026-11-04T11:00:00Z"]
    );
}

#[test]
fn what_is_written_is_read_again() {
    let history = all();
    let written = jsonl::write(&history).unwrap();
    insta::assert_snapshot!(written);
    assert_eq!(file(&churn(), "again.jsonl", &written).unwrap(), history);
    assert_eq!(jsonl::write(&file(&churn(), "again.jsonl", &written).unwrap()).unwrap(), written);
}

#[test]
fn an_alarms_event_is_a_change_of_the_alarm() {
    let event = include_str!("../../../events/fixtures/accept/alarm-daily-sns.json");
    let entry = rekindle_events::read(event.as_bytes()).remove(0);
    let Ok(rekindle_events::Reading::Signal(signal)) = entry.reading else { panic!("{entry:?}") };
    let line = serde_json::json!({ "signal": signal, "at": "2027-01-01T00:00:00Z" }).to_string();
    let history = file(&churn(), "a.jsonl", &line).unwrap();
    assert_eq!((history.alarms.len(), history.signals.len()), (1, 0));
}

#[test]
fn what_is_left_out_is_counted() {
    let values = "time,accuracy\n2026-11-02T00:00:00Z,0.9\n2026-11-02T00:30:00Z,0.8\n2026-11-02T01:00:00Z,NaN\n\
                  2026-11-02T00:40:00Z,0.8\n2026-11-02T02:00:00Z,inf\n";
    let (history, left_out) = files(&churn(), &[("a.csv", values.as_bytes())]).unwrap();
    assert_eq!(history.series.values().flatten().map(|point| point.value).collect::<Vec<_>>(), [0.8]);
    assert_eq!((left_out.replaced, left_out.without_value), (1, 2));
}

/// Every form that the page of the formats shows can be read as it stands there.
#[test]
fn the_page_shows_what_is_read() {
    let page = include_str!("../../histories/README.md");
    let shown = |language: &str| {
        let begins = format!("```{language}\n");
        let blocks = page.split(&begins).skip(1);
        blocks.filter_map(|block| block.split("```").next()).collect::<Vec<_>>()
    };
    let lines = file(&churn(), "a.jsonl", shown("json")[0]).unwrap();
    let counts = (lines.series.len(), lines.alarms.len(), lines.trainings.len(), lines.signals.len());
    assert_eq!(counts, (1, 1, 1, 2));
    let tables: Vec<History> =
        shown("text").into_iter().map(|table| file(&recommender(), "a.csv", table).unwrap()).collect();
    let counts: Vec<_> =
        tables.iter().map(|it| (it.series.len(), it.alarms.len(), it.trainings.len())).collect();
    assert_eq!(counts, [(2, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 1)]);
    assert_eq!(tables[0], tables[1]);
}
