#![cfg(test)]
//! What the owner of a broken document reads: one slip each in a good policy, and what is told of it.
//!
//! Read these aloud. A message says what is wrong, where, and, where there is more to say, what to write instead.

use std::sync::LazyLock;

use insta::assert_snapshot;
use rekindle_policy::{Text, read};

/// A good policy: the example that is deployed, for a model of a shorter name.
static GOOD: LazyLock<String> = LazyLock::new(|| {
    include_str!("../../../infra/policies/churn.yaml").replace("model: example-churn", "model: churn")
});

fn told(text: &str) -> String {
    let text = Text { name: "churn.yaml".into(), version: 7, text: text.into() };
    match read(&text) {
        Ok(_) => "nothing".into(),
        Err(problems) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

/// The good policy with one slip in it.
fn slip(good: &str, bad: &str) -> String {
    assert!(GOOD.contains(good), "the good policy has no `{good}`");
    told(&GOOD.replacen(good, bad, 1))
}

#[test]
fn nothing_is_told_of_a_good_document() {
    assert_eq!(told(&GOOD), "nothing");
}

// Form: what YAML and the grammar know.

#[test]
fn a_misspelt_field() {
    assert_snapshot!(slip("    below: 0.82", "    belwo: 0.82"), @"
    churn.yaml:13:5: triggers.accuracy.belwo: unknown field `belwo`
      hint: did you mean `below`?
    ");
}

#[test]
fn a_misspelt_section() {
    assert_snapshot!(slip("guards: { cooldown", "gaurds: { cooldown"), @"
    churn.yaml:22:1: gaurds: unknown field `gaurds`
      hint: did you mean `guards`?
    ");
}

#[test]
fn a_field_like_no_other() {
    assert_snapshot!(slip("owner:", "pager:"), @"
    churn.yaml:3:1: pager: unknown field `pager`
      hint: known here: model, models, owner, mode, triggers, start_when, guards, data_window, training
    ");
}

#[test]
fn a_word_where_a_number_is_wanted() {
    assert_snapshot!(slip("below: 0.82", "below: low"), @"churn.yaml:13:12: triggers.accuracy.below: this is not a number");
}

#[test]
fn a_negative_count() {
    assert_snapshot!(slip("min_samples: 200", "min_samples: -1"), @"churn.yaml:17:18: triggers.accuracy.min_samples: this is not a whole number from 0 upward");
}

#[test]
fn a_misspelt_word() {
    assert_snapshot!(slip("mode: observe", "mode: obseve"), @"
    churn.yaml:5:7: mode: unknown word `obseve`
      hint: did you mean `observe`?
    ");
}

#[test]
fn a_word_of_another_time() {
    assert_snapshot!(slip("in_flight: forbid", "in_flight: replace"), @"
    churn.yaml:22:37: guards.in_flight: unknown word `replace`
      hint: write `forbid`
    ");
}

#[test]
fn more_periods_needed_than_looked_at() {
    assert_snapshot!(slip("for: 3 of 5", "for: 5 of 3"), @"
    churn.yaml:14:10: triggers.accuracy.for: `5 of 3` cannot be
      hint: write M of N with 1 <= M <= N <= 366
    ");
}

#[test]
fn periods_without_m() {
    assert_snapshot!(slip("for: 3 of 5", "for: 5"), @"
    churn.yaml:14:10: triggers.accuracy.for: `5` is not M of N
      hint: write for example `3 of 5`
    ");
}

#[test]
fn a_duration_without_a_unit() {
    assert_snapshot!(slip("cooldown: 24h", "cooldown: 24"), @"
    churn.yaml:22:21: guards.cooldown: `24` is not a duration
      hint: write a number and a unit, such as 90s, 15m, 6h, 14d or 1h30m (at most ten years)
    ");
}

#[test]
fn a_duration_in_words() {
    assert_snapshot!(slip("within: 24h", "within: 24 hours"), @"
    churn.yaml:20:75: start_when.any.1.within: `24 hours` is not a duration
      hint: write a number and a unit, such as 90s, 15m, 6h, 14d or 1h30m (at most ten years)
    ");
}

#[test]
fn a_trigger_that_is_only_a_name() {
    assert_snapshot!(slip(r#"{ alarm: "{model}-feature-drift" }"#, "churn-drift"), @"
    churn.yaml:10:10: triggers.drift: this should be a mapping of fields
      hint: write `field: value`, one on each line
    ");
}

#[test]
fn a_metric_without_a_statistic() {
    assert_snapshot!(slip("statistic: Average, ", ""), @"churn.yaml:12:5: triggers.accuracy.metric: the field `statistic` is missing");
}

#[test]
fn a_section_of_ones_own() {
    assert_snapshot!(slip("training:\n", "x-training:\n"), @"
    churn.yaml:26:1: x-training: unknown field `x-training`
      hint: did you mean `training`?
    ");
}

#[test]
fn a_list_where_a_combination_is_wanted() {
    assert_snapshot!(slip("start_when: {", "start_when: [weekly] #"), @"
    churn.yaml:20:1: start_when: found sequence where the name of a trigger, or one of `any`, `all`, `at_least` is wanted
      hint: write for example `any: [weekly, drift]`
    ");
}

#[test]
fn a_key_written_twice() {
    assert_snapshot!(slip("model: churn\n", "model: churn\nmodel: churn\n"), @"
    churn.yaml:3:1: `model` is written twice
      hint: keep one of them
    ");
}

// Meaning: triggers.

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
      hint: write one of `schedule`, `alarm` and `metric`
    ");
}

#[test]
fn a_limit_for_an_alarm() {
    assert_snapshot!(slip(r#"{ alarm: "{model}-feature-drift" }"#, "{ alarm: drift, below: 3 }"), @"churn.yaml:10:26: triggers.drift.below: `below` belongs to triggers with `metric`, and this one has `alarm`");
}

#[test]
fn the_arn_of_an_alarm() {
    assert_snapshot!(slip(r#""{model}-feature-drift""#, "arn:aws:cloudwatch:eu-central-1:445566778899:alarm:drift"), @"
    churn.yaml:10:12: triggers.drift.alarm: `arn:aws:cloudwatch:eu-central-1:445566778899:alarm:drift` is not the name of an alarm
      hint: write the alarm's name; alarms are read in the account and Region of the function
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
      hint: make them two triggers
    ");
}

#[test]
fn no_limit() {
    assert_snapshot!(slip("    below: 0.82\n", ""), @"
    churn.yaml:11:3: triggers.accuracy: the metric has no limit
      hint: write `below: <number>` or `above: <number>`
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
    churn.yaml:9:13: triggers.weekly.schedule: `every monday` is not a schedule
      hint: write cron(...), rate(...) or at(...), as EventBridge does
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
      hint: write exactly one of `any: [...]`, `all: [...]` and `at_least: N, of: [...], within: 24h`
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

// Meaning: the training request.

#[test]
fn a_training_job_name_of_ones_own() {
    assert_snapshot!(slip("training:\n", "training:\n  TrainingJobName: churn-weekly\n"), @r#"
    churn.yaml:27:3: training.TrainingJobName: the job's name cannot be "churn-weekly"
      hint: leave it out or write `managed`: the name is the fence against a second job
    "#);
}

#[test]
fn missing_parts_of_the_training_request() {
    assert_snapshot!(slip("  ResourceConfig: { InstanceType: ml.m5.xlarge, InstanceCount: 1, VolumeSizeInGB: 50 }\n  StoppingCondition: { MaxRuntimeInSeconds: 7200 }\n", ""), @"
    churn.yaml:26:1: training: `ResourceConfig` is missing
      hint: SageMaker refuses the job without it
    churn.yaml:26:1: training: `StoppingCondition` is missing
      hint: SageMaker refuses the job without it
    ");
}

#[test]
fn a_missing_role() {
    assert_snapshot!(slip("  RoleArn: arn:aws:iam::445566778899:role/rekindle-training\n", ""), @"
    churn.yaml:26:1: training: `RoleArn` is missing
      hint: SageMaker refuses the job without it
    ");
}

#[test]
fn a_role_that_is_only_a_name() {
    assert_snapshot!(slip("RoleArn: arn:aws:iam::445566778899:role/", "RoleArn: "), @r#"
    churn.yaml:27:3: training.RoleArn: "rekindle-training" does not have the form SageMaker wants
      hint: it must match arn:aws[a-z\-]*:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+
    "#);
}

#[test]
fn a_misspelt_part_of_the_training_request() {
    assert_snapshot!(slip("  ResourceConfig:", "  ResorceConfig:"), @"
    churn.yaml:26:1: training: `ResourceConfig` is missing
      hint: SageMaker refuses the job without it
    churn.yaml:39:3: training.ResorceConfig: CreateTrainingJob has no field `ResorceConfig` here
      hint: did you mean `ResourceConfig`?
    ");
}

#[test]
fn a_misspelt_field_deep_in_the_training_request() {
    assert_snapshot!(slip("InstanceCount: 1", "InstanceCuont: 1"), @"
    churn.yaml:39:49: training.ResourceConfig.InstanceCuont: CreateTrainingJob has no field `InstanceCuont` here
      hint: did you mean `InstanceCount`?
    ");
}

#[test]
fn a_number_as_a_hyperparameter() {
    assert_snapshot!(slip("  HyperParameters:\n", "  HyperParameters:\n    max_depth: 6\n"), @r#"
    churn.yaml:32:5: training.HyperParameters.max_depth: 6 is of the wrong type
      hint: write it in quotes: "6"
    "#);
}

#[test]
fn a_fraction_as_a_hyperparameter() {
    assert_snapshot!(slip("  HyperParameters:\n", "  HyperParameters:\n    version: 1.10\n"), @"
    churn.yaml:32:5: training.HyperParameters.version: 1.1 is of the wrong type
      hint: write it in quotes
    ");
}

#[test]
fn a_number_in_quotes() {
    assert_snapshot!(slip("InstanceCount: 1", r#"InstanceCount: "1""#), @r#"
    churn.yaml:39:49: training.ResourceConfig.InstanceCount: "1" is of the wrong type
      hint: write it without quotes: 1
    "#);
}

#[test]
fn a_misspelt_instance_type() {
    assert_snapshot!(slip("ml.m5.xlarge", "ml.m5.xlarg"), @r#"
    churn.yaml:39:21: training.ResourceConfig.InstanceType: "ml.m5.xlarg" is not known to SageMaker here
      hint: did you mean `ml.m5.xlarge`?
    "#);
}

#[test]
fn an_instance_type_like_no_other() {
    assert_snapshot!(slip("ml.m5.xlarge", "a-big-one"), @r#"
    churn.yaml:39:21: training.ResourceConfig.InstanceType: "a-big-one" is not known to SageMaker here
      hint: there are 225 known words, `ml.c4.2xlarge` among them
    "#);
}

#[test]
fn a_word_in_the_wrong_case() {
    assert_snapshot!(slip("S3DataType: S3Prefix", "S3DataType: S3prefix"), @r#"
    churn.yaml:37:25: training.InputDataConfig.0.DataSource.S3DataSource.S3DataType: "S3prefix" is not known to SageMaker here
      hint: did you mean `S3Prefix`?
    "#);
}

#[test]
fn a_misspelt_placeholder() {
    assert_snapshot!(slip("{window.end:%Y-%m-%d}/", "{window.edn:%Y-%m-%d}/"), @"
    churn.yaml:37:47: training.InputDataConfig.0.DataSource.S3DataSource.S3Uri: {window.edn:%Y-%m-%d} cannot be filled in
      hint: did you mean {window.end}?
    ");
}

#[test]
fn an_unknown_placeholder() {
    assert_snapshot!(slip("{window.end:%Y-%m-%d}/", "{today}/"), @"
    churn.yaml:37:47: training.InputDataConfig.0.DataSource.S3DataSource.S3Uri: {today} cannot be filled in
      hint: the placeholders are {model}, {generation}, {decision.id}, {decision.time}, {window.start}, {window.end}
    ");
}

#[test]
fn a_format_no_time_has() {
    assert_snapshot!(slip("{window.end:%Y-%m-%d}/", "{window.end:%J}/"), @"
    churn.yaml:37:47: training.InputDataConfig.0.DataSource.S3DataSource.S3Uri: {window.end:%J} cannot be filled in
      hint: `%J` is not a time format: strftime formatting failed: found unrecognized specifier directive `J`
    ");
}

#[test]
fn a_format_for_a_name() {
    assert_snapshot!(slip("{model}/{window.end", "{model:%Y}/{window.end"), @"
    churn.yaml:37:47: training.InputDataConfig.0.DataSource.S3DataSource.S3Uri: {model:%Y} cannot be filled in
      hint: `model` takes no format; write {model}
    ");
}

#[test]
fn a_window_without_a_length() {
    assert_snapshot!(slip("data_window: 30d\n", ""), @"
    churn.yaml:31:5: training.HyperParameters.from: {window.start:%Y-%m-%d} cannot be filled in
      hint: the policy has no `data_window`, such as `data_window: 30d`
    churn.yaml:32:5: training.HyperParameters.to: {window.end:%Y-%m-%d} cannot be filled in
      hint: the policy has no `data_window`, such as `data_window: 30d`
    churn.yaml:36:47: training.InputDataConfig.0.DataSource.S3DataSource.S3Uri: {window.end:%Y-%m-%d} cannot be filled in
      hint: the policy has no `data_window`, such as `data_window: 30d`
    ");
}

#[test]
fn spot_training_without_a_wait() {
    assert_snapshot!(slip("training:\n", "training:\n  EnableManagedSpotTraining: true\n"), @"
    churn.yaml:41:3: training.StoppingCondition: spot training needs a MaxWaitTimeInSeconds that covers the run
      hint: write MaxWaitTimeInSeconds of at least 7200
    ");
}

#[test]
fn a_tag_of_ours() {
    assert_snapshot!(slip("training:\n", "training:\n  Tags: [{ Key: team, Value: growth }, { Key: \"rekindle:model\", Value: mine }]\n"), @"
    churn.yaml:27:42: training.Tags.1.Key: the tag rekindle:model belongs to Rekindle
      hint: choose another key
    ");
}

#[test]
fn a_variable_of_ours() {
    assert_snapshot!(slip("training:\n", "training:\n  Environment: { REKINDLE_MODEL: mine }\n"), @"
    churn.yaml:27:18: training.Environment.REKINDLE_MODEL: the variable REKINDLE_MODEL belongs to Rekindle
      hint: choose another name
    ");
}

// Not a policy at all.

#[test]
fn an_empty_document() {
    assert_snapshot!(told(""), @"
    churn.yaml:1:1: the document is empty
      hint: begin with `model: <name>`, and write triggers
    ");
}

#[test]
fn nothing_but_a_comment() {
    assert_snapshot!(told("# to be written\n"), @"
    churn.yaml:2:1: the document is empty
      hint: begin with `model: <name>`, and write triggers
    ");
}

#[test]
fn prose_instead_of_yaml() {
    assert_snapshot!(told("Dear Rekindle, please train weekly."), @"
    churn.yaml:1:1: this should be a mapping of fields
      hint: write `field: value`, one on each line
    ");
}

#[test]
fn a_page_that_is_not_a_policy() {
    assert_snapshot!(told("<html><body>403 Forbidden</body></html>"), @"
    churn.yaml:1:1: this should be a mapping of fields
      hint: write `field: value`, one on each line
    ");
}

#[test]
fn a_bracket_left_open() {
    assert_snapshot!(told("model: churn\ntriggers: { weekly: { schedule: rate(7 days) }\n"), @"churn.yaml:2:11: unclosed bracket '{'");
}

#[test]
fn a_tab_for_indentation() {
    assert_snapshot!(told("model: churn\ntriggers:\n\tweekly: {}\n"), @"
    churn.yaml:3:2: tabs disallowed within this context (block indentation)
      hint: indent with spaces
    ");
}

#[test]
fn a_document_that_stops_before_the_training_request() {
    let (head, _) = GOOD.split_once("training:\n").unwrap();
    assert_snapshot!(told(head), @"churn.yaml:2:1: the field `training` is missing");
}

#[test]
fn a_training_request_left_empty() {
    let (head, _) = GOOD.split_once("training:\n").unwrap();
    assert_snapshot!(told(&format!("{head}training:\n")), @"
    churn.yaml:26:1: training: the training request is not a mapping
      hint: write a CreateTrainingJob request in the API's own field names, such as `RoleArn: arn:aws:iam::...`
    ");
}

#[test]
fn two_documents_in_one() {
    assert_snapshot!(told(&format!("{0}---\n{0}", *GOOD)), @"
    churn.yaml:43:1: there is a second document after `---`
      hint: write each into a parameter of its own; models that are alike can share one under `models`
    ");
}

#[test]
fn every_slip_of_meaning_is_told_at_once_and_in_the_order_of_the_text() {
    let text = GOOD
        .replace("below: 0.82", "below: .nan")
        .replace("any: [weekly,", "any: [weakly,")
        .replace("training:\n", "training:\n  TrainingJobName: mine\n")
        .replace("cron(0 3 ? * MON *)", "weekly");
    assert_snapshot!(told(&text), @r#"
    churn.yaml:9:13: triggers.weekly.schedule: `weekly` is not a schedule
      hint: write cron(...), rate(...) or at(...), as EventBridge does
    churn.yaml:13:5: triggers.accuracy.below: the limit is not a number that can be crossed
    churn.yaml:20:21: start_when.any.0: there is no trigger `weakly`
      hint: did you mean `weekly`?
    churn.yaml:27:3: training.TrainingJobName: the job's name cannot be "mine"
      hint: leave it out or write `managed`: the name is the fence against a second job
    "#);
}

#[test]
fn a_freshness_that_no_value_can_keep() {
    assert_snapshot!(slip("freshness: 3h", "freshness: 30m"), @"
    churn.yaml:22:45: guards.freshness: a freshness of 30m leaves the trigger `accuracy` blind: its newest value becomes 1h old
      hint: write more than 1h, with time for the values to arrive
    ");
}
