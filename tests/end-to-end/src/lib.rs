//! What crosses crates: the real function binaries on a local cloud.
//!
//! Each test has an account of its own, so they run side by side in one emulator and one SageMaker double.

mod command_line;
mod function;
mod runtime_api;
mod site;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use rekindle_local_cloud::aws::{Alarm, Datum, Observed};
use rekindle_local_cloud::{LocalCloud, Options, Schedules, Stack, binaries, eventually};
use rekindle_sagemaker_double::Double;
use serde_json::Value;

pub use command_line::rekindle;
pub use function::{Answer, Function};
pub use site::Site;

/// Anything that goes wrong in a test.
pub type Problem = Box<dyn Error>;

/// The SageMaker double that all tests of a process share.
///
/// # Errors
///
/// No port could be had.
pub fn sagemaker() -> Result<&'static Double, Problem> {
    static DOUBLE: OnceLock<Result<Double, String>> = OnceLock::new();
    let double = DOUBLE.get_or_init(|| Double::start().map_err(|error| error.to_string()));
    double.as_ref().map_err(|error| error.clone().into())
}

/// Rekindle, deployed into an account of its own with the binaries that cargo has just built.
///
/// # Errors
///
/// The emulator did not start, or the template did not deploy.
pub fn deploy(account: &str, schedules: Schedules) -> Result<Stack, Problem> {
    Ok(LocalCloud::start(options(account, schedules)?)?.deploy(&binaries::from_target_dir()?)?)
}

/// What all deployments have in common.
fn options(account: &str, schedules: Schedules) -> Result<Options, Problem> {
    Ok(Options {
        account: account.to_owned(),
        sagemaker: Some(sagemaker()?.url()),
        // Policies change during a test: nothing is kept.
        environment: BTreeMap::from([("REKINDLE_POLICY_TTL_SECONDS".to_owned(), "0".to_owned())]),
        parameters: BTreeMap::from([("ExamplePolicy".to_owned(), "false".to_owned())]),
        schedules,
        ..Options::default()
    })
}

/// A policy of one model: triggers and guards as given, and a whole training request.
#[must_use]
pub fn policy(model: &str, rules: &str) -> String {
    format!(
        r#"model: {model}
{rules}
data_window: 7d
training:
  RoleArn: arn:aws:iam::123456789012:role/training
  AlgorithmSpecification:
    TrainingImage: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/training:1
    TrainingInputMode: File
    MetricDefinitions: [{{ Name: "validation:auc", Regex: "auc=([0-9.]+)" }}]
  HyperParameters: {{ max_depth: "6", grid: '{{"eta": [0.1, 0.3]}}' }}
  InputDataConfig:
    - ChannelName: train
      DataSource:
        S3DataSource:
          S3DataType: S3Prefix
          S3Uri: "s3://features/{{model}}/{{window.start:%Y-%m-%d}}/"
          S3DataDistributionType: FullyReplicated
  OutputDataConfig: {{ S3OutputPath: "s3://models/{{model}}/{{generation}}", KmsKeyId: alias/models }}
  ResourceConfig: {{ InstanceType: ml.m5.xlarge, InstanceCount: 1, VolumeSizeInGB: 30 }}
  StoppingCondition: {{ MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 }}
  EnableManagedSpotTraining: true
  VpcConfig: {{ SecurityGroupIds: [sg-0a1b2c3d], Subnets: [subnet-0a1b2c3d] }}
  Tags: [{{ Key: team, Value: growth }}]
"#
    )
}

/// The successful and the refused creations of jobs whose names hold this text.
///
/// # Errors
///
/// The double did not answer.
pub fn creations(stack: &Stack, name: &str) -> Result<(Vec<Value>, Vec<Value>), Problem> {
    let log = stack.sagemaker_log()?;
    let ours = log.into_iter().filter(|entry| {
        entry.get("operation") == Some(&"CreateTrainingJob".into())
            && entry.get("name").and_then(Value::as_str).is_some_and(|job| job.contains(name))
    });
    Ok(ours.partition(|entry| entry.get("status") == Some(&200.into())))
}

/// Waits for the first job whose name holds this text, and gives back the request that made it.
///
/// # Errors
///
/// It did not come.
pub fn wait_for_job(stack: &Stack, name: &str) -> Result<Value, Problem> {
    Ok(eventually(&format!("a training job of {name}"), || {
        let (made, _) = creations(stack, name).map_err(|error| rekindle_local_cloud::Error::Missing {
            what: error.to_string(),
            hint: String::new(),
        })?;
        Ok(made.into_iter().next())
    })?)
}

/// Puts one value of `Churn/Accuracy` of a model into the last closed minute.
///
/// # Errors
///
/// The emulator did not take it.
pub fn put_accuracy(stack: &Stack, model: &str, value: f64) -> Result<(), Problem> {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let minute = SystemTime::UNIX_EPOCH + Duration::from_secs((seconds / 60 - 1) * 60);
    stack.put_metric(&Datum {
        namespace: "Churn",
        metric: "Accuracy",
        dimensions: &[("Model", model)],
        at: minute,
        observed: Observed::Value(value),
    })?;
    Ok(())
}

/// Defines an alarm on `Churn/Drift` of this name.
///
/// # Errors
///
/// The emulator did not take it.
pub fn put_drift_alarm(stack: &Stack, name: &str) -> Result<(), Problem> {
    stack.aws().put_metric_alarm(&Alarm {
        name,
        namespace: "Churn",
        metric: "Drift",
        dimensions: &[("Alarm", name)],
        statistic: "Average",
        period: 60,
        comparison: "GreaterThanThreshold",
        threshold: 0.2,
    })?;
    Ok(())
}
