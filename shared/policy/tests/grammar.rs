#![cfg(test)]
//! The whole grammar, a sample of each part: what becomes of it, with `{model}` filled in and defaults put in.

mod samples;

use insta::assert_snapshot;
use rekindle_decision::pattern::Pattern;
use rekindle_decision::policy::{
    AfterFailure, Alarms, Budget, BudgetMode, CountsAs, Expr, InFlight, MaxStarts, Policy, Source, Wanted,
    Watch,
};
use rekindle_policy::{Text, read};
use rstest::rstest;
use samples::{GUARDS, TRIGGERS, document};

fn policy(text: &str) -> Policy {
    read(&Text::new("policy.yaml", 3, text)).unwrap_or_else(|problems| panic!("{problems:#?}")).remove(0)
}

fn trigger(written: &str) -> Policy {
    policy(&document(&format!("triggers:\n  it: {written}\n")))
}

fn guards(written: &str) -> Policy {
    policy(&document(&format!("triggers:\n  it: {{ alarm: a }}\nguards: {written}\n")))
}

/// What is read of a metric and how.
fn source(source: &Source) -> String {
    let Source { metric, label_delay, min_samples, history } = source;
    let dimensions: Vec<String> =
        metric.dimensions.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!(
        "{metric} {} {} delay {label_delay} samples {min_samples:?} history {history}",
        dimensions.join(","),
        metric.period
    )
}

/// One line of what a trigger watches.
fn line(watch: &Watch) -> String {
    match watch {
        Watch::Schedule(rule) => format!(
            "schedule {} in {}, deadline {}, rule {:?}",
            rule.expression.text(),
            rule.expression.timezone(),
            rule.deadline,
            rule.rule
        ),
        Watch::Alarm(rule) => format!("alarm {:?}, quiet for {}", rule.which, rule.quiet_for),
        Watch::Monitor(rule) => format!("{rule:?}"),
        Watch::DataQuality(rule) => format!("{rule:?}"),
        Watch::Objects(rule) => format!("{rule:?}"),
        Watch::Events(rule) => format!("events count {}, quiet for {}", rule.count, rule.quiet_for),
        Watch::Metric(rule) => format!(
            "{} {:?} for {}, {:?}, reported as {}",
            source(&rule.source),
            rule.limit,
            rule.periods,
            rule.missing_data,
            rule.reported_as()
        ),
        Watch::Trend(rule) => format!(
            "{} worse {:?} over {} at {} by {}",
            source(&rule.source),
            rule.worse,
            rule.periods,
            rule.confidence,
            rule.at_least
        ),
        Watch::Challenger(rule) => format!(
            "{} against {} {:?} worse {:?} by {} for {}",
            source(&rule.source),
            rule.challenger,
            rule.challenger.dimensions,
            rule.worse,
            rule.margin,
            rule.periods
        ),
        Watch::Detector(rule) => format!(
            "{} {:?} of {}",
            source(&rule.source),
            rule.method,
            rule.trials
                .as_ref()
                .map_or("its own samples".to_owned(), |trials| format!("{trials} {:?}", trials.dimensions))
        ),
        Watch::BreakEven(rule) => format!(
            "{} {} against {} for each of {}, {} away",
            source(&rule.source),
            rule.cost_per_unit_loss,
            rule.retrain_cost,
            rule.traffic
                .as_ref()
                .map_or("1".to_owned(), |traffic| format!("{traffic} {:?}", traffic.dimensions)),
            rule.training_time
        ),
    }
}

#[test]
fn every_kind_of_trigger_is_read() {
    let lines: Vec<String> = TRIGGERS
        .iter()
        .map(|(name, written)| {
            let policy = trigger(written);
            let trigger = &policy.triggers["it"];
            format!("{name}: {} ({:?})", line(&trigger.watch), trigger.counts_as)
        })
        .collect();
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_guard_is_read() {
    let policy = guards(GUARDS);
    let guards = policy.guards;
    assert_eq!((guards.cooldown, guards.freshness), ("2d".parse().unwrap(), Some("3h".parse().unwrap())));
    assert_eq!((guards.in_flight, guards.ask_first), (InFlight::Replace, true));
    assert_eq!((guards.min_age, guards.max_age), (Some("1d".parse().unwrap()), Some("60d".parse().unwrap())));
    let blackout: Vec<String> = guards
        .blackout
        .iter()
        .map(|window| format!("{} {} {}", window.opens.text(), window.opens.timezone(), window.length))
        .collect();
    assert_eq!(blackout, ["cron(0 18 ? * FRI *) Europe/Berlin 12h", "cron(0 0 24 12 ? *) UTC 3d"]);
    let budget = |fleet: Option<&str>, amount: &str, per, per_run: &str, mode| Budget {
        fleet: fleet.map(str::to_owned),
        amount: amount.parse().unwrap(),
        per,
        per_run: per_run.parse().unwrap(),
        mode,
    };
    assert_eq!(
        guards.budgets,
        [
            budget(None, "100 USD", rekindle_decision::span::Span::Week, "12.50 USD", BudgetMode::Enforce),
            budget(
                Some("churn-team"),
                "1000 USD",
                rekindle_decision::span::Span::Month,
                "13 USD",
                BudgetMode::Audit
            ),
        ]
    );
    let data = guards.data.unwrap();
    assert_eq!((data.at_least, data.max_age), (500.0, Some("2d".parse().unwrap())));
    assert_eq!(data.source.metric.dimensions["Model"], "churn");
    let after = AfterFailure {
        wait: "30m".parse().unwrap(),
        times: 3,
        up_to: "24h".parse().unwrap(),
        give_up_after: 5,
    };
    assert_eq!(guards.after_failure, Some(after));
    let futility = guards.after_futility.unwrap();
    assert_eq!((futility.compare, futility.give_up_after, futility.min_gain), (24, 3, 0.01));
    assert_eq!(futility.source.min_samples, Some(50));
    assert_eq!(guards.max_starts, Some(MaxStarts { starts: 3, within: "7d".parse().unwrap() }));
}

#[rstest]
#[case::four("compare: 4", 4)]
#[case::a_thousand("compare: 1000", 1_000)]
#[case::one_that_counts_samples("compare: 1, min_samples: 10", 1)]
fn so_many_values_can_be_compared(#[case] written: &str, #[case] compare: u32) {
    let metric = "metric: { namespace: N, name: E, statistic: Average, period: 1h }";
    let policy = guards(&format!("{{ after_futility: {{ {metric}, min_gain: 0, {written} }} }}"));
    assert_eq!(policy.guards.after_futility.unwrap().compare, compare);
}

#[test]
fn an_empty_after_failure_has_its_documented_defaults() {
    let after = guards("{ after_failure: {} }").guards.after_failure.unwrap();
    let told = format!("{} {} {} {}", after.wait, after.times, after.up_to, after.give_up_after);
    assert_eq!(told, "1h 2 1d 5");
}

#[rstest]
#[case::a_name("a", "a")]
#[case::any("{ any: [a, b] }", "any(a, b)")]
#[case::all("{ all: [a, b] }", "all(a, b)")]
#[case::all_within("{ all: [a, b], within: 24h }", "all(a, b) within 1d")]
#[case::at_least("{ at_least: 2, of: [a, b, c], within: 24h }", "at least 2(a, b, c) within 1d")]
#[case::not("{ all: [a, { not: b }] }", "all(a, not(b))")]
#[case::not_of_a_combination("{ all: [a, { not: { any: [b, c] } }] }", "all(a, not(any(b, c)))")]
#[case::nested("{ any: [{ all: [a, { at_least: 1, of: [b] }] }, c] }", "any(all(a, at least 1(b)), c)")]
#[case::only_if("s", "all(s, any(a, not(b)))")]
#[case::only_if_inside("{ any: [s, c] }", "any(all(s, any(a, not(b))), c)")]
fn combinations(#[case] written: &str, #[case] expected: &str) {
    let text = document(&format!(
        "triggers:
  a: {{ alarm: a }}
  b: {{ alarm: b }}
  c: {{ alarm: c }}
  s: {{ schedule: rate(1 day), only_if: {{ any: [a, {{ not: b }}] }} }}
start_when: {written}
"
    ));
    assert_eq!(told(&policy(&text).start_when), expected);
}

#[test]
fn left_out_any_trigger_asks_that_does_not_only_stand_beside_another() {
    let text = document(
        "triggers:
  a: { alarm: a }
  b: { alarm: b }
  s: { schedule: rate(1 day), only_if: { any: [a] } }
",
    );
    assert_eq!(told(&policy(&text).start_when), "any(b, all(s, any(a)))");
}

fn told(expr: &Expr) -> String {
    let list = |of: &[Expr]| of.iter().map(told).collect::<Vec<_>>().join(", ");
    let within = |within: &Option<_>| {
        within.map_or(String::new(), |within: rekindle_decision::duration::Duration| {
            format!(" within {within}")
        })
    };
    match expr {
        Expr::Trigger(name) => name.clone(),
        Expr::Any(of) => format!("any({})", list(of)),
        Expr::All { of, within: time } => format!("all({}){}", list(of), within(time)),
        Expr::AtLeast { n, of, within: time } => format!("at least {n}({}){}", list(of), within(time)),
        Expr::Not(part) => format!("not({})", told(part)),
    }
}

#[rstest]
#[case::level("level", CountsAs::Level)]
#[case::edge("edge", CountsAs::Edge)]
#[case::latch("latch", CountsAs::Latch)]
fn any_trigger_may_count_otherwise(#[case] word: &str, #[case] expected: CountsAs) {
    for written in ["alarm: a", "schedule: rate(1 day)", "monitor: m"] {
        let policy = trigger(&format!("{{ {written}, counts_as: {word} }}"));
        assert_eq!(policy.triggers["it"].counts_as, expected, "{written}");
    }
}

#[rstest]
#[case::seconds("30s", "0s", "3h")]
#[case::minutes("2m", "1d", "14d")]
#[case::five_minutes("5m", "40d", "23d")]
#[case::hours("1h", "0s", "30d")]
#[case::days("1d", "440d", "15d")]
fn a_history_left_out_is_what_cloudwatch_keeps(
    #[case] period: &str,
    #[case] delay: &str,
    #[case] expected: &str,
) {
    let policy = trigger(&format!(
        "{{ metric: {{ namespace: N, name: E, statistic: Average, period: {period} }}, label_delay: {delay}, ddm: {{}} }}"
    ));
    let Watch::Detector(detector) = &policy.triggers["it"].watch else { panic!("no detector") };
    assert_eq!(detector.source.history.to_string(), expected);
}

#[test]
fn a_document_says_when_models_were_trained_and_serve() {
    let head = "trained: 2026-10-01T02:00:00+02:00\nserves_after: 2h\ntriggers: { it: { alarm: a } }\n";
    let text =
        Text { since: Some("2026-09-01T00:00:00Z".parse().unwrap()), ..Text::new("p", 3, document(head)) };
    let policy = read(&text).unwrap().remove(0);
    assert_eq!(policy.trained, Some("2026-10-01T00:00:00Z".parse().unwrap()));
    assert_eq!(policy.serves_after.to_string(), "2h");
    assert_eq!(policy.revision.since, text.since);
}

#[test]
fn a_rate_may_begin_at_an_instant() {
    let policy = trigger("{ schedule: rate(12 hours), from: 2026-10-01T06:30:00Z }");
    let Watch::Schedule(rule) = &policy.triggers["it"].watch else { panic!("no schedule") };
    let noon = "2026-10-21T12:00:00Z".parse().unwrap();
    assert_eq!(rule.expression.latest(noon), Some("2026-10-21T06:30:00Z".parse().unwrap()));
}

#[test]
fn an_arn_is_read_as_the_name_in_it() {
    let policy = trigger("{ alarm: \"arn:aws:cloudwatch:eu-central-1:445566778899:alarm:{model}: drift\" }");
    assert_eq!(policy.alarms(), [&Alarms::Name("churn: drift".into())]);
}

#[test]
fn a_detector_with_trials_still_counts_its_samples_where_few_do_not_count() {
    let policy = trigger(
        "{ metric: { namespace: N, name: E, statistic: Sum, period: 1h }, ddm: {}, min_samples: 9,
        trials: { namespace: N, name: T, statistic: Sum, period: 1h } }",
    );
    let wanted = policy.wanted("2026-10-21T12:00:00Z".parse().unwrap());
    let samples: Vec<bool> = wanted.iter().map(|Wanted { samples, .. }| *samples).collect();
    assert_eq!(samples, [true, false]);
}

#[test]
fn a_pattern_knows_its_model() {
    let policy =
        trigger("{ event: { pattern: { source: [acme.labels], detail: { model: [\"{model}\"] } } } }");
    let Watch::Events(events) = &policy.triggers["it"].watch else { panic!("no events") };
    let meant = serde_json::json!({ "source": ["acme.labels"], "detail": { "model": ["churn"] } });
    assert_eq!(events.pattern, Pattern::parse(&meant).unwrap());
}
