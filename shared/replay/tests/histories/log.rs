//! A decision log holds a history.

use rekindle_decision::facts::{AlarmFact, Facts, Point, Series};
use rekindle_decision::signal::{AlarmState, Ask, Signal, Sweep};
use rekindle_decision::state::{Started, Trained};
use serde_json::json;

use crate::shared::{at, churn, files};

fn point(hour: &str, value: f64) -> Point {
    Point { at: at(hour), value, samples: None }
}

fn line(model: &str, facts: &Facts) -> String {
    json!({ "_aws": {}, "At": "x", "kind": "decision", "model": model, "facts": facts, "ruling": {} })
        .to_string()
}

#[test]
fn the_facts_are_collected_once() {
    let found = |state, since: &str| AlarmFact::Found { state, since: at(since), suppressed_by: None };
    let asked = Signal::Asked(Ask { id: Some("a-1".into()), models: vec!["churn".into()], ..Ask::default() });
    let mut first = Facts::at(at("2026-11-02T03:10:00Z"));
    first.metrics.insert(
        "accuracy".into(),
        Series::Complete {
            points: vec![point("2026-11-02T01:00:00Z", 0.9), point("2026-11-02T02:00:00Z", 0.8)],
        },
    );
    first.metrics.insert("accuracy_of_old".into(), Series::Complete { points: Vec::new() });
    first.alarms.insert("churn-feature-drift".into(), found(AlarmState::Ok, "2026-11-01T00:00:00Z"));
    first.signals = vec![asked.clone(), Signal::Sweep(Sweep::default())];
    first.state.starts = vec![Started::of(1, at("2026-11-01T10:00:00Z"))];

    let mut second = first.clone();
    second.now = at("2026-11-02T04:10:00Z");
    second.metrics.insert(
        "accuracy".into(),
        Series::Complete {
            points: vec![point("2026-11-02T02:00:00Z", 0.85), point("2026-11-02T03:00:00Z", f64::NAN)],
        },
    );
    second.alarms.insert("churn-feature-drift".into(), found(AlarmState::Alarm, "2026-11-02T04:00:00Z"));
    second.state.trained =
        Some(Trained { generation: 1, at: at("2026-11-01T10:42:00Z"), metrics: [].into() });

    // The newer turn stands first: what it says counts all the same.
    let log = [
        "START RequestId: 1 Version: $LATEST".to_owned(),
        format!("2026-11-02T04:10:00.123Z {}", line("churn", &second)),
        line("another", &first),
        json!({ "kind": "turn" }).to_string(),
        line("churn", &first),
    ];
    let (history, left_out) = files(&churn(), &[("service.log", log.join("\n").as_bytes())]).unwrap();
    let points: Vec<f64> = history.series.values().flatten().map(|point| point.value).collect();
    assert_eq!(points, [0.9, 0.85]);
    let alarms: Vec<String> =
        history.alarms.iter().map(|change| format!("{} {}", change.at, change.state.word())).collect();
    assert_eq!(alarms, ["2026-11-01T00:00:00Z OK", "2026-11-02T04:00:00Z ALARM"]);
    assert_eq!(history.signals, [(at("2026-11-02T03:10:00Z"), asked)]);
    let trainings: Vec<String> =
        history.trainings.iter().map(|training| format!("{} {}", training.began, training.took)).collect();
    assert_eq!(trainings, ["2026-11-01T10:00:00Z 42m"]);
    assert_eq!((left_out.not_decisions, left_out.other_models), (2, 1));
    assert_eq!(left_out.unknown, [("accuracy_of_old".to_owned(), 2)].into());
}

#[test]
fn facts_that_cannot_be_read_are_told_with_their_line() {
    let facts = json!({ "now": "2026-11-02T03:10:00Z", "moon": "full" });
    let log = format!("INIT\n{}\n", json!({ "model": "churn", "facts": facts, "ruling": {} }));
    let fault = files(&churn(), &[("service.log", log.as_bytes())]).unwrap_err();
    insta::assert_snapshot!(fault, @"
    service.log:2: the decision's facts cannot be read: unknown field `moon`, expected one of `now`, `state`, `signals`, `alarms`, `alarm_sets`, `monitors`, `metrics`, `fleets`
      hint: it was logged by another version of Rekindle: read it with that one
    ");
}
