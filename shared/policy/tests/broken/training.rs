//! Meaning: the training request.

use insta::assert_snapshot;

use crate::slip;

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
