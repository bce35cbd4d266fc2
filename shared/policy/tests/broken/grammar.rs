//! Every part of the grammar with a slip in it, in short documents. One page to read aloud.

use std::fmt::Write;

use insta::assert_snapshot;

use crate::samples::document;
use crate::told;

/// What is told of each row, under its name.
fn page(rows: &[(&str, &str)], sections: impl Fn(&str) -> String) -> String {
    let mut page = String::new();
    for (name, written) in rows {
        let told = told(&document(&sections(written))).replace("churn.yaml:", "");
        writeln!(page, "{name}: {written}\n{told}\n").unwrap();
    }
    page
}

const METRIC: &str = "metric: { namespace: N, name: E, statistic: Average, period: 1h }";

#[test]
fn triggers() {
    let rows = [
        ("a rate that begins twice", "{ schedule: \"cron(0 3 * * ? *)\", from: 2026-10-01T00:00:00Z }"),
        ("a date for an instant", "{ schedule: rate(1 day), from: 2026-10-01 }"),
        ("a rate in words", "{ schedule: rate(one day) }"),
        ("an empty rule", "{ schedule: rate(1 day), rule: \"\" }"),
        ("a quiet schedule", "{ schedule: rate(1 day), quiet_for: 5m }"),
        ("a list of alarms", "{ alarm: [a, b] }"),
        ("an alarm of a misspelt prefix", "{ alarm: { prefx: a } }"),
        ("alarms without a prefix", "{ alarm: { tags: { team: growth } } }"),
        ("every alarm there is", "{ alarm: { prefix: \"\" } }"),
        ("a misspelt model in a tag", "{ alarm: { prefix: a, tags: { model: \"{modle}\" } } }"),
        ("a monitor's end that there is not", "{ monitor: m, on: violation }"),
        ("a monitor's end like no other", "{ monitor: m, on: always }"),
        ("an end without a monitor", "{ alarm: a, on: clean }"),
        ("a ruleset that is only a name", "{ data_quality: labels }"),
        ("a misspelt ruleset", "{ data_quality: { rulset: labels } }"),
        ("a misspelt result", "{ data_quality: { ruleset: labels, on: pased } }"),
        ("no objects", "{ objects: { bucket: b, count: 0 } }"),
        ("a bucket that is missing", "{ objects: { prefix: p } }"),
        ("a misspelt suffix", "{ objects: { bucket: b, sufix: .csv } }"),
        ("a pattern beside the event", "{ event: { source: [acme] } }"),
        ("a pattern in text", "{ event: { pattern: acme } }"),
        ("a misspelt model in a pattern", "{ event: { pattern: { source: [\"{modle}\"] } } }"),
        ("a misspelt way to count", "{ alarm: a, counts_as: levl }"),
        ("a guard in a trigger", "{ alarm: a, cooldown: 1d }"),
        ("a field like no other", "{ alarm: a, severity: high }"),
        ("three kinds", "{ alarm: a, monitor: m, schedule: rate(1 day) }"),
        ("nothing", "{}"),
        ("a limit without a metric", "{ below: 3 }"),
    ];
    assert_snapshot!(page(&rows, |written| format!("triggers:\n  it: {written}\n")));
}

#[test]
fn metrics() {
    let rows = [
        ("three numbers outside", "outside: [1, 2, 3]"),
        ("outside the wrong way", "outside: [2, 1]"),
        ("a limit and a detector", "below: 3, ddm: {}"),
        ("a change in words", "drop_from_baseline: three percent, baseline: 1"),
        ("a negative change", "drop_from_baseline: -0.1, baseline: 1"),
        ("a misspelt baseline", "drop_from_baseline: 3%, baseline: trainig"),
        ("an empty baseline", "drop_from_baseline: 3%, baseline: {}"),
        ("two baselines", "drop_from_baseline: 3%, baseline: { first: 3, training: a }"),
        ("no first values", "drop_from_baseline: 3%, baseline: { first: 0 }"),
        ("a time for a number of first values", "drop_from_baseline: 3%, baseline: { first: 3d }"),
        ("no whole number of first values", "drop_from_baseline: 3%, baseline: { first: few }"),
        ("a time in quotes for a number of periods", "worsening: { periods: \"36h\" }"),
        ("a time for a number of samples", "below: 3, min_samples: 1h"),
        ("a baseline of a limit", "below: 3, baseline: 2"),
        ("a history of a limit", "below: 3, history: 30d"),
        ("periods of a detector", "ddm: {}, for: 3 of 5"),
        ("trials of a limit", "below: 3, trials: { namespace: N, name: T, statistic: Sum, period: 1h }"),
        (
            "trials of another period",
            "ddm: {}, trials: { namespace: N, name: T, statistic: Sum, period: 1d }",
        ),
        (
            "trials that are no count",
            "ddm: {}, trials: { namespace: N, name: T, statistic: Average, period: 1h }",
        ),
        ("too few values to worsen", "worsening: { periods: 3 }"),
        ("no values to worsen", "worsening: { periods: 0 }"),
        ("too sure a worsening", "worsening: { periods: 7, confidence: 95 }"),
        ("a worsening the wrong way", "worsening: { periods: 7, worse: up }"),
        ("a worsening of no length", "worsening: {}"),
        (
            "a challenger of another period",
            "challenger: { metric: { namespace: N, name: E, statistic: Average, period: 1d } }",
        ),
        (
            "a challenger better by less than nothing",
            "challenger: { metric: { namespace: N, name: E, statistic: Average, period: 1h }, better_by: -1 }",
        ),
        ("per cent for a share", "evidence: { tolerated: 18, false_alarm_every: 90d }"),
        ("a false alarm for ever", "evidence: { tolerated: 0.18, false_alarm_every: 0s }"),
        ("a misspelt part of a detector", "evidence: { tolerated: 0.18, false_alarms_every: 90d }"),
        ("a target that is missing", "cusum: { slack: 1, interval: 5 }"),
        ("an interval of nothing", "cusum: { target: 1, slack: 1, interval: 0 }"),
        ("a factor above one", "page_hinkley: { alpha: 2 }"),
        ("a confidence in per cent", "hddm_a: { drift_confidence: 95 }"),
        ("one bucket", "adwin: { max_buckets: 1 }"),
        ("a detector that is only on", "ddm: true"),
        ("money without a number", "break_even: { retrain_cost: USD, cost_per_unit_loss: 1 USD }"),
        ("euros", "break_even: { retrain_cost: 12 EUR, cost_per_unit_loss: 1 USD }"),
        ("a training for nothing", "break_even: { retrain_cost: 0 USD, cost_per_unit_loss: 1 USD }"),
        ("a history shorter than a period", "ddm: {}, history: 30m"),
        ("a delay longer than anything is kept", "below: 3, label_delay: 460d"),
        ("more periods than are kept", "worsening: { periods: 300 }, label_delay: 450d"),
    ];
    assert_snapshot!(page(&rows, |written| format!("triggers:\n  it: {{ {METRIC}, {written} }}\n")));
}

#[test]
fn statistics_of_detectors() {
    let rows = [("a maximum of losses", "Maximum"), ("a percentile of losses", "p90")];
    let page = page(&rows, |statistic| {
        let metric = METRIC.replace("Average", statistic);
        format!("triggers:\n  it: {{ {metric}, evidence: {{ tolerated: 0.1, false_alarm_every: 90d }} }}\n")
    });
    assert_snapshot!(page);
}

#[test]
fn combinations() {
    let rows = [
        ("not, alone", "{ not: a }"),
        ("not, among others", "{ any: [a, { not: b }] }"),
        ("not, twice", "{ not: { not: a } }"),
        ("not, and nothing else", "{ all: [{ not: a }, { not: b }] }"),
        ("within any", "{ any: [a, b], within: 3h }"),
        ("a misspelt part", "{ al: [a, b] }"),
        ("a count of nothing", "{ at_least: 2 }"),
        ("a list for one part", "{ all: [a, { not: [b] }] }"),
        ("a number", "5"),
    ];
    let page = page(&rows, |written| {
        let triggers = "triggers:\n  a: { alarm: a }\n  b: { alarm: b }\n";
        format!("{triggers}start_when: {written}\n")
    });
    assert_snapshot!(page);
}

#[test]
fn conditions_beside_a_schedule() {
    let rows = [
        ("itself", "{ any: [it, a] }"),
        ("one that has a condition too", "b"),
        ("an unknown one", "c"),
        ("none", "{}"),
    ];
    let page = page(&rows, |written| {
        format!(
            "triggers:
  a: {{ alarm: a }}
  b: {{ schedule: rate(1 day), only_if: a }}
  it: {{ schedule: rate(1 day), only_if: {written} }}
start_when: {{ any: [it, b] }}
"
        )
    });
    assert_snapshot!(page);
}

/// A document of 8 KB could otherwise make a combination of millions of parts.
#[test]
fn a_combination_that_nobody_could_follow() {
    let many = |name: &str, count: usize| vec![name; count].join(", ");
    let (beside, named) = (many("a", 100), many("it", 20));
    let told = told(&document(&format!(
        "triggers:\n  a: {{ alarm: a }}\n  it: {{ schedule: rate(1 day), only_if: {{ any: [{beside}] }} }}\nstart_when: {{ any: [{named}] }}\n"
    )));
    assert_snapshot!(told, @"
    churn.yaml:5:1: start_when: the triggers combine in more than 1000 parts
      hint: write less, or make several policies
    ");
}

#[test]
fn guards() {
    let rows = [
        ("a misspelt way", "{ in_flight: replce }"),
        ("a blackout by rate", "{ blackout: [{ cron: rate(1 day), for: 2h }] }"),
        ("a blackout by crontab", "{ blackout: [{ cron: 0 18 * * 5, for: 2h }] }"),
        ("a blackout nowhere", "{ blackout: [{ cron: 0 18 ? * FRI *, for: 2h, timezone: Europe/Berln }] }"),
        ("a blackout of no length", "{ blackout: [{ cron: 0 18 ? * FRI *, for: 0s }] }"),
        ("a blackout without a length", "{ blackout: [{ cron: 0 18 ? * FRI * }] }"),
        ("one blackout that is no list", "{ blackout: { cron: 0 18 ? * FRI *, for: 2h } }"),
        ("a budget per year", "{ budget: { amount: 9 USD, per: year, per_run: 1 USD } }"),
        ("a budget per moth", "{ budget: { amount: 9 USD, per: moth, per_run: 1 USD } }"),
        ("a budget of a number", "{ budget: { amount: 9, per: month, per_run: 1 USD } }"),
        ("a budget without a run", "{ budget: { amount: 9 USD, per: month } }"),
        (
            "a budget of more runs than are counted",
            "{ budget: { amount: 66 USD, per: month, per_run: 1 USD } }",
        ),
        ("more starts than are counted", "{ max_starts: { starts: 65, within: 30d } }"),
        ("a fleet in a budget", "{ budget: { fleet: f, amount: 9 USD, per: month, per_run: 1 USD } }"),
        (
            "a fleet without a name",
            "{ fleet_budget: { fleet: \"\", amount: 9 USD, per: month, per_run: 1 USD } }",
        ),
        (
            "data that are no count",
            "{ data: { metric: { namespace: N, name: R, statistic: Average, period: 1h }, at_least: 5 } }",
        ),
        (
            "less than no data",
            "{ data: { metric: { namespace: N, name: R, statistic: Sum, period: 1h }, at_least: -5 } }",
        ),
        ("a shortest wait", "{ after_failure: { wait: 2h, up_to: 1h } }"),
        ("no wait", "{ after_failure: { times: 0 } }"),
        (
            "no values to compare",
            "{ after_futility: { metric: { namespace: N, name: E, statistic: Average, period: 1h }, min_gain: 0, compare: 0 } }",
        ),
        (
            "too few values to compare",
            "{ after_futility: { metric: { namespace: N, name: E, statistic: Average, period: 1h }, min_gain: 0, compare: 3 } }",
        ),
        (
            "more values than can be compared",
            "{ after_futility: { metric: { namespace: N, name: E, statistic: Average, period: 1h }, min_gain: 0, compare: 1001 } }",
        ),
        (
            "no gain",
            "{ after_futility: { metric: { namespace: N, name: E, statistic: Average, period: 1h } } }",
        ),
        ("no starts", "{ max_starts: { starts: 0, within: 7d } }"),
        ("a window of nothing", "{ max_starts: { starts: 1, within: 0s } }"),
        ("yes for a truth", "{ ask_first: yes }"),
        ("a trigger's field in the guards", "{ deadline: 6h }"),
        ("a mode in the guards", "{ owner: me }"),
    ];
    assert_snapshot!(page(&rows, |written| format!(
        "triggers: {{ it: {{ alarm: a }} }}\nguards: {written}\n"
    )));
}

#[test]
fn the_document() {
    let rows = [
        ("a point in a name", "triggers: { a.b: { alarm: a } }"),
        ("an empty name", "triggers: { \"\": { alarm: a } }"),
        ("a guard at the top", "triggers: { a: { alarm: a } }\ncooldown: 1d"),
        ("a day of training in words", "triggers: { a: { alarm: a } }\ntrained: yesterday"),
        (
            "only triggers that stand beside others",
            "triggers: { a: { schedule: rate(1 day), only_if: b }, b: { schedule: rate(1 day), only_if: a } }",
        ),
    ];
    assert_snapshot!(page(&rows, |written| format!("{written}\n")));
}
