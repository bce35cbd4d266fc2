//! The SDK's clients, built once for a function's life, and each only when it is first used.

use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_cloudwatch as cloudwatch;
use aws_sdk_dynamodb as dynamodb;
use aws_sdk_eventbridge as eventbridge;
use aws_sdk_sagemaker as sagemaker;
use aws_sdk_ssm as ssm;

use crate::alarm_sets::TagShelf;
use crate::config::Config;
use crate::policies::Shelf;

/// Longest wait for a connection. Inside a Region it takes milliseconds; more means that it will not come.
const CONNECT: Duration = Duration::from_secs(2);

/// Longest wait for one answer. The slowest call we make is a page of 500 metrics.
const ATTEMPT: Duration = Duration::from_secs(6);

/// Longest wait for an answer with all retries: a third of the shortest function timeout (60 s), so that one service which
/// does not answer does not use up the whole of it. When several do not, the turn is ended, and repaired later.
const OPERATION: Duration = Duration::from_secs(20);

/// Longest wait for `CreateTrainingJob`, which is not retried: SageMaker checks the inputs before it answers.
const CREATE: Duration = Duration::from_secs(20);

/// Credentials, Region and endpoints of the environment, with our patience.
pub(crate) async fn environment() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .load()
        .await
}

/// The clients of one function, and what it keeps while it is warm.
#[derive(Debug)]
pub struct Clients {
    pub(crate) config: Config,
    sdk: SdkConfig,
    cloudwatch: OnceLock<cloudwatch::Client>,
    dynamodb: OnceLock<dynamodb::Client>,
    eventbridge: OnceLock<eventbridge::Client>,
    sagemaker: OnceLock<sagemaker::Client>,
    ssm: OnceLock<ssm::Client>,
    pub(crate) shelf: Mutex<Shelf>,
    pub(crate) tags: TagShelf,
}

impl Clients {
    /// Reads credentials, Region and endpoints from the environment; builds no client yet.
    pub async fn load(config: Config) -> Self {
        Self::new(config, environment().await)
    }

    /// The clients of a configuration that was made elsewhere.
    #[must_use]
    pub fn new(config: Config, sdk: SdkConfig) -> Self {
        Self {
            config,
            sdk,
            cloudwatch: OnceLock::new(),
            dynamodb: OnceLock::new(),
            eventbridge: OnceLock::new(),
            sagemaker: OnceLock::new(),
            ssm: OnceLock::new(),
            shelf: Mutex::default(),
            tags: TagShelf::default(),
        }
    }

    pub(crate) fn cloudwatch(&self) -> &cloudwatch::Client {
        self.cloudwatch.get_or_init(|| cloudwatch::Client::new(&self.sdk))
    }

    pub(crate) fn dynamodb(&self) -> &dynamodb::Client {
        self.dynamodb.get_or_init(|| dynamodb::Client::new(&self.sdk))
    }

    pub(crate) fn eventbridge(&self) -> &eventbridge::Client {
        self.eventbridge.get_or_init(|| eventbridge::Client::new(&self.sdk))
    }

    pub(crate) fn sagemaker(&self) -> &sagemaker::Client {
        self.sagemaker.get_or_init(|| sagemaker::Client::new(&self.sdk))
    }

    pub(crate) fn ssm(&self) -> &ssm::Client {
        self.ssm.get_or_init(|| ssm::Client::new(&self.sdk))
    }

    /// What differs for `CreateTrainingJob`: one attempt, since a second after a lost answer would meet its own job, and
    /// time enough for SageMaker to look at the inputs.
    pub(crate) fn for_creation() -> sagemaker::config::Builder {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(CREATE)
            .operation_timeout(CREATE)
            .build();
        sagemaker::config::Builder::new().timeout_config(timeouts).retry_config(RetryConfig::disabled())
    }
}
