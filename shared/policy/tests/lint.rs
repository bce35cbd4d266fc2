#![cfg(test)]
//! Warnings: what is told of a policy that can be read, and what is not.

mod samples;

use rekindle_policy::{Ceilings, Severity, Text, lint, read, refused};
use rstest::rstest;
use samples::document;

fn warned(text: &str, ceilings: &Ceilings) -> String {
    let text = Text::new("p", 1, text);
    assert!(read(&text).is_ok(), "{:#?}", read(&text));
    let problems = lint(&text, ceilings);
    for problem in &problems {
        assert_eq!(problem.severity, Severity::Warning);
        assert!(problem.line.is_some() && problem.hint.is_some(), "{problem}");
    }
    problems.iter().map(|problem| problem.field.clone()).collect::<Vec<_>>().join(" ")
}

fn fields(sections: &str) -> String {
    warned(&document(sections), &Ceilings::default())
}

const METRIC: &str = "namespace: N, name: E, statistic: Average";
const TRAINED: &str = "trained: 2026-10-01T00:00:00Z\n";

#[rstest]
#[case::an_hour_between_ticks_and_a_day_of_cooldown("rate(1 hour)", "6h", "cooldown: 1d", "guards.cooldown")]
#[case::a_cooldown_nobody_wrote("rate(1 hour)", "6h", "", "triggers.it.schedule")]
#[case::the_next_tick_waits_for_the_cooldown("rate(1 hour)", "23h", "cooldown: 1d", "")]
#[case::as_long_as_the_cooldown("cron(0 3 * * ? *)", "1h", "cooldown: 1d", "")]
#[case::two_days_in_a_row("cron(0 3 ? * MON,TUE *)", "6h", "cooldown: 2d", "guards.cooldown")]
#[case::a_least_age("cron(0 3 ? * MON *)", "6h", "min_age: 14d", "guards.min_age")]
#[case::a_day_that_does_not_come("cron(0 3 31 2 ? *)", "6h", "", "triggers.it.schedule")]
#[case::a_blackout_at_another_time(
    "cron(0 3 * * ? *)",
    "6h",
    "blackout: [{ cron: 0 12 * * ? *, for: 2h }]",
    ""
)]
#[case::a_blackout_that_ends_before_the_deadline(
    "cron(0 3 * * ? *)",
    "6h",
    "blackout: [{ cron: 0 2 * * ? *, for: 7h }]",
    ""
)]
#[case::a_blackout_beyond_the_deadline(
    "cron(0 3 * * ? *)",
    "6h",
    "blackout: [{ cron: 0 2 * * ? *, for: 8h }]",
    "guards.blackout.0"
)]
#[case::two_blackouts_that_meet(
    "cron(0 3 * * ? *)",
    "6h",
    "blackout: [{ cron: 0 6 * * ? *, for: 8h }, { cron: 0 2 * * ? *, for: 4h }]",
    "guards.blackout.1"
)]
#[case::a_blackout_on_some_days(
    "cron(0 3 * * ? *)",
    "6h",
    "blackout: [{ cron: 0 0 ? * SUN *, for: 1d }]",
    ""
)]
#[case::a_blackout_that_never_closes(
    "cron(0 3 * * ? *)",
    "6h",
    "blackout: [{ cron: 0 0 * * ? *, for: 1d }]",
    "guards.blackout.0 guards.blackout.0.for"
)]
#[case::nobody_knows_when_a_rate_ticks("rate(1 day)", "1h", "blackout: [{ cron: 0 2 * * ? *, for: 8h }]", "")]
fn schedules(#[case] schedule: &str, #[case] deadline: &str, #[case] held: &str, #[case] expected: &str) {
    let sections = format!(
        "triggers:\n  it: {{ schedule: \"{schedule}\", deadline: {deadline} }}\nguards: {{ {held} }}\n"
    );
    assert_eq!(fields(&sections), expected);
}

#[test]
fn a_rate_that_begins_at_an_instant_may_fall_into_a_blackout() {
    let sections = "triggers:\n  it: { schedule: rate(1 day), deadline: 1h, from: 2025-01-01T03:00:00Z }\n\
                    guards: { blackout: [{ cron: 0 2 * * ? *, for: 8h }] }\n";
    assert_eq!(fields(sections), "guards.blackout.0");
}

#[test]
fn a_schedule_that_does_not_ask_alone_may_tick_as_often_as_it_likes() {
    let triggers = "triggers:\n  it: { schedule: rate(1 hour) }\n  bad: { alarm: a }\n";
    assert_eq!(fields(&format!("{triggers}start_when: {{ all: [it, bad] }}\n")), "");
    assert_eq!(fields(&format!("{triggers}start_when: {{ any: [it, bad] }}\n")), "triggers.it.schedule");
    assert_eq!(
        fields("triggers:\n  it: { schedule: rate(1 hour), only_if: bad }\n  bad: { alarm: a }\n"),
        ""
    );
}

#[rstest]
#[case::a_deadline_nobody_wrote("it: { schedule: cron(0 3 ? * MON *) }", "it", "triggers.it.schedule")]
#[case::as_short_but_written("it: { schedule: cron(0 3 ? * MON *), deadline: 6h }", "it", "")]
#[case::long_enough("it: { schedule: cron(0 3 ? * MON *), deadline: 3d }", "it", "")]
#[case::once("it: { schedule: at(2030-11-20T13:00:00) }", "it", "triggers.it.schedule")]
#[case::another_tick_before_the_deadline("it: { schedule: rate(6 hours) }", "it", "")]
#[case::none_before_the_deadline("it: { schedule: rate(7 hours) }", "it", "triggers.it.schedule")]
#[case::none_at_night("it: { schedule: cron(0 8-17 * * ? *) }", "it", "triggers.it.schedule")]
#[case::with_something_else_beside(
    "it: { schedule: cron(0 3 ? * MON *), only_if: a }",
    "it",
    "triggers.it.schedule"
)]
#[case::remembered_besides("it: { schedule: cron(0 3 ? * MON *) }", "{ all: [it, a], within: 1h }", "")]
#[case::in_a_combination_that_is_not(
    "it: { schedule: cron(0 3 ? * MON *) }",
    "{ all: [{ any: [it, b] }, a], within: 1h }",
    "triggers.it.schedule"
)]
#[case::that_does_not_ask("it: { schedule: cron(0 3 ? * MON *) }", "{ all: [a, { not: it }] }", "")]
fn a_tick_waits_for_a_person(#[case] schedule: &str, #[case] start_when: &str, #[case] expected: &str) {
    let told = |guard: &str| {
        fields(&format!(
            "triggers:\n  {schedule}\n  a: {{ alarm: a }}\n  b: {{ alarm: b }}\n\
             start_when: {{ any: [a, b, {start_when}] }}\nguards: {{ cooldown: 1h, {guard} }}\n"
        ))
    };
    assert_eq!(told("ask_first: true"), expected);
    assert_eq!(told("ask_first: false"), "", "nobody is asked");
}

#[rstest]
#[case::a_week_of_hours("period: 1h", "below: 1, for: 3 of 168", "")]
#[case::more_than_a_week_of_hours("period: 1h", "below: 1, for: 3 of 169", "triggers.it.for")]
#[case::a_day_of_minutes("period: 5m", "below: 1, for: 3 of 288", "")]
#[case::more_than_a_day_of_minutes("period: 5m", "below: 1, for: 3 of 289", "triggers.it.for")]
#[case::more_minutes_than_are_kept(
    "period: 1m",
    "below: 1, label_delay: 14d23h, for: 3 of 66",
    "triggers.it.for"
)]
#[case::a_challenger_looks_as_far_as_it_likes(
    "period: 1d",
    "challenger: { metric: { namespace: N, name: S, statistic: Average, period: 1d } }, for: 5 of 14",
    ""
)]
#[case::a_history_that_is_kept("period: 5m", "ddm: {}, history: 60d", "")]
#[case::a_history_that_is_not_kept("period: 5m", "ddm: {}, history: 90d", "triggers.it.history")]
#[case::a_delay_and_a_history_that_are_not_kept(
    "period: 1m",
    "ddm: {}, label_delay: 7d, history: 10d",
    "triggers.it.history"
)]
#[case::a_history_shorter_than_the_delay(
    "period: 1h",
    "ddm: {}, label_delay: 14d, history: 7d",
    "triggers.it.history"
)]
#[case::a_false_alarm_in_every_period(
    "period: 1d",
    "evidence: { tolerated: 0.1, false_alarm_every: 6h }",
    "triggers.it.evidence.false_alarm_every"
)]
#[case::a_change_by_more_than_there_is(
    "period: 1h",
    "drop_from_baseline: 3, baseline: 0.86",
    "triggers.it.drop_from_baseline"
)]
#[case::a_change_by_a_share("period: 1h", "drop_from_baseline: 3%, baseline: 0.86", "")]
#[case::a_change_from_nothing("period: 1h", "rise_from_baseline: 3, baseline: 0", "")]
fn metrics(#[case] period: &str, #[case] question: &str, #[case] expected: &str) {
    let sections = format!("triggers:\n  it: {{ metric: {{ {METRIC}, {period} }}, {question} }}\n");
    assert_eq!(fields(&sections), expected);
}

#[rstest]
#[case::nobody_knows_since_when("", "24", "", "triggers.it.baseline")]
#[case::somebody_wrote_it(TRAINED, "24", "", "")]
#[case::a_history_of_the_first_alone(TRAINED, "24", ", history: 24h", "triggers.it.history")]
#[case::a_history_with_room_for_more(TRAINED, "24", ", history: 25h", "")]
#[case::a_month_of_hours_in_the_usual_history(TRAINED, "720", "", "triggers.it.baseline.first")]
#[case::a_month_of_hours_in_a_longer_one(TRAINED, "720", ", history: 60d", "")]
#[case::never_and_not_before("", "24", ", history: 24h", "triggers.it.baseline triggers.it.history")]
fn first_values(#[case] trained: &str, #[case] first: &str, #[case] history: &str, #[case] expected: &str) {
    let question = format!("drop_from_baseline: 5%, baseline: {{ first: {first} }}{history}");
    let sections =
        format!("{trained}triggers:\n  it: {{ metric: {{ {METRIC}, period: 1h }}, {question} }}\n");
    assert_eq!(fields(&sections), expected);
    // Of what is not measured from the first values nothing of this is asked.
    assert_eq!(fields(&sections.replace(&format!("{{ first: {first} }}"), "0.86")), "");
}

#[rstest]
#[case::room_for_one("budget: { amount: 10 USD, per: day, per_run: 10 USD }", "")]
#[case::room_for_none("budget: { amount: 10 USD, per: day, per_run: 10.01 USD }", "guards.budget.amount")]
#[case::noted_only(
    "budget: { amount: 1 USD, per: day, per_run: 2 USD, mode: audit }",
    "guards.budget.amount"
)]
#[case::no_room_in_the_fleet(
    "fleet_budget: { fleet: f, amount: 1 USD, per: day, per_run: 2 USD }",
    "guards.fleet_budget.amount"
)]
#[case::older_than_the_cooldown("max_age: 30d", "")]
#[case::younger_than_the_cooldown("cooldown: 31d, max_age: 30d", "guards.max_age")]
#[case::younger_than_the_cooldown_nobody_wrote("max_age: 12h", "guards.max_age")]
#[case::younger_than_the_least_age("min_age: 31d, max_age: 30d", "guards.max_age")]
#[case::a_history_of_data(
    "data: { metric: { namespace: N, name: R, statistic: Sum, period: 1m }, at_least: 5, history: 30d }",
    "guards.data.history"
)]
#[case::a_history_of_gains(
    "after_futility: { metric: { namespace: N, name: R, statistic: Sum, period: 1m }, min_gain: 0, history: 30d }",
    "guards.after_futility.history"
)]
#[case::a_history_of_both_sides_alone(
    "after_futility: { metric: { namespace: N, name: R, statistic: Average, period: 1h }, min_gain: 0, history: 2d }",
    "guards.after_futility"
)]
#[case::a_history_with_room_for_the_training(
    "after_futility: { metric: { namespace: N, name: R, statistic: Average, period: 1h }, min_gain: 0, history: 49h }",
    ""
)]
#[case::a_wait_after_a_failure("after_failure: { wait: 1s }", "")]
#[case::no_wait_after_a_failure("after_failure: { wait: 0s }", "guards.after_failure.wait")]
#[case::no_wait_and_no_end("after_failure: { wait: 0s, give_up_after: 0 }", "guards.after_failure.wait")]
fn guards(#[case] written: &str, #[case] expected: &str) {
    assert_eq!(
        fields(&format!("{TRAINED}triggers: {{ it: {{ alarm: a }} }}\nguards: {{ {written} }}\n")),
        expected
    );
}

#[rstest]
#[case::all("{ any: [a, b, c] }", "")]
#[case::one_forgotten("{ any: [a, b] }", "triggers.c")]
#[case::beside("{ all: [a, b, { not: c }] }", "")]
#[case::remembered_for_as_long("{ all: [a, b, c], within: 1h }", "")]
#[case::remembered_for_longer("{ all: [a, b, c], within: 25h }", "start_when.within")]
#[case::remembered_for_longer_inside(
    "{ any: [a, { at_least: 2, of: [b, c], within: 2d }] }",
    "start_when.any.1.within"
)]
fn combinations(#[case] written: &str, #[case] expected: &str) {
    let triggers = "triggers:\n  a: { alarm: a }\n  b: { alarm: b }\n  c: { alarm: c }\n";
    assert_eq!(fields(&format!("{triggers}start_when: {written}\n")), expected);
}

#[test]
fn of_an_arn_only_the_name_counts() {
    let sections =
        "triggers: { it: { alarm: \"arn:aws:cloudwatch:eu-central-1:445566778899:alarm:drift\" } }\n";
    assert_eq!(fields(sections), "triggers.it.alarm");
}

#[rstest]
#[case::as_the_template(&["ml.m5.large"], "1h", "")]
#[case::another_instance(&["ml.m5.xlarge"], "1h", "training.ResourceConfig.InstanceType")]
#[case::a_shorter_runtime(&["ml.m5.large"], "59m", "training.StoppingCondition.MaxRuntimeInSeconds")]
fn ceilings(#[case] instance_types: &[&str], #[case] max_runtime: &str, #[case] expected: &str) {
    let ceilings = Ceilings {
        instance_types: Some(instance_types.iter().map(|name| (*name).to_owned()).collect()),
        max_runtime: Some(max_runtime.parse().unwrap()),
        ..Ceilings::UNKNOWN
    };
    let text = document("triggers: { it: { alarm: a } }\n");
    assert_eq!(warned(&text, &ceilings), expected);
    // Where they are known and not supposed, the same is an error.
    let refused = refused(&Text::new("p", 1, text), &ceilings);
    assert!(refused.iter().all(|problem| problem.severity == Severity::Error));
    let fields: Vec<&str> = refused.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields.join(" "), expected);
}

#[rstest]
#[case::the_one_role("role/rekindle-training", "role/rekindle-training", None)]
#[case::another("role/admin", "role/rekindle-training", Some("role/admin"))]
#[case::a_role_for_each_model("role/{model}", "role/churn", None)]
#[case::a_role_for_each_model_is_another("role/{model}", "role/rekindle-training", Some("role/churn"))]
fn the_role_is_the_one_that_may_be_passed(
    #[case] written: &str,
    #[case] allowed: &str,
    #[case] refused_role: Option<&str>,
) {
    let account = "arn:aws:iam::445566778899:";
    let text = document("triggers: { it: { alarm: a } }\n").replace("role/rekindle-training", written);
    let ceilings = Ceilings { training_role: Some(format!("{account}{allowed}")), ..Ceilings::UNKNOWN };
    let told = refused(&Text::new("p", 1, text), &ceilings);
    let told: Vec<(&str, &str)> =
        told.iter().map(|problem| (problem.field.as_str(), problem.message.as_str())).collect();
    let message = refused_role
        .map(|role| format!("IAM refuses to pass the role {account}{role}: the deployment allows another"));
    let expected: Vec<(&str, &str)> =
        message.iter().map(|message| ("training.RoleArn", message.as_str())).collect();
    assert_eq!(told, expected);
}

#[test]
fn of_unknown_ceilings_nothing_is_asked() {
    let text =
        Text::new("p", 1, document("triggers: { it: { alarm: a } }\n").replace("m5.large", "p4d.24xlarge"));
    assert_eq!(refused(&text, &Ceilings::default()).len(), 1, "the default does ask");
    assert!(refused(&text, &Ceilings::UNKNOWN).is_empty());
}

#[test]
fn every_instance_group_has_its_ceiling() {
    let text = document("triggers: { it: { alarm: a } }\n").replace(
        "InstanceType: ml.m5.large, InstanceCount: 1,",
        "InstanceGroups: [{ InstanceGroupName: a, InstanceType: ml.m5.large, InstanceCount: 1 },
          { InstanceGroupName: b, InstanceType: ml.p3.2xlarge, InstanceCount: 1 }],",
    );
    let told = warned(&text, &Ceilings::default());
    assert_eq!(told, "training.ResourceConfig.InstanceGroups.1.InstanceType");
}

#[rstest]
#[case::churn("churn", "")]
#[case::minimal("minimal", "")]
#[case::credit_default("credit-default", "")]
#[case::tenants("tenants", "")]
#[case::recommender("recommender", "")]
// It says so itself: the stack must be told to allow this machine.
#[case::defect_vision("defect-vision", "training.ResourceConfig.InstanceType")]
fn the_examples_pass_without_a_warning(#[case] name: &str, #[case] expected: &str) {
    let file = format!("{}/../../infra/policies/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(warned(&std::fs::read_to_string(file).unwrap(), &Ceilings::default()), expected);
}

#[test]
fn nothing_is_warned_of_what_cannot_be_read() {
    assert!(lint(&Text::new("p", 1, "model: churn"), &Ceilings::default()).is_empty());
}

/// The defaults of the ceilings are those of the template.
#[test]
fn the_ceilings_are_those_of_the_template() {
    let template = include_str!("../../../infra/sam/template.yaml");
    let Ceilings { training_role, instance_types, max_runtime } = Ceilings::default();
    assert_eq!(training_role, None, "the role has no default");
    assert!(template.contains(&format!("Default: {}\n", instance_types.unwrap().join(","))));
    assert!(template.contains(&format!("Default: {}\n", max_runtime.unwrap().seconds())));
}

#[rstest]
#[case::an_age_nobody_knows("guards: { max_age: 30d }", "guards.max_age")]
#[case::an_age_somebody_wrote("trained: 2026-10-01T00:00:00Z\nguards: { max_age: 30d }", "")]
#[case::a_job_that_ends_before_its_cooldown("guards: { in_flight: replace }", "guards.in_flight")]
#[case::a_job_that_may_outlast_it("guards: { in_flight: replace, cooldown: 10m }", "")]
fn a_guard_that_never_does_what_it_says(#[case] sections: &str, #[case] expected: &str) {
    let text = format!("triggers: {{ it: {{ alarm: a }} }}\n{sections}");
    assert_eq!(fields(&text), expected);
}
