//! A client without any cleverness.

use rekindle_sagemaker_double::Double;
use serde_json::{Value, json};
use ureq::Agent;

pub(crate) const ACCOUNT: &str = "445566778899";
pub(crate) const NAME: &str = "rk-churn-weekly-2f6642c4-g000042";

/// One account and Region, and a client for it.
#[derive(Clone)]
pub(crate) struct Caller {
    agent: Agent,
    url: String,
    account: String,
    region: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) error: Option<String>,
    pub(crate) content_type: String,
    pub(crate) body: Value,
}

/// A double whose clock stands at 2026-11-02T07:00:00Z for [`ACCOUNT`], and a caller.
pub(crate) fn standing() -> (Double, Caller) {
    let double = Double::start().unwrap();
    let caller = Caller::new(&double.url(), ACCOUNT, "eu-central-1");
    caller.post("clock", &json!({ "manual": true, "set": "2026-11-02T07:00:00Z" }));
    (double, caller)
}

/// A request SageMaker would accept.
pub(crate) fn request(name: &str) -> Value {
    json!({
        "TrainingJobName": name,
        "RoleArn": "arn:aws:iam::445566778899:role/churn-training",
        "AlgorithmSpecification": { "TrainingImage": "churn-training:2026-10", "TrainingInputMode": "File" },
        "OutputDataConfig": { "S3OutputPath": "s3://churn-models/" },
        "ResourceConfig": { "InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30 },
        "StoppingCondition": { "MaxRuntimeInSeconds": 7200 },
        "HyperParameters": { "max_depth": "6" },
        "Environment": { "REKINDLE_DECISION": "d-17" },
        "Tags": [{ "Key": "model", "Value": "churn-weekly" }],
    })
}

impl Caller {
    pub(crate) fn new(url: &str, account: &str, region: &str) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        Self { agent, url: url.to_owned(), account: account.to_owned(), region: region.to_owned() }
    }

    pub(crate) fn elsewhere(&self, account: &str, region: &str) -> Self {
        Self::new(&self.url, account, region)
    }

    /// One call; an error is that no whole answer arrived.
    pub(crate) fn try_call(&self, operation: &str, body: &str) -> Result<Answer, ureq::Error> {
        let scope = format!("{}/20261102/{}/sagemaker/aws4_request", self.account, self.region);
        let mut response = self
            .agent
            .post(&self.url)
            .header("x-amz-target", format!("SageMaker.{operation}"))
            .header("content-type", "application/x-amz-json-1.1")
            .header("authorization", format!("AWS4-HMAC-SHA256 Credential={scope}, Signature=0"))
            .send(body)?;
        let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let (error, content_type) = (header("x-amzn-errortype"), header("content-type").unwrap());
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status, error, content_type, body })
    }

    pub(crate) fn call(&self, operation: &str, body: &Value) -> Answer {
        self.try_call(operation, &body.to_string()).unwrap()
    }

    /// The answer's body; the call must succeed.
    pub(crate) fn must(&self, operation: &str, body: &Value) -> Value {
        let answer = self.call(operation, body);
        assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
        answer.body
    }

    /// Code and message; the call must be refused.
    pub(crate) fn refused(&self, operation: &str, body: &Value) -> (String, String) {
        let answer = self.call(operation, body);
        assert_eq!(answer.status, 400, "{operation}: {}", answer.body);
        let code = answer.body["__type"].as_str().unwrap().to_owned();
        assert_eq!(answer.error.as_deref(), Some(code.as_str()));
        let message = answer.body.get("Message").or(answer.body.get("message")).unwrap();
        (code, message.as_str().unwrap().to_owned())
    }

    pub(crate) fn create(&self, name: &str) -> Value {
        self.must("CreateTrainingJob", &request(name))
    }

    pub(crate) fn describe(&self, name: &str) -> Value {
        self.must("DescribeTrainingJob", &json!({ "TrainingJobName": name }))
    }

    pub(crate) fn status(&self, name: &str) -> String {
        self.describe(name)["TrainingJobStatus"].as_str().unwrap().to_owned()
    }

    pub(crate) fn is_unknown(&self, name: &str) -> bool {
        let answer = self.call("DescribeTrainingJob", &json!({ "TrainingJobName": name }));
        answer.status == 400 && answer.body["message"] == "Requested resource not found."
    }

    /// The names on one page, and the token to the next.
    pub(crate) fn page(&self, request: &Value) -> (Vec<String>, Option<String>) {
        let body = self.must("ListTrainingJobs", request);
        let names = body["TrainingJobSummaries"].as_array().unwrap().iter();
        let names = names.map(|job| job["TrainingJobName"].as_str().unwrap().to_owned()).collect();
        (names, body["NextToken"].as_str().map(str::to_owned))
    }

    /// Sets something at the side door of this account.
    pub(crate) fn post(&self, place: &str, body: &Value) -> Value {
        let url = format!("{}/_double/{place}?account={}", self.url, self.account);
        let mut response = self.agent.post(url).send(body.to_string()).unwrap();
        let status = response.status();
        let body: Value = response.body_mut().read_json().unwrap();
        assert_eq!(status, 200, "{place}: {body}");
        body
    }

    /// Reads at the side door of this account.
    pub(crate) fn get(&self, place: &str) -> Value {
        let (place, query) = place.split_once('?').unwrap_or((place, ""));
        let url = format!("{}/_double/{place}?account={}&{query}", self.url, self.account);
        self.agent.get(url).call().unwrap().body_mut().read_json().unwrap()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.post("clock", &json!({ "advance_seconds": seconds }));
    }
}
