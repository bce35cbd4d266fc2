//! Not a policy at all, and what the whole of one adds up to.

use insta::assert_snapshot;

use crate::{GOOD, told};

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
    churn.yaml:9:13: triggers.weekly.schedule: `weekly` is not a schedule expression
      hint: write `cron(…)`, `rate(…)` or `at(…)`
    churn.yaml:13:5: triggers.accuracy.below: the limit is not a number that can be crossed
    churn.yaml:20:21: start_when.any.0: there is no trigger `weakly`
      hint: did you mean `weekly`?
    churn.yaml:27:3: training.TrainingJobName: the job's name cannot be "mine"
      hint: leave it out or write `managed`: the name is the fence against a second job
    "#);
}
