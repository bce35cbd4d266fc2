//! Small typed callers of the AWS operations that tests need, one file for each service.

mod alarms;
mod cloudformation;
mod dynamodb;
mod eventbridge;
mod lambda;
mod logs;
mod metrics;
mod s3;
mod scheduler;
mod sns;
mod sqs;
mod ssm;

pub use alarms::Alarm;
pub use cloudformation::Resource;
pub use lambda::Invocation;
pub use metrics::{Datum, Observed};

use crate::http::Wire;

/// One account in one Region of an emulated cloud.
#[derive(Debug, Clone)]
pub struct Aws {
    wire: Wire,
}

impl Aws {
    /// Speaks for `account` in `region` to the services at `endpoint`.
    #[must_use]
    pub fn new(endpoint: &str, account: &str, region: &str) -> Self {
        Self { wire: Wire::new(endpoint, account, region) }
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.wire.account
    }

    /// The Region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.wire.region
    }
}
