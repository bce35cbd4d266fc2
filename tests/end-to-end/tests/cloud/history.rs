//! What a cloud remembers of a model, fetched with the command line.

use std::fs;
use std::time::{Duration, SystemTime};

use rekindle_end_to_end::{Problem, policy, rekindle};
use rekindle_local_cloud::aws::{Alarm, Datum, Observed};
use rekindle_local_cloud::{AlarmState, LocalCloud, Options};
use serde_json::{Value, json};

const HOUR: u64 = 3_600;

const RULES: &str = r#"triggers:
  drift: { alarm: "{model}-drift" }
  accuracy:
    metric: { namespace: Churn, name: Accuracy, dimensions: { Model: "{model}" }, statistic: Average, period: 1h }
    below: 0.8
    for: 1 of 1
start_when: { any: [drift, accuracy] }
"#;

#[test]
fn what_the_deployed_policy_reads_is_fetched() -> Result<(), Problem> {
    let cloud = LocalCloud::start(Options { account: "100000000151".to_owned(), ..Options::default() })?;
    let aws = cloud.aws();
    aws.put_parameter("/rekindle/policies/churn", &policy("churn", RULES))?;
    let hours = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs() / HOUR;
    for (hour, accuracy) in [(hours - 3, 0.9), (hours - 1, 0.7)] {
        aws.put_metric_datum(&Datum {
            namespace: "Churn",
            metric: "Accuracy",
            dimensions: &[("Model", "churn")],
            at: SystemTime::UNIX_EPOCH + Duration::from_secs(hour * HOUR + 60),
            observed: Observed::Value(accuracy),
        })?;
    }
    aws.put_metric_alarm(&Alarm {
        name: "churn-drift",
        namespace: "Churn",
        metric: "Drift",
        dimensions: &[("Model", "churn")],
        statistic: "Average",
        period: 60,
        comparison: "GreaterThanThreshold",
        threshold: 0.2,
    })?;
    aws.set_alarm_state("churn-drift", AlarmState::Alarm, "by hand", None)?;

    let folder = tempfile::tempdir()?;
    let asked = ["history", "pull", "--model", "churn", "--days", "2", "--to", "churn.jsonl"];
    let output = rekindle(cloud.ministack(), aws, folder.path(), &asked)?;
    let told = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(0), "{told}");
    // The emulator may judge the alarm once more by itself.
    for line in ["average Churn/Accuracy: 2 values", "alarm churn-drift: ", "0 trainings"] {
        assert!(told.contains(line), "{told}");
    }
    let text = fs::read_to_string(folder.path().join("churn.jsonl"))?;
    let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let values: Vec<&Value> = lines.iter().filter_map(|line| line.get("value")).collect();
    assert_eq!(values, [&json!(0.9), &json!(0.7)]);
    assert!(lines.iter().any(|line| line["alarm"] == "churn-drift"), "{text}");

    let shown = rekindle(cloud.ministack(), aws, folder.path(), &["history", "show", "churn.jsonl"])?;
    let shown = String::from_utf8(shown.stdout)?;
    assert!(shown.contains("2 values") && shown.contains("1 without a value, in 1 gap"), "{shown}");

    let asked = ["history", "pull", "--model", "chrun"];
    let output = rekindle(cloud.ministack(), aws, folder.path(), &asked)?;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr)?.contains("did you mean `churn`?"));
    Ok(())
}
