//! Meaning: triggers, how they combine, and models.

use insta::assert_snapshot;

use crate::slip;

#[test]
fn two_kinds() {
    assert_snapshot!(slip(r#"{ alarm: "{model}-feature-drift" }"#, "{ alarm: drift, schedule: rate(1 day) }"), @"
    churn.yaml:10:3: triggers.drift: a trigger has one kind, and this one has schedule and alarm
      hint: make them two triggers
    ");
}

#[test]
fn no_kind() {
    assert_snapshot!(slip(r#"{ alarm: "{model}-feature-drift" }"#, "{ deadline: 6h }"), @"
    churn.yaml:10:3: triggers.drift: the trigger has no kind
      hint: `deadline` goes with `schedule`
    ");
}

#[test]
fn a_limit_for_an_alarm() {
    assert_snapshot!(slip(r#"{ alarm: "{model}-feature-drift" }"#, "{ alarm: drift, below: 3 }"), @"churn.yaml:10:26: triggers.drift.below: `below` belongs to triggers with `metric`, and this one has `alarm`");
}

#[test]
fn the_arn_of_something_else() {
    assert_snapshot!(slip(r#""{model}-feature-drift""#, "arn:aws:sns:eu-central-1:445566778899:drift"), @"
    churn.yaml:10:12: triggers.drift.alarm: `arn:aws:sns:eu-central-1:445566778899:drift` is not the name of an alarm
      hint: write the alarm's name, or its ARN: `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`
    ");
}

#[test]
fn a_misspelt_model_in_an_alarm() {
    assert_snapshot!(slip("{model}-feature-drift", "{modle}-feature-drift"), @"
    churn.yaml:10:12: triggers.drift.alarm: {modle} cannot be filled in
      hint: the one placeholder here is {model}
    ");
}

#[test]
fn below_and_above() {
    assert_snapshot!(slip("    below: 0.82\n", "    below: 0.82\n    above: 0.9\n"), @"
    churn.yaml:14:5: triggers.accuracy.above: both `below` and `above` are written
      hint: write `outside: [<low>, <high>]` for either, or make them two triggers
    ");
}

#[test]
fn no_limit() {
    assert_snapshot!(slip("    below: 0.82\n", ""), @"
    churn.yaml:11:3: triggers.accuracy: nothing is asked of the metric
      hint: write `below: <number>`, `above: <number>`, `outside: [<low>, <high>]`, or another question such as `drop_from_baseline: 3%`, `worsening: {...}` or `evidence: {...}`
    ");
}

#[test]
fn a_limit_that_is_not_a_number() {
    assert_snapshot!(slip("below: 0.82", "below: .nan"), @"churn.yaml:13:5: triggers.accuracy.below: the limit is not a number that can be crossed");
}

#[test]
fn an_infinite_limit() {
    assert_snapshot!(slip("below: 0.82", "below: -.inf"), @"churn.yaml:13:5: triggers.accuracy.below: the limit is not a number that can be crossed");
}

#[test]
fn a_misspelt_statistic() {
    assert_snapshot!(slip("statistic: Average", "statistic: Avrage"), @"
    churn.yaml:12:83: triggers.accuracy.metric.statistic: `Avrage` is not a statistic
      hint: did you mean `Average`?
    ");
}

#[test]
fn an_unknown_statistic() {
    assert_snapshot!(slip("statistic: Average", "statistic: median"), @"
    churn.yaml:12:83: triggers.accuracy.metric.statistic: `median` is not a statistic
      hint: write one of Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p90
    ");
}

#[test]
fn a_period_cloudwatch_does_not_have() {
    assert_snapshot!(slip("period: 1h", "period: 45s"), @"
    churn.yaml:12:103: triggers.accuracy.metric.period: CloudWatch has no period of 45s
      hint: write 1s, 5s, 10s, 20s, 30s or a multiple of 1m
    ");
}

#[test]
fn a_schedule_in_words() {
    assert_snapshot!(slip("cron(0 3 ? * MON *)", "every monday"), @"
    churn.yaml:9:13: triggers.weekly.schedule: `every monday` is not a schedule expression
      hint: write `cron(…)`, `rate(…)` or `at(…)`
    ");
}

#[test]
fn two_triggers_of_one_rule() {
    let twin = "  drift: { schedule: rate(1 day), rule: rekindle-weekly }";
    assert_snapshot!(slip("  drift: { alarm: \"{model}-feature-drift\" }", twin), @"
    churn.yaml:9:75: triggers.weekly.rule: the rule `rekindle-weekly` already sends the ticks of `drift`
      hint: make them one trigger
    ");
}

// Meaning: how triggers combine.

#[test]
fn a_misspelt_trigger() {
    assert_snapshot!(slip("any: [weekly,", "any: [weakly,"), @"
    churn.yaml:20:21: start_when.any.0: there is no trigger `weakly`
      hint: did you mean `weekly`?
    ");
}

#[test]
fn an_unknown_trigger() {
    assert_snapshot!(slip("any: [weekly,", "any: [quarterly-review,"), @"
    churn.yaml:20:21: start_when.any.0: there is no trigger `quarterly-review`
      hint: the triggers are accuracy, drift, weekly
    ");
}

#[test]
fn more_wanted_than_there_are() {
    assert_snapshot!(slip("at_least: 2", "at_least: 3"), @"
    churn.yaml:20:29: start_when.any.1: at least 3 of 2 cannot be
      hint: write a number from 1 to 2
    ");
}

#[test]
fn none_wanted() {
    assert_snapshot!(slip("at_least: 2", "at_least: 0"), @"
    churn.yaml:20:29: start_when.any.1: at least 0 of 2 cannot be
      hint: write a number from 1 to 2
    ");
}

#[test]
fn two_combinations_in_one() {
    assert_snapshot!(slip("any: [weekly,", "all: [weekly], any: [weekly,"), @"
    churn.yaml:20:1: start_when: this is not one combination
      hint: write exactly one of `any: [...]`, `all: [...], within: 24h`, `at_least: N, of: [...], within: 24h` and `not: ...`; `within` may be left out
    ");
}

#[test]
fn an_empty_combination() {
    assert_snapshot!(slip("{ any: [weekly, { at_least: 2, of: [drift, accuracy], within: 24h }] }", "{ any: [] }"), @"
    churn.yaml:20:15: start_when.any: the list is empty
      hint: name at least one trigger
    ");
}

// Meaning: models.

#[test]
fn a_model_written_twice() {
    assert_snapshot!(slip("model: churn\n", "models: [churn, churn]\n"), @"
    churn.yaml:2:17: models.1: `churn` is written twice
      hint: keep one of them
    ");
}

#[test]
fn a_range_with_three_dots() {
    assert_snapshot!(slip("model: churn\n", "models: [\"tenant-{001...500}\"]\n"), @r#"
    churn.yaml:2:10: models.0: `tenant-{001...500}` is neither a name nor a range of names
      hint: write a range as two whole numbers with two dots between, such as "tenant-{001..500}"
    "#);
}

#[test]
fn a_range_without_its_quotes() {
    assert_snapshot!(slip("model: churn\n", "models: [tenant-{001..500}]\n"), @r#"
    churn.yaml:2:17: while parsing a flow sequence, expected ',' or ']'
      hint: put text that holds braces into quotes, such as "{model}-drift"
    "#);
}

#[test]
fn a_range_for_a_list() {
    assert_snapshot!(slip("model: churn\n", "models: tenant-{001..500}\n"), @"
    churn.yaml:2:9: models: this should be a list
      hint: write [one, two]
    ");
}

#[test]
fn a_range_for_one_model() {
    assert_snapshot!(slip("model: churn\n", "model: tenant-{001..500}\n"), @r#"
    churn.yaml:2:1: model: `tenant-{001..500}` cannot be a model's name
      hint: a range is for several models: write `models: ["tenant-{001..500}"]`
    "#);
}

#[test]
fn a_range_that_runs_backward() {
    assert_snapshot!(slip("model: churn\n", "models: [\"tenant-{500..001}\"]\n"), @"
    churn.yaml:2:10: models.0: the range {500..001} runs backward
      hint: write {001..500}
    ");
}

#[test]
fn a_range_whose_numbers_are_not_equally_long() {
    assert_snapshot!(slip("model: churn\n", "models: [\"tenant-{01..100}\"]\n"), @"
    churn.yaml:2:10: models.0: the numbers of {01..100} are not equally long, and zeros in front are kept
      hint: write {001..100}, or {1..100} for names without them
    ");
}

#[test]
fn two_ranges_in_one() {
    assert_snapshot!(slip("model: churn\n", "models: [\"tenant-{1..9}-{1..9}\"]\n"), @r#"
    churn.yaml:2:10: models.0: `tenant-{1..9}-{1..9}` has more than one range
      hint: write one in each entry, such as ["eu-{1..3}", "us-{1..3}"]
    "#);
}

#[test]
fn more_models_than_a_document_holds() {
    assert_snapshot!(slip("model: churn\n", "models: [churn, \"tenant-{0001..9999}\", us]\n"), @"
    churn.yaml:2:17: models.1: with `tenant-{0001..9999}` the document is for 10000 models, and 1000 is the most
      hint: write the rest into a document of its own; models share a `fleet_budget` by the fleet's name
    ");
}

#[test]
fn a_name_inside_a_range() {
    assert_snapshot!(slip("model: churn\n", "models: [\"tenant-{1..20}\", tenant-7, \"tenant-{5..9}\"]\n"), @"
    churn.yaml:2:28: models.1: `tenant-7` is written twice
      hint: keep one of them
    churn.yaml:2:38: models.2: `tenant-5` is written twice
      hint: keep one of them
    ");
}

#[test]
fn a_range_of_names_no_table_should_hold() {
    assert_snapshot!(slip("model: churn\n", "models: [\"müller-{1..20}\"]\n"), @"
    churn.yaml:2:10: models.0: `müller-1` cannot be a model's name
      hint: begin with a letter or digit and use letters, digits and -_.:/=+@, at most 128 of them
    ");
}

#[test]
fn model_and_models() {
    assert_snapshot!(slip("model: churn\n", "model: churn\nmodels: [churn]\n"), @"
    churn.yaml:3:1: models: both `model` and `models` are written
      hint: keep one of them
    ");
}

#[test]
fn no_model() {
    assert_snapshot!(slip("model: churn\n", ""), @"
    churn.yaml:2:1: neither `model` nor `models` is written
      hint: add `model: <name>`
    ");
}

#[test]
fn a_name_no_table_should_hold() {
    assert_snapshot!(slip("model: churn\n", "model: müller\n"), @"
    churn.yaml:2:1: model: `müller` cannot be a model's name
      hint: begin with a letter or digit and use letters, digits and -_.:/=+@, at most 128 of them
    ");
}

#[test]
fn no_models() {
    assert_snapshot!(slip("model: churn\n", "models: []\n"), @"
    churn.yaml:2:1: models: there is no model
      hint: write at least one
    ");
}

#[test]
fn a_freshness_that_no_value_can_keep() {
    assert_snapshot!(slip("freshness: 3h", "freshness: 30m"), @"
    churn.yaml:22:45: guards.freshness: a freshness of 30m leaves the trigger `accuracy` blind: its newest value becomes 1h old
      hint: write more than 1h, with time for the values to arrive
    ");
}
