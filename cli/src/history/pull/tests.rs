//! What is asked of AWS, and what becomes of the answers.

use std::collections::BTreeMap;

use super::*;
use rekindle_decision::facts::Point;
use rekindle_policy::read;

const CHURN: &str = include_str!("../../../demo/churn.yaml");

/// AWS as it was at noon of a day in December.
#[derive(Debug, Default)]
struct Remembered {
    gap: Option<Gap>,
    asked: Vec<(Metric, Span, bool)>,
    documents: BTreeMap<String, &'static str>,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Past for Remembered {
    fn now(&self) -> Timestamp {
        at("2026-12-10T12:34:56Z")
    }

    fn documents(&mut self, path: &str) -> anyhow::Result<Vec<Text>> {
        let documents = self.documents.iter();
        Ok(documents.map(|(name, text)| Text::new(format!("{path}/{name}"), 1, *text)).collect())
    }

    fn values(&mut self, metric: &Metric, span: Span, samples: bool) -> Series {
        self.asked.push((metric.clone(), span, samples));
        match self.gap.clone() {
            Some(gap) => Series::Unread { gap },
            None => Series::Complete { points: vec![Point { at: span.from, value: 0.9, samples: None }] },
        }
    }

    fn alarm_names(&mut self, which: &Alarms) -> anyhow::Result<Vec<String>> {
        Ok(vec![which.key()])
    }

    fn changes(&mut self, _: &str, span: Span) -> anyhow::Result<Vec<(Timestamp, AlarmState)>> {
        Ok(vec![(span.from, AlarmState::Ok), (at("2026-12-01T00:00:00Z"), AlarmState::Alarm)])
    }

    fn trainings(&mut self, model: &str, _: Timestamp) -> anyhow::Result<Vec<Training>> {
        assert_eq!(model, "churn");
        Ok(vec![Training { began: at("2026-12-01T01:00:00Z"), took: "42m".parse().unwrap() }])
    }
}

fn churn() -> Policy {
    read(&Text::new("churn.yaml", 1, CHURN)).unwrap().remove(0)
}

#[test]
fn what_is_fetched_is_written_as_a_history() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("churn.jsonl");
    let mut past = Remembered::default();
    pull(&churn(), 30, Some(&file), &mut past).unwrap();
    insta::assert_snapshot!(fs::read_to_string(file).unwrap(), @r#"
    {"training":{"began":"2026-12-01T01:00:00Z","took":"42m"}}
    {"alarm":"churn-feature-drift","state":"OK","at":"2026-11-10T12:34:56Z"}
    {"alarm":"churn-feature-drift","state":"ALARM","at":"2026-12-01T00:00:00Z"}
    {"metric":{"namespace":"Churn","name":"Accuracy","dimensions":{"Model":"churn"},"statistic":"Average","period":"1h"},"at":"2026-11-10T13:00:00Z","value":0.9}
    "#);
    assert_eq!(past.asked.len(), 1);
    let (_, span, samples) = &past.asked[0];
    assert_eq!((span.from, span.to), (at("2026-11-10T13:00:00Z"), at("2026-12-10T12:00:00Z")));
    assert!(!samples);
}

#[test]
fn no_more_is_asked_for_than_is_kept() {
    let now = at("2026-12-10T12:34:56Z");
    let from = at("2025-01-01T00:00:00Z");
    for (period, first, last) in [
        ("1d", "2025-09-12T00:00:00Z", "2026-12-10T00:00:00Z"),
        ("1h", "2025-09-11T13:00:00Z", "2026-12-10T12:00:00Z"),
        ("5m", "2026-10-08T12:35:00Z", "2026-12-10T12:30:00Z"),
        ("90m", "2026-10-08T13:30:00Z", "2026-12-10T12:00:00Z"),
        ("1m", "2026-11-25T12:35:00Z", "2026-12-10T12:34:00Z"),
        ("10s", "2026-12-10T09:35:00Z", "2026-12-10T12:34:50Z"),
    ] {
        let mut metric = churn().wanted(now)[0].metric.clone();
        metric.period = period.parse().unwrap();
        assert_eq!(kept(&metric, from, now), Span { from: at(first), to: at(last) }, "{period}");
    }
}

#[test]
fn what_cannot_be_read_makes_no_history() {
    let mut past = Remembered { gap: Some(Gap::Forbidden), ..Remembered::default() };
    let error = pull(&churn(), 30, None, &mut past).unwrap_err();
    insta::assert_snapshot!(format!("{error:#}"), @"average Churn/Accuracy could not be read: these credentials may not read it; they need cloudwatch:GetMetricData");
}

#[test]
fn the_deployed_policy_is_found_by_its_model() {
    let mut past = Remembered { documents: [("churn".to_owned(), CHURN)].into(), ..Remembered::default() };
    assert_eq!(deployed(&mut past, "/p", "churn").unwrap().model, "churn");
    let error = deployed(&mut past, "/p", "chrun").unwrap_err();
    insta::assert_snapshot!(format!("{error:#}"), @"
    no policy of `chrun` is deployed below /p, of 1 model

    hint: did you mean `churn`?
    ");
}
