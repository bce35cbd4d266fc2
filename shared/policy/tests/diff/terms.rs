//! A table of edits, and what is told of each.

use rekindle_policy::{Text, changes, read, template};
use rstest::rstest;

use crate::{OLD, policy};

fn told(old: &str, new: &str) -> Vec<String> {
    changes(&policy(old), &policy(new)).iter().map(ToString::to_string).collect()
}

/// Each row is one edit of the document above.
#[rstest]
#[case::a_limit("below: 0.82", "below: 0.80", &["trigger accuracy: below 0.82 -> 0.8"])]
#[case::a_whole_limit("below: 0.82", "below: 1", &["trigger accuracy: below 0.82 -> 1"])]
#[case::a_guard("cooldown: 24h", "cooldown: 12h", &["guards.cooldown 1d -> 12h"])]
#[case::a_default_instead("  cooldown: 24h\n", "", &[])]
#[case::from_a_default("  cooldown: 24h\n", "  max_age: 60d\n", &["guards.max_age added: 60d"])]
#[case::a_guard_that_is_gone("  freshness: 3h\n", "", &["guards.freshness removed (was 3h)"])]
#[case::a_guard_that_is_new(
    "  cooldown: 24h\n",
    "  after_failure: {}\n",
    &["guards.after_failure added: { give_up_after: 5, times: 2, up_to: 1d, wait: 1h }"]
)]
#[case::inside_a_guard("amount: 400 USD", "amount: 500 USD", &["guards.budget.amount 400.00 USD -> 500.00 USD"])]
#[case::a_mode_nobody_wrote("model: churn\n", "model: churn\nmode: observe\n", &["mode enforce -> observe"])]
#[case::whom_to_call("growth-ml@example.com", "churn@example.com", &["owner growth-ml@example.com -> churn@example.com"])]
#[case::nobody_to_call("owner: growth-ml@example.com\n", "", &["owner removed (was growth-ml@example.com)"])]
#[case::a_name_with_quotes("growth-ml@example.com", "'a, b'", &["owner growth-ml@example.com -> \"a, b\""])]
#[case::a_control_character("growth-ml@example.com", "\"a\\e[31m\\nb\"", &["owner growth-ml@example.com -> \"a\\u{1b}[31m\\nb\""])]
#[case::a_window("data_window: 30d", "data_window: 90d", &["data_window 30d -> 90d"])]
#[case::a_schedule("MON *)", "TUE *)", &["trigger weekly: schedule cron(0 3 ? * MON *) -> cron(0 3 ? * TUE *)"])]
#[case::a_zone_nobody_writes("timezone: Europe/Berlin, deadline", "deadline", &["trigger weekly: timezone Europe/Berlin -> UTC"])]
#[case::how_long_a_tick_is_wanted("deadline: 6h", "deadline: 360m", &[])]
#[case::an_alarm("{model}-feature-drift", "{model}-drift", &["trigger drift: alarm churn-feature-drift -> churn-drift"])]
#[case::an_alarm_by_its_name("\"{model}-feature-drift\"", "churn-feature-drift", &[])]
#[case::any_of_several_alarms(
    "\"{model}-feature-drift\"",
    "{ prefix: churn- }",
    &["trigger drift: alarm churn-feature-drift -> { prefix: churn- }"]
)]
#[case::a_debounce("feature-drift\" }", "feature-drift\", quiet_for: 15m }", &["trigger drift: quiet_for added: 15m"])]
#[case::a_latch("feature-drift\" }", "feature-drift\", counts_as: latch }", &["trigger drift: counts_as level -> latch"])]
#[case::another_kind(
    "drift: { alarm: \"{model}-feature-drift\" }",
    "drift: { monitor: m }",
    &["trigger drift { alarm: churn-feature-drift, counts_as: level } -> { monitor: m, counts_as: edge, on: violations }"]
)]
#[case::another_question("below: 0.82", "above: 0.9", &["trigger accuracy { below: 0.82 } -> { above: 0.9 }"])]
#[case::another_question_with_its_own_fields(
    "drop_from_baseline: 7%\n    baseline: 0.9",
    "below: 0.7\n    for: 2 of 3",
    &["trigger fallen { drop_from_baseline: 7%, baseline: 0.9, for: 1 of 1, history: 30d } -> { below: 0.7, for: 2 of 3 }"]
)]
#[case::a_share("7%", "7.5 %", &["trigger fallen: drop_from_baseline 7% -> 7.5%"])]
#[case::a_share_is_no_unit("7%", "0.07", &["trigger fallen: drop_from_baseline 7% -> 0.07"])]
#[case::a_baseline("baseline: 0.9", "baseline: training", &["trigger fallen: baseline 0.9 -> training"])]
#[case::a_baseline_written_out("    baseline: 0.9\n", "    baseline: 0.90\n", &[])]
#[case::m_of_n("for: 3 of 5", "for: 2 of 5", &["trigger accuracy: for 3 of 5 -> 2 of 5"])]
#[case::m_of_n_left_out("    for: 3 of 5\n", "", &["trigger accuracy: for 3 of 5 -> 1 of 1"])]
#[case::what_is_missing("for: 3 of 5", "for: 3 of 5\n    missing_data: breaching", &["trigger accuracy: missing_data missing -> breaching"])]
#[case::too_few_samples("    min_samples: 200\n", "", &["trigger accuracy: min_samples removed (was 200)"])]
#[case::late_labels("    min_samples: 200\n", "    min_samples: 200\n    label_delay: 2d\n", &["trigger accuracy: label_delay added: 2d"])]
#[case::another_metric("name: Errors, statistic: Sum",
    "name: Losses, statistic: Average", &[
    "trigger degraded: metric.name Errors -> Losses",
    "trigger degraded: metric.statistic Sum -> Average",
])]
#[case::a_dimension("Model: \"{model}\" }, statistic", "Model: \"{model}\", Stage: live }, statistic", &[
    "trigger accuracy: metric.dimensions.Stage added: live",
])]
#[case::a_detector("tolerated: 0.18", "tolerated: 0.2", &["trigger degraded: evidence.tolerated 0.18 -> 0.2"])]
#[case::another_detector("evidence: { tolerated: 0.18, false_alarm_every: 90d }", "ddm: {}", &[
    "trigger degraded { evidence: { false_alarm_every: 90d, tolerated: 0.18 } } -> { ddm: { drift: 3, warm_start: 30 } }",
])]
#[case::which_events("[acme.labels]", "[{ prefix: acme. }]", &[
    "trigger labels: event.pattern { source: [acme.labels] } -> { source: [{ prefix: acme. }] }",
])]
#[case::how_many_events("} } }\n  accuracy", "}, count: 5 } }\n  accuracy", &["trigger labels: event.count 1 -> 5"])]
#[case::how_they_combine("within: 24h", "within: 12h", &[
    "start_when { any: [labels, weekly, { all: [accuracy, degraded, drift, fallen], within: 1d }] } -> \
     { any: [labels, weekly, { all: [accuracy, degraded, drift, fallen], within: 12h }] }",
])]
#[case::in_another_order("any: [weekly, labels, ", "any: [labels, weekly, ", &[])]
#[case::one_of_two("any: [weekly, labels, ", "any: [{ at_least: 1, of: [weekly] }, { any: [labels] }, ", &[])]
#[case::a_longer_blackout("for: 10h", "for: 12h", &[
    "guards.blackout { cron: cron(0 8 ? * MON-FRI *), for: 10h, timezone: Europe/Berlin } -> \
     { cron: cron(0 8 ? * MON-FRI *), for: 12h, timezone: Europe/Berlin }",
])]
#[case::one_more_blackout("blackout: [", "blackout: [{ cron: \"0 0 24 12 ? *\", for: 3d }, ", &[
    "guards.blackout added: { cron: cron(0 0 24 12 ? *), for: 3d, timezone: UTC }",
])]
#[case::an_instance("ml.m5.large", "ml.m5.xlarge", &["training.ResourceConfig.InstanceType ml.m5.large -> ml.m5.xlarge"])]
#[case::a_runtime("MaxRuntimeInSeconds: 3600", "MaxRuntimeInSeconds: 7200", &["training.StoppingCondition.MaxRuntimeInSeconds 3600 -> 7200"])]
#[case::an_image("churn:1.4", "churn:1.5", &[
    "training.AlgorithmSpecification.TrainingImage 445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4 -> \
     445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.5",
])]
#[case::a_hyperparameter("max_depth: \"6\"", "max_depth: \"8\"", &["training.HyperParameters[max_depth] 6 -> 8"])]
#[case::a_hyperparameter_with_a_point("learning.rate: \"0.1\"", "learning.rate: \"0.3\"", &["training.HyperParameters[learning.rate] 0.1 -> 0.3"])]
#[case::one_hyperparameter_more("max_depth: \"6\"", "max_depth: \"6\", eta: \"0.1\"", &["training.HyperParameters[eta] added: 0.1"])]
#[case::a_channel("{model}/train/", "{model}/new/", &[
    "training.InputDataConfig[train].DataSource.S3DataSource.S3Uri s3://example-training/churn/train/ -> s3://example-training/churn/new/",
])]
#[case::a_channel_by_its_name("{model}/train/", "churn/train/", &[])]
#[case::a_channel_of_another_name("ChannelName: validation", "ChannelName: test", &[
    "training.InputDataConfig[test] added: { ChannelName: test, DataSource: { S3DataSource: { S3DataType: S3Prefix, \
     S3Uri: s3://example-training/churn/validation/ } } }",
    "training.InputDataConfig[validation] removed (was { ChannelName: validation, DataSource: { S3DataSource: \
     { S3DataType: S3Prefix, S3Uri: s3://example-training/churn/validation/ } } })",
])]
#[case::a_definition("auc=([0-9.]+)", "AUC: ([0-9.]+)", &[
    "training.AlgorithmSpecification.MetricDefinitions[validation:auc].Regex auc=([0-9.]+) -> AUC: ([0-9.]+)",
])]
#[case::a_list_of_texts("[subnet-0a1b2c3d]", "[subnet-0a1b2c3d, subnet-1a1b2c3d]", &[
    "training.VpcConfig.Subnets [subnet-0a1b2c3d] -> [subnet-0a1b2c3d, subnet-1a1b2c3d]",
])]
#[case::a_field_more("  VpcConfig:", "  EnableNetworkIsolation: true\n  VpcConfig:", &["training.EnableNetworkIsolation added: true"])]
fn a_change_is_told_in_the_policys_own_terms(
    #[case] from: &str,
    #[case] to: &str,
    #[case] expected: &[&str],
) {
    assert_eq!(OLD.matches(from).count().min(1), 1, "the row edits nothing: {from}");
    assert_eq!(told(OLD, &OLD.replace(from, to)), expected);
    // And back again: as many, of the same fields.
    let forth = changes(&policy(OLD), &policy(&OLD.replace(from, to)));
    let back = changes(&policy(&OLD.replace(from, to)), &policy(OLD));
    assert_eq!(forth.len(), back.len());
    for change in &forth {
        assert!(
            back.iter().any(|other| (&other.field, &other.from) == (&change.field, &change.to)),
            "{change}"
        );
    }
}

#[test]
fn several_changes_are_told_in_the_order_of_a_document() {
    let new = OLD
        .replace("ml.m5.large", "ml.m5.xlarge")
        .replace("cooldown: 24h", "cooldown: 12h")
        .replace("below: 0.82", "below: 0.80")
        .replace("growth-ml", "churn")
        .replace(
            "  labels: { event: { pattern: { source: [acme.labels] } } }\n",
            "  nightly: { schedule: rate(1 day) }\n",
        )
        .replace("[weekly, labels, ", "[weekly, nightly, ")
        .replace("model: churn\n", "model: churn\nmode: suspended\n");
    insta::assert_snapshot!(told(OLD, &new).join("\n"));
}

#[test]
fn channels_and_tags_have_no_order() {
    let (first, rest) = OLD.split_once("    - ChannelName: train\n").unwrap();
    let (train, rest) = rest.split_once("    - ChannelName: validation\n").unwrap();
    let (validation, rest) = rest.split_once("  OutputDataConfig").unwrap();
    let turned = format!(
        "{first}    - ChannelName: validation\n{validation}    - ChannelName: train\n{train}  OutputDataConfig{rest}"
    );
    assert_ne!(turned, OLD);
    assert_eq!(told(OLD, &turned), [""; 0]);
}

/// Inside a `within` a trigger is remembered and a combination is not.
#[test]
fn a_combination_of_one_is_no_trigger_where_triggers_are_remembered() {
    let new = OLD.replace("all: [drift,", "all: [{ any: [drift] },");
    assert_eq!(told(OLD, &new).len(), 1);
    assert!(told(OLD, &new)[0].starts_with("start_when "));
    // Where nothing is remembered, they are the same.
    let now = |text: &str| text.replace(", within: 24h", "");
    assert_eq!(told(&now(OLD), &now(&new)), [""; 0]);
}

/// What differs between two templates, with a name put in, is what differs between two models.
#[test]
fn a_template_speaks_for_all_its_models() {
    let old = include_str!("../samples/fleet.yaml");
    let new = old
        .replace("above: 0.18", "above: 0.15")
        .replace("\"{model}-feed-late\"", "\"feed-late-{model}\"")
        .replace("s3://example-training/{model}/", "s3://other-training/{model}/");
    let (old, new) = (Text::new("a", 1, old), Text::new("b", 1, new));
    let common = changes(&template(&old).unwrap(), &template(&new).unwrap());
    assert_eq!(common.len(), 3);
    assert_eq!(common[0].to_string(), "trigger broken_feed: alarm {model}-feed-late -> feed-late-{model}");
    let pairs = read(&old).unwrap().into_iter().zip(read(&new).unwrap());
    for (old, new) in pairs {
        let filled: Vec<_> = common.iter().map(|change| change.of(&old.model)).collect();
        assert_eq!(filled, changes(&old, &new), "{}", old.model);
    }
    assert_eq!(template(&Text::new("c", 1, "model: churn")), None);
}
