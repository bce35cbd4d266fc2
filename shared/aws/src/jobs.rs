//! Training jobs.

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sagemaker::operation::describe_training_job::DescribeTrainingJobOutput;
use aws_sdk_sagemaker::types::{MetricData, TrainingInstanceType};
use aws_smithy_types::body::SdkBody;
use rekindle_policy::training::{DECISION_VARIABLE, MODEL_VARIABLE};
use rekindle_turn::chain;
use rekindle_turn::world::{Creation, Instances, Job, JobStatus};
use serde_json::Value;

use crate::clients::Clients;
use crate::error::AwsError;
use crate::time::from_sdk;

/// Error codes that pass by themselves: the same generation may be tried again.
const NOT_NOW: [&str; 9] = [
    "ResourceLimitExceeded",
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "ExpiredTokenException",
    "ExpiredToken",
    "RequestExpired",
    "RequestTimeTooSkewed",
];

/// Sends the request as it is written. The SDK signs it, finds the endpoint and reads the answer; the body is the
/// document itself, so that every field the API takes arrives as the owner wrote it.
pub(crate) async fn create(client: &Client, request: &Value) -> Creation {
    let text = |field: &str| request.get(field).and_then(Value::as_str).unwrap_or_default();
    let body = request.to_string();
    let sent = client
        .create_training_job()
        .training_job_name(text("TrainingJobName"))
        .role_arn(text("RoleArn"))
        .customize()
        .config_override(Clients::for_creation())
        // Before signing: the signature covers what is sent.
        .mutate_request(move |http| {
            http.headers_mut().insert("content-length", body.len().to_string());
            *http.body_mut() = SdkBody::from(body.as_str());
        })
        .send()
        .await;
    match sent {
        Ok(answer) => match answer.training_job_arn() {
            Some(arn) if !arn.is_empty() => Creation::Created { arn: arn.to_owned() },
            // The SDK fills in what an answer lacks, here with an empty text: such an answer is none.
            _ => Creation::NoAnswer { error: "CreateTrainingJob answered without an ARN".to_owned() },
        },
        Err(SdkError::ServiceError(refusal)) => {
            let status = refusal.raw().status().as_u16();
            let code = refusal.err().code().unwrap_or_default().to_owned();
            let message = refusal.err().message().unwrap_or("no reason given").to_owned();
            match code.as_str() {
                "ResourceInUse" => Creation::NameTaken,
                known if NOT_NOW.contains(&known) => Creation::NotNow { code, message },
                // A server error says nothing about whether the job exists; an answer that is no error of SageMaker's
                // neither.
                _ if status >= 500 || code.is_empty() => {
                    Creation::NoAnswer { error: format!("HTTP {status} {code}: {message}") }
                }
                _ => Creation::Refused { code, message },
            }
        }
        Err(error) => Creation::NoAnswer { error: chain(&error) },
    }
}

/// Describes the job of this name.
pub(crate) async fn describe(client: &Client, name: &str) -> Result<Job, AwsError> {
    let answer = match client.describe_training_job().training_job_name(name).send().await {
        Ok(answer) => answer,
        // The model says ResourceNotFound, the service says ValidationException: our names are always valid.
        Err(SdkError::ServiceError(refusal))
            if matches!(refusal.err().code(), Some("ValidationException" | "ResourceNotFound")) =>
        {
            return Ok(Job::Absent);
        }
        Err(error) => return Err(AwsError::call("DescribeTrainingJob")(error)),
    };
    let missing = |missing| AwsError::Answer { operation: "DescribeTrainingJob", missing };
    // The SDK fills in what an answer lacks: one that does not name its job would be that of a job of nobody's decision,
    // and the generation would be given up while its job runs.
    if answer.training_job_name() != Some(name) {
        return Err(missing("the job's name"));
    }
    let status = match answer.training_job_status().ok_or_else(|| missing("a status"))?.as_str() {
        "Completed" => JobStatus::Completed,
        "Failed" => JobStatus::Failed,
        "Stopped" => JobStatus::Stopped,
        // InProgress, Stopping, Deleting, and any word to come: a job that may run is in flight.
        _ => JobStatus::InFlight,
    };
    let variable = |name: &str| answer.environment().and_then(|variables| variables.get(name)).cloned();
    // Paid for from when it trains on its machines: one that never came so far has cost nothing.
    let never_trained = status.ended().is_some() && answer.training_start_time().is_none();
    Ok(Job::Found {
        arn: answer.training_job_arn().ok_or_else(|| missing("an ARN"))?.to_owned(),
        decision: variable(DECISION_VARIABLE),
        model: variable(MODEL_VARIABLE),
        status,
        secondary: answer.secondary_status().map(|word| word.as_str().to_owned()),
        instances: instances(&answer),
        created: answer.creation_time().and_then(from_sdk),
        // A job that was stopped before it trained has no end time, only a last change.
        ended: answer
            .training_end_time()
            .or_else(|| answer.last_modified_time().filter(|_| status.ended().is_some()))
            .and_then(from_sdk),
        billable_seconds: answer.billable_time_in_seconds().map(i64::from).or(never_trained.then_some(0)),
        failure: answer.failure_reason().map(ToOwned::to_owned),
        metrics: answer.final_metric_data_list().iter().filter_map(metric).collect(),
    })
}

/// What a job runs on: the type that was selected, where several were allowed.
fn instances(answer: &DescribeTrainingJobOutput) -> Vec<Instances> {
    let Some(resources) = answer.resource_config() else { return Vec::new() };
    let of = |instance_type: &str, count: Option<i32>| {
        let count = u32::try_from(count?).ok()?;
        (count > 0).then(|| Instances { instance_type: instance_type.to_owned(), count })
    };
    if !resources.instance_groups().is_empty() {
        let groups = resources.instance_groups().iter();
        return groups
            .filter_map(|group| of(group.instance_type()?.as_str(), group.instance_count()))
            .collect();
    }
    let instance_type = resources.instance_type().map(TrainingInstanceType::as_str);
    instance_type.and_then(|kind| of(kind, resources.instance_count())).into_iter().collect()
}

/// A metric by its newest value, if that is a number. The SDK reads it into four bytes: its shortest text is what the
/// job reported.
fn metric(told: &MetricData) -> Option<(String, f64)> {
    let value: f64 = told.value()?.to_string().parse().ok()?;
    value.is_finite().then(|| told.metric_name().map(|name| (name.to_owned(), value)))?
}

/// Stops the job of this name. One that is stopping already is stopped again without a word; one that has ended, or is
/// not there, is refused as invalid, and needs no stop.
pub(crate) async fn stop(client: &Client, name: &str) -> Result<(), AwsError> {
    match client.stop_training_job().training_job_name(name).send().await {
        Ok(_) => Ok(()),
        Err(SdkError::ServiceError(refusal))
            if matches!(refusal.err().code(), Some("ValidationException" | "ResourceNotFound")) =>
        {
            tracing::info!(job = name, answer = refusal.err().message(), "the job needs no stop");
            Ok(())
        }
        Err(error) => Err(AwsError::call("StopTrainingJob")(error)),
    }
}
