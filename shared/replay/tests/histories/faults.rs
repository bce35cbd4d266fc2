//! What is said of files that cannot be read: where, what, and what to do.

use rstest::rstest;

use crate::shared::Column::{Numbers, Texts, Wholes};
use crate::shared::{churn, file, files, parquet, recommender};

#[rstest]
#[case::not_json("good morning")]
#[case::cut_off(r#"{"alarm":"a","state":"#)]
#[case::misspelt(r#"{"alarm":"a","state":"ALARM","att":"2026-11-02T00:00:00Z"}"#)]
#[case::misspelt_in_a_metric(r#"{"metric":{"namespce":"N","name":"m","statistic":"Sum","period":"1h"},"at":"2026-11-02T00:00:00Z","value":1}"#)]
#[case::no_value(
    r#"{"metric":{"namespace":"N","name":"m","statistic":"Sum","period":"1h"},"at":"2026-11-02T00:00:00Z"}"#
)]
#[case::of_no_kind(r#"{"values":[1,2]}"#)]
#[case::of_two_kinds(r#"{"alarm":"a","training":{}}"#)]
#[case::no_state(r#"{"alarm":"a","state":"BAD","at":"2026-11-02T00:00:00Z"}"#)]
#[case::no_duration(r#"{"training":{"began":"2026-11-02T00:00:00Z","took":"long"}}"#)]
#[case::an_event_that_is_refused(r#"{"event":{"source":"aws.cloudwatch","detail-type":"CloudWatch Alarm State Change"},"at":"2026-11-02T00:00:00Z"}"#)]
fn a_line(#[case] line: &str) {
    let text = format!("{{\"alarm\":\"a\",\"state\":\"OK\",\"at\":\"2026-11-02T00:00:00Z\"}}\n\n{line}\n");
    let fault = file(&churn(), "history.jsonl", &text).unwrap_err();
    insta::with_settings!({ snapshot_suffix => name() }, { insta::assert_snapshot!(fault) });
}

#[rstest]
#[case::no_time("when,accuracy\n")]
#[case::semicolons("time;metric;value\n1;accuracy;0.9\n")]
#[case::nothing_beside_the_time("time\n")]
#[case::twice("time,accuracy,accuracy\n")]
#[case::misspelt_key("time,acuracy\n")]
#[case::unknown_key("time,metric,value\n2026-11-02T00:00:00Z,loss,0.9\n")]
#[case::unknown_column("time,metric,value,sample\n")]
#[case::the_index_of_pandas(",time,metric,value\n0,2026-11-02T00:00:00Z,accuracy,0.9\n")]
#[case::samples_of_nothing("time,accuracy.samples\n")]
#[case::no_offset("time, accuracy\n2026-11-02 03:00:00, 0.9\n")]
#[case::milliseconds("time,accuracy\n1793577600000,0.9\n")]
#[case::decimal_comma("time,accuracy\n2026-11-02T00:00:00Z,0,9\n")]
#[case::not_a_number("time,metric,value\n2026-11-02T00:00:00Z,accuracy,good\n")]
#[case::not_a_number_where_something_is_quoted("time,metric,value\n2026-11-02T00:00:00Z,\"accuracy\",good\n")]
#[case::not_a_state("time,alarm,state\n2026-11-02T00:00:00Z,drift,ALARMING\n")]
#[case::not_a_duration("time,training,took\n2026-11-02T00:00:00Z,first,3600\n")]
fn a_table(#[case] text: &str) {
    let fault = file(&churn(), "history.csv", text).unwrap_err();
    insta::with_settings!({ snapshot_suffix => name() }, { insta::assert_snapshot!(fault) });
}

/// The name of the row of a table that is tested.
fn name() -> String {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or_default().rsplit("::").next().unwrap_or_default().to_owned();
    name.split_once('_').filter(|_| name.starts_with("case")).map_or(name.clone(), |(_, rest)| {
        rest.split_once('_').map_or(rest.to_owned(), |(_, rest)| rest.to_owned())
    })
}

#[test]
fn a_parquet_file() {
    let schema = "message m { required int64 time (TIMESTAMP(MICROS,true)); required binary metric (UTF8); optional double value; }";
    let of = |schema, columns| {
        files(&churn(), &[("a.parquet", &parquet(schema, columns))]).unwrap_err().to_string()
    };
    let unknown = vec![Wholes(vec![0, 0]), Texts(vec!["accuracy", "los"]), Numbers(vec![Some(0.9), None])];
    let column = "message m { required int64 time; optional double loss; }";
    let date = "message m { required int64 time (TIME(MICROS,true)); optional double accuracy; }";
    let told = [
        of(schema, unknown),
        of(column, vec![Wholes(vec![0]), Numbers(vec![Some(0.1)])]),
        of(date, vec![Wholes(vec![0]), Numbers(vec![Some(0.1)])]),
        files(&churn(), &[("a.parquet", b"PAR1 and no more")]).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_text_in_another_encoding() {
    let fault = files(&recommender(), &[("a.csv", b"time,worth_it\n\xff\n")]).unwrap_err();
    insta::assert_snapshot!(fault, @"
    a.csv:2: not UTF-8
      hint: save it as UTF-8; compressed files have to be unpacked first
    ");
}
