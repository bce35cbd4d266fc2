#![cfg(test)]
//! Good documents: what becomes of them, and the training requests they make.

use std::sync::LazyLock;

use insta::{assert_json_snapshot, assert_snapshot};
use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{
    Alarms, CountsAs, Expr, Guards, Limit, MOutOfN, MissingData, Mode, Policy, Schedule, Threshold, Watch,
};
use rekindle_decision::schedule::Expression;
use rekindle_policy::training::{Filling, request};
use rekindle_policy::{Text, read};
use rstest::rstest;
use serde_json::Value;

/// The example that is deployed, for a model of a shorter name.
static CHURN: LazyLock<String> = LazyLock::new(|| {
    include_str!("../../../infra/policies/churn.yaml").replace("model: example-churn", "model: churn")
});
const TENANTS: &str = include_str!("../../../infra/policies/tenants.yaml");
const CREDIT: &str = include_str!("../../../infra/policies/credit-default.yaml");
const VISION: &str = include_str!("../../../infra/policies/defect-vision.yaml");
const RECOMMENDER: &str = include_str!("../../../infra/policies/recommender.yaml");
const MINIMAL: &str = include_str!("../../../infra/policies/minimal.yaml");
const DEMO: &str = include_str!("../../../cli/demo/churn.yaml");

const DECISION: &str = "0123456789abcdef0123456789abcdef";

fn policies(text: &str) -> Vec<Policy> {
    let text = Text::new("policy.yaml", 3, text);
    read(&text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn policy(text: &str) -> Policy {
    policies(text).remove(0)
}

fn threshold<'a>(policy: &'a Policy, name: &str) -> &'a Threshold {
    let Watch::Metric(threshold) = &policy.triggers[name].watch else { panic!("no {name}") };
    threshold
}

fn filling() -> Filling<'static> {
    Filling { decision: DECISION, generation: 42, at: "2026-11-02T03:00:04Z".parse().unwrap() }
}

/// A good policy whose one hyperparameter is `text`.
fn with_hyperparameter(text: &str) -> Policy {
    let quoted = serde_json::to_string(text).unwrap();
    policy(&CHURN.replace("    to: \"{window.end:%Y-%m-%d}\"\n", &format!("    probe: {quoted}\n")))
}

fn rendered(text: &str) -> String {
    let request = request(&with_hyperparameter(text), &filling());
    request["HyperParameters"]["probe"].as_str().unwrap().to_owned()
}

#[rstest]
#[case::churn(&CHURN, &["churn"])]
#[case::credit(CREDIT, &["credit-default"])]
#[case::vision(VISION, &["defect-vision"])]
#[case::recommender(RECOMMENDER, &["recommender"])]
#[case::minimal(MINIMAL, &["late-orders"])]
#[case::demo(DEMO, &["churn"])]
fn the_documents_we_ship_can_be_read(#[case] text: &str, #[case] models: &[&str]) {
    let read: Vec<String> = policies(text).into_iter().map(|policy| policy.model).collect();
    assert_eq!(read, models);
}

#[rstest]
fn every_model_named_in_a_combination_we_ship_exists(
    #[values(&CHURN, CREDIT, VISION, TENANTS, RECOMMENDER, MINIMAL, DEMO)] text: &str,
) {
    for policy in policies(text) {
        for name in policy.start_when.names() {
            assert!(policy.triggers.contains_key(name), "{}: {name}", policy.model);
        }
    }
}

#[test]
fn a_document_says_what_it_says() {
    let policy = policy(&CHURN);
    assert_eq!(policy.revision.to_string(), "policy.yaml revision 3");
    assert_eq!(policy.owner.as_deref(), Some("growth-ml@example.com"));
    assert_eq!(policy.mode, Mode::Observe);
    assert_eq!(policy.data_window, Some("30d".parse().unwrap()));
    let of = vec![Expr::Trigger("drift".into()), Expr::Trigger("accuracy".into())];
    let two = Expr::AtLeast { n: 2, of, within: Some("24h".parse().unwrap()) };
    assert_eq!(policy.start_when, Expr::Any(vec![Expr::Trigger("weekly".into()), two]));
    let accuracy = threshold(&policy, "accuracy");
    assert_eq!(accuracy.source.metric.to_string(), "average Churn/Accuracy");
    assert_eq!(accuracy.limit, Limit::Below(0.82));
    assert_eq!(accuracy.periods, MOutOfN { m: 3, n: 5 });
    assert_eq!(accuracy.source.min_samples, Some(200));
}

#[test]
fn what_is_left_out_has_its_documented_meaning() {
    let training = MINIMAL.split_once("training:\n").unwrap().1;
    let head = "model: churn
triggers:
  nightly: { schedule: rate(1 day) }
  error:
    metric: { namespace: Churn, name: Error, statistic: p90, period: 5m }
    above: 1
training:
";
    let policy = policy(&format!("{head}{training}"));
    assert_eq!(policy.mode, Mode::Enforce);
    assert_eq!(policy.owner, None);
    assert_eq!(policy.data_window, None);
    // Any of the triggers.
    let any = vec![Expr::Trigger("error".into()), Expr::Trigger("nightly".into())];
    assert_eq!(policy.start_when, Expr::Any(any));
    let day: Duration = "24h".parse().unwrap();
    assert_eq!(policy.guards, Guards { cooldown: day, ..Guards::default() });
    let nightly = Schedule {
        expression: Expression::parse("rate(1 day)", None).unwrap(),
        deadline: "6h".parse().unwrap(),
        rule: None,
    };
    assert_eq!(policy.triggers["nightly"].watch, Watch::Schedule(Box::new(nightly)));
    assert_eq!(policy.triggers["nightly"].counts_as, CountsAs::Edge);
    let error = threshold(&policy, "error");
    assert_eq!(error.periods, MOutOfN { m: 1, n: 1 });
    assert_eq!(error.missing_data, MissingData::Missing);
    assert_eq!(error.source.min_samples, None);
    assert_eq!(error.source.history, "30d".parse().unwrap());
    assert_eq!(policy.triggers["error"].counts_as, CountsAs::Level);
    assert_eq!(
        (policy.trained, policy.serves_after, policy.revision.since),
        (None, Duration::default(), None)
    );
}

#[test]
fn a_combination_may_be_one_trigger() {
    let text = MINIMAL.replace("start_when: { any: [weekly] }", "start_when: weekly");
    assert_eq!(policy(&text).start_when, Expr::Trigger("weekly".into()));
}

#[test]
fn each_model_of_a_fleet_has_its_own_alarms_and_metrics() {
    let text = TENANTS
        .replace("\"tenant-{001..500}\"", "tenant-a, \"tenant-{09..10}\"")
        .replace("alarm: tenants-feed-broken", "alarm: \"{model}-feed-broken\"");
    let told: Vec<String> = policies(&text)
        .iter()
        .map(|policy| {
            let alarms: Vec<String> = policy.alarms().into_iter().map(Alarms::key).collect();
            let Watch::Detector(degraded) = &policy.triggers["degraded"].watch else { panic!("no degraded") };
            format!("{} {alarms:?} {:?}", policy.model, degraded.source.metric.dimensions)
        })
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
    tenant-a ["tenant-a-feed-broken"] {"Model": "tenant-a"}
    tenant-09 ["tenant-09-feed-broken"] {"Model": "tenant-09"}
    tenant-10 ["tenant-10-feed-broken"] {"Model": "tenant-10"}
    "#);
}

/// What the page for owners says that reading an example costs at each sweep. Two that ask the same are read once.
#[test]
fn the_page_for_owners_counts_the_metrics_of_each_example() {
    let page = include_str!("../../../infra/policies/README.md");
    let churn: &str = &CHURN;
    for (name, text) in [
        ("minimal", MINIMAL),
        ("churn", churn),
        ("credit-default", CREDIT),
        ("defect-vision", VISION),
        ("tenants", TENANTS),
        ("recommender", RECOMMENDER),
    ] {
        let mut read = std::collections::BTreeSet::new();
        for policy in policies(text) {
            for wanted in policy.wanted("2026-11-02T03:00:04Z".parse().unwrap()) {
                let query = (wanted.metric.clone(), wanted.start, wanted.end);
                read.insert((query.clone(), false));
                if wanted.samples {
                    read.insert((query, true));
                }
            }
        }
        let rows: Vec<&str> =
            page.lines().filter(|line| line.starts_with(&format!("| `{name}.yaml` |"))).collect();
        let [who, costs] = rows[..] else { panic!("{name}: {rows:?}") };
        assert_eq!(who.split('|').count(), 6, "{name}");
        let told = costs.split('|').nth(4).unwrap().trim().replace(',', "");
        assert_eq!(told, read.len().to_string(), "{name}");
    }
}

/// A range is nothing but a shorter way to write its names.
#[test]
fn a_range_is_the_names_it_stands_for() {
    let names: Vec<String> = (1..=500).map(|number| format!("tenant-{number:03}")).collect();
    let written = TENANTS.replace("\"tenant-{001..500}\"", &names.join(", "));
    assert_eq!(policies(TENANTS), policies(&written));
    // Which is why there are ranges: an advanced parameter holds 8 KB.
    assert!(TENANTS.len() <= 4096 && written.len() > 8192, "{}", written.len());
}

#[test]
fn ranges_and_names_stand_beside_each_other_in_their_order() {
    let text = MINIMAL.replace("model: late-orders", "models:\n  - eu-{1..2}\n  - us\n  - ap-{08..10}");
    let read: Vec<String> = policies(&text).into_iter().map(|policy| policy.model).collect();
    assert_eq!(read, ["eu-1", "eu-2", "us", "ap-08", "ap-09", "ap-10"]);
}

#[test]
fn model_is_filled_in_wherever_a_name_is_read() {
    let text = &CHURN
        .replace("rule: rekindle-weekly", "rule: \"{model}-weekly\"")
        .replace("namespace: Churn, name: Accuracy", "namespace: \"ML/{model}\", name: \"{model}-accuracy\"");
    let policy = policy(text);
    let Watch::Schedule(weekly) = &policy.triggers["weekly"].watch else { panic!("no weekly") };
    assert_eq!(weekly.rule.as_deref(), Some("churn-weekly"));
    let accuracy = threshold(&policy, "accuracy");
    assert_eq!(accuracy.source.metric.to_string(), "average ML/churn/churn-accuracy");
}

#[test]
fn the_request_of_a_policy_is_what_sagemaker_is_sent() {
    assert_json_snapshot!(request(&policy(&CHURN), &filling()), @r#"
    {
      "AlgorithmSpecification": {
        "TrainingImage": "445566778899.dkr.ecr.eu-central-1.amazonaws.com/churn:1.4",
        "TrainingInputMode": "File"
      },
      "Environment": {
        "REKINDLE_DECISION": "0123456789abcdef0123456789abcdef",
        "REKINDLE_GENERATION": "42",
        "REKINDLE_MODEL": "churn"
      },
      "HyperParameters": {
        "from": "2026-10-03",
        "to": "2026-11-02"
      },
      "InputDataConfig": [
        {
          "ChannelName": "train",
          "DataSource": {
            "S3DataSource": {
              "S3DataType": "S3Prefix",
              "S3Uri": "s3://example-training/churn/2026-11-02/"
            }
          }
        }
      ],
      "OutputDataConfig": {
        "S3OutputPath": "s3://example-models/churn/42/"
      },
      "ResourceConfig": {
        "InstanceCount": 1,
        "InstanceType": "ml.m5.xlarge",
        "VolumeSizeInGB": 50
      },
      "RoleArn": "arn:aws:iam::445566778899:role/rekindle-training",
      "StoppingCondition": {
        "MaxRuntimeInSeconds": 7200
      },
      "Tags": [
        {
          "Key": "rekindle:model",
          "Value": "churn"
        },
        {
          "Key": "rekindle:generation",
          "Value": "42"
        },
        {
          "Key": "rekindle:decision",
          "Value": "0123456789abcdef0123456789abcdef"
        }
      ],
      "TrainingJobName": "rk-churn-88b2072e-g000042"
    }
    "#);
}

#[rstest]
#[case::model("{model}", "churn")]
#[case::generation("g{generation}!", "g42!")]
#[case::decision("{decision.id}", DECISION)]
#[case::decision_time("{decision.time}", "2026-11-02T03:00:04Z")]
#[case::decision_time_formatted("{decision.time:%Y/%m/%d %H:%M}", "2026/11/02 03:00")]
#[case::window_end("{window.end}", "2026-11-02T03:00:04Z")]
#[case::window_start("{window.start:%Y-%m-%d}", "2026-10-03")]
#[case::two_in_a_row("{model}{generation}", "churn42")]
#[case::none("plain", "plain")]
#[case::empty("", "")]
#[case::doubled_braces("{{model}}", "{churn}")]
#[case::json(r#"{"depth": {"max": 6}}"#, r#"{"depth": {"max": 6}}"#)]
#[case::json_with_a_placeholder(r#"{"model": "{model}"}"#, r#"{"model": "churn"}"#)]
#[case::an_upper_case_name("{Model}", "{Model}")]
#[case::empty_braces("{}", "{}")]
#[case::an_open_brace("{model", "{model")]
#[case::a_closing_brace("model}", "model}")]
#[case::a_pattern("^[a-z]{2,5}$", "^[a-z]{2,5}$")]
#[case::not_ascii("größe {model} ✓", "größe churn ✓")]
#[case::a_brace_before_a_wide_letter("{ö}", "{ö}")]
fn placeholders_are_filled_in_and_all_else_is_left_alone(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(rendered(text), expected);
}

#[test]
fn the_window_ends_when_the_start_was_decided() {
    let policy = with_hyperparameter("{window.start} {window.end}");
    let probe = |at: &str| {
        let filling = Filling { at: at.parse().unwrap(), ..filling() };
        request(&policy, &filling)["HyperParameters"]["probe"].as_str().unwrap().to_owned()
    };
    assert_eq!(probe("2026-03-31T00:00:00Z"), "2026-03-01T00:00:00Z 2026-03-31T00:00:00Z");
    assert_eq!(probe("2024-02-29T12:00:00Z"), "2024-01-30T12:00:00Z 2024-02-29T12:00:00Z");
}

#[rstest]
fn whoever_starts_a_generation_sends_the_same_bytes(
    #[values(&CHURN, CREDIT, VISION, TENANTS, RECOMMENDER, MINIMAL, DEMO)] text: &str,
) {
    for (first, second) in policies(text).iter().zip(&policies(text)) {
        let bytes = |policy| serde_json::to_vec(&request(policy, &filling())).unwrap();
        assert_eq!(bytes(first), bytes(second));
    }
}

#[rstest]
fn every_request_carries_its_name_its_decision_and_its_tags(
    #[values(&CHURN, CREDIT, VISION, TENANTS, RECOMMENDER, MINIMAL, DEMO)] text: &str,
) {
    for policy in policies(text) {
        let request = request(&policy, &filling());
        let name = rekindle_decision::identity::job_name(&policy.model, 42);
        assert_eq!(request["TrainingJobName"], Value::from(name));
        assert_eq!(request["Environment"]["REKINDLE_DECISION"], DECISION);
        assert_eq!(request["Environment"]["REKINDLE_GENERATION"], "42");
        assert_eq!(request["Environment"]["REKINDLE_MODEL"], Value::from(policy.model.clone()));
        let tag = |key: &str| {
            let tags = request["Tags"].as_array().unwrap();
            tags.iter().find(|tag| tag["Key"] == key).map(|tag| tag["Value"].clone())
        };
        assert_eq!(tag("rekindle:model"), Some(policy.model.clone().into()));
        assert_eq!(tag("rekindle:generation"), Some("42".into()));
        assert_eq!(tag("rekindle:decision"), Some(DECISION.into()));
    }
}

#[test]
fn the_owners_own_variables_and_tags_stay() {
    let extra = "training:\n  Environment: { STAGE: live }\n  Tags: [{ Key: team, Value: growth }]\n";
    let request = request(&policy(&CHURN.replace("training:\n", extra)), &filling());
    assert_eq!(request["Environment"]["STAGE"], "live");
    assert_eq!(request["Environment"].as_object().unwrap().len(), 4);
    assert_eq!(request["Tags"][0]["Key"], "team");
    assert_eq!(request["Tags"].as_array().unwrap().len(), 4);
}

#[rstest]
fn a_word_that_older_yaml_took_for_a_truth_is_a_word(
    #[values("no", "yes", "on", "off", "y", "n")] word: &str,
) {
    let text = &CHURN
        .replace("model: churn\n", &format!("model: {word}\n"))
        .replace("    to: \"{window.end:%Y-%m-%d}\"\n", &format!("    probe: {word}\n"));
    let request = request(&policy(text), &filling());
    assert_eq!(request["HyperParameters"]["probe"], word);
    assert_eq!(request["Environment"]["REKINDLE_MODEL"], word);
}

#[test]
fn another_generation_is_another_job() {
    let policy = policy(&CHURN);
    let name = |generation| {
        request(&policy, &Filling { generation, ..filling() })["TrainingJobName"].as_str().unwrap().to_owned()
    };
    assert_ne!(name(1), name(2));
    assert_eq!(name(1), name(1));
}

/// The schema of the request comes from the service's published model. Should the library not be able to build it,
/// every policy would be refused: built here, so that this is found out before.
#[test]
fn the_schema_of_the_request_can_be_built_and_accepts_what_we_send() {
    let schema: Value =
        serde_json::from_str(include_str!("../schema/create-training-job.schema.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for policy in [&CHURN, CREDIT, VISION, TENANTS, RECOMMENDER, MINIMAL, DEMO].into_iter().flat_map(policies)
    {
        let request = request(&policy, &filling());
        let told: Vec<String> = validator.iter_errors(&request).map(|error| error.to_string()).collect();
        assert_eq!(told, Vec::<String>::new(), "{}", policy.model);
    }
    assert!(!validator.is_valid(&serde_json::json!({})));
}

#[test]
fn extreme_instants_and_windows_make_no_request_fail() {
    for at in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        let request = request(&policy(&CHURN), &Filling { at, ..filling() });
        assert!(request["HyperParameters"]["from"].is_string());
    }
}
