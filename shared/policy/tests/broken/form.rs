//! Form: what YAML and the grammar know.

use insta::assert_snapshot;

use crate::slip;

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
      hint: known here: model, models, owner, mode, trained, serves_after, triggers, start_when, guards, data_window, training
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
fn an_unknown_word() {
    assert_snapshot!(slip("in_flight: forbid", "in_flight: queue"), @"
    churn.yaml:22:37: guards.in_flight: unknown word `queue`
      hint: the words are: forbid, replace
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
    churn.yaml:20:1: start_when: found a list where the name of a trigger, or one of `any`, `all`, `at_least`, `not` is wanted
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
