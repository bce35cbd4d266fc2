use std::fmt;

use hyper::HeaderMap;

/// The services that the functions call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Alarms and metrics; the only one that speaks CBOR.
    CloudWatch,
    /// The ledger.
    DynamoDb,
    /// The bus.
    EventBridge,
    /// The training jobs.
    SageMaker,
    /// The policies.
    Ssm,
    /// Anything else.
    Other,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Of whom.
    pub service: Service,
    /// By the API's name of the operation.
    pub operation: String,
}

impl Call {
    /// Services that speak awsJson say it in a header, the one that speaks CBOR in its path.
    pub(crate) fn of(path: &str, headers: &HeaderMap) -> Self {
        let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
        if let Some((prefix, operation)) = target.and_then(|target| target.split_once('.')) {
            let service = match prefix.split('_').next().unwrap_or_default() {
                "DynamoDB" => Service::DynamoDb,
                "AWSEvents" => Service::EventBridge,
                "AmazonSSM" => Service::Ssm,
                "SageMaker" => Service::SageMaker,
                _ => Service::Other,
            };
            return Self { service, operation: operation.to_owned() };
        }
        match path.strip_prefix("/service/GraniteServiceVersion20100801/operation/") {
            Some(operation) => Self { service: Service::CloudWatch, operation: operation.to_owned() },
            None => Self { service: Service::Other, operation: path.to_owned() },
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CloudWatch => "cloudwatch",
            Self::DynamoDb => "dynamodb",
            Self::EventBridge => "events",
            Self::SageMaker => "sagemaker",
            Self::Ssm => "ssm",
            Self::Other => "other",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, target: Option<&str>) -> (Service, String) {
        let headers = target.map(|target| ("x-amz-target".parse().unwrap(), target.parse().unwrap()));
        let call = Call::of(path, &headers.into_iter().collect());
        (call.service, call.operation)
    }

    #[test]
    fn a_call_is_known_by_its_target_or_its_path() {
        assert_eq!(
            of("/", Some("DynamoDB_20120810.BatchGetItem")),
            (Service::DynamoDb, "BatchGetItem".into())
        );
        assert_eq!(
            of("/", Some("AmazonSSM.GetParametersByPath")),
            (Service::Ssm, "GetParametersByPath".into())
        );
        let metrics = "/service/GraniteServiceVersion20100801/operation/GetMetricData";
        assert_eq!(of(metrics, None), (Service::CloudWatch, "GetMetricData".into()));
        assert_eq!(of("/bucket/key", None), (Service::Other, "/bucket/key".into()));
    }
}
