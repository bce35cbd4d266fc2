//! The world as AWS has it, against answers that are written down, the SageMaker double, and DynamoDB in MiniStack.
#![cfg(test)]

mod alarm_sets;
mod alarms;
mod budgets;
mod canned;
mod history;
mod jobs;
mod ledger;
mod metrics;
mod monitors;
mod parameters;
mod policies;

use aws_config::{BehaviorVersion, ConfigLoader, Region};
use aws_sdk_dynamodb::config::Credentials;
use rekindle_aws::{Clients, Config};
use rekindle_decision::duration::Duration;
use rekindle_turn::prices::Prices;

/// Region and credentials of nobody. The access key is the account.
fn nobody(account: &str) -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new(account, "secret", None, None, "test"))
}

fn config(ttl: u64) -> Config {
    Config {
        table: "ledger".to_owned(),
        bus: "bus".to_owned(),
        policy_path: "/rekindle/policies".to_owned(),
        policy_ttl: Duration::from_seconds(ttl),
        stack: "test".to_owned(),
        prices: Prices::default(),
        rules: Vec::new(),
    }
}

/// Clients that talk to one endpoint.
async fn at(endpoint: &str, account: &str) -> Clients {
    Clients::new(config(0), nobody(account).endpoint_url(endpoint).load().await)
}
