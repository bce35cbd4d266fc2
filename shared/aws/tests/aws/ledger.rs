//! The ledger in DynamoDB keeps the contract that the one in memory keeps.
//!
//! MiniStack never answers `TransactionConflict`, and accepts arithmetic in conditions, which DynamoDB refuses: no
//! condition here has any.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use rekindle_aws::{Clients, Invocation};
use rekindle_decision::policy::Revision;
use rekindle_local_cloud::{Aws, MiniStack};
use rekindle_sagemaker_double::Double;
use rekindle_turn::contract::{Stage, broken, jobs, ledger};
use rekindle_turn::ledger::{EndCause, Run};
use serde::de::DeserializeOwned;
use serde_json::Value;

const ACCOUNT: &str = "100000000201";

/// DynamoDB in MiniStack, or SageMaker in the double.
struct Emulated {
    clients: &'static Clients,
    aws: Option<Aws>,
    models: AtomicU32,
}

impl Stage for Emulated {
    type World = Invocation<'static>;

    fn world(&self, token: &str) -> Invocation<'static> {
        Invocation::new(self.clients, token)
    }

    fn model(&self, check: &str) -> String {
        format!("{check}-{}", self.models.fetch_add(1, Ordering::Relaxed))
    }

    async fn run(&self, model: &str, generation: u32) -> Result<Option<Run>, String> {
        let aws = self.aws.as_ref().ok_or("this stage has no ledger")?;
        let rows = aws.query("ledger", "model", model).map_err(|error| error.to_string())?;
        let item = rows.into_iter().find(|row| row["item"] == format!("run#{generation:06}"));
        item.map(|item| run(&item).ok_or_else(|| format!("not a run: {item}"))).transpose()
    }
}

/// What stands there as a text of JSON; what is absent is its default.
fn json<T: DeserializeOwned + Default>(item: &Value, name: &str) -> serde_json::Result<T> {
    item.get(name).and_then(Value::as_str).map_or_else(|| Ok(T::default()), serde_json::from_str)
}

fn run(item: &Value) -> Option<Run> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let number = |name: &str| item.get(name).and_then(Value::as_i64);
    Some(Run {
        generation: u32::try_from(number("generation")?).ok()?,
        decision: text("decision")?,
        why: text("why")?,
        policy: Revision {
            document: text("policy")?,
            version: number("policy_version")?,
            since: text("policy_since").and_then(|at| at.parse().ok()),
        },
        job: text("job")?,
        arn: text("arn"),
        decided: text("decided")?.parse().ok()?,
        status: text("status")?,
        ended: text("ended").and_then(|at| at.parse().ok()),
        billable_seconds: number("billable_seconds"),
        cost: text("cost").and_then(|cost| cost.parse().ok()),
        failure: text("failure"),
        cause: text("cause").map(|word| EndCause::of(&word)),
        metrics: json(item, "metrics").ok()?,
        effect: json(item, "effect").ok()?,
        reserve: json(item, "reserve").ok()?,
    })
}

async fn create_table(endpoint: &str) {
    let client = aws_sdk_dynamodb::Client::new(&super::nobody(ACCOUNT).endpoint_url(endpoint).load().await);
    let mut table = client.create_table().table_name("ledger").billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in [("model", KeyType::Hash), ("item", KeyType::Range)] {
        let attribute =
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        let key = KeySchemaElement::builder().attribute_name(name).key_type(kind);
        table = table.attribute_definitions(attribute.build().unwrap()).key_schema(key.build().unwrap());
    }
    table.send().await.unwrap();
}

#[tokio::test]
async fn dynamodb_keeps_the_contract_of_the_ledger() {
    let ministack = MiniStack::shared().unwrap();
    create_table(&ministack.endpoint()).await;
    let clients = Box::leak(Box::new(crate::at(&ministack.endpoint(), ACCOUNT).await));
    let aws = Aws::new(&ministack.endpoint(), ACCOUNT, "eu-central-1");
    let stage = Emulated { clients, aws: Some(aws), models: AtomicU32::new(0) };
    assert_eq!(broken(&Box::pin(ledger(&stage)).await), Vec::<String>::new());
}

#[tokio::test]
async fn the_double_keeps_the_contract_of_the_jobs() {
    let double = Double::start().unwrap();
    let clients = Box::leak(Box::new(crate::at(&double.url(), ACCOUNT).await));
    let stage = Emulated { clients, aws: None, models: AtomicU32::new(0) };
    assert_eq!(broken(&jobs(&stage).await), Vec::<String>::new());
}
