//! The ledger in DynamoDB. Every write has its condition; the condition is the lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put, TransactWriteItem};
use jiff::Timestamp;
use rekindle_turn::ledger::{After, Change, Fleet, Intent, Memo, Row, Run, Written};

use crate::budgets;
use crate::clients::Clients;
use crate::error::AwsError;
use crate::row::{self, Item, STATE, fleet_key, key, number, run_key};

/// Keys in one `BatchGetItem`.
pub(crate) const KEYS: usize = 100;

/// Times a transaction is tried again that met another writer in the same instant; the SDK does not do that by itself.
/// Models of one fleet that start at the same time meet in its budget.
const CONFLICTS: u32 = 6;

/// Times a row is read and written anew that another turn has changed meanwhile.
const REWRITES: u32 = 16;

/// Reads the state rows, consistently.
pub(crate) async fn rows(
    clients: &Clients,
    models: &[String],
) -> BTreeMap<String, Result<Row, Arc<AwsError>>> {
    let mut rows = BTreeMap::new();
    for part in models.chunks(KEYS) {
        match batch(clients, part.iter().map(|model| key(model, STATE)).collect()).await {
            Ok(items) => {
                for model in part {
                    let item = items.get(&(model.clone(), STATE.to_owned()));
                    let row = item.map_or(Ok(Row::default()), |item| row::row(model, item));
                    rows.insert(model.clone(), row.map_err(Arc::new));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                rows.extend(part.iter().map(|model| (model.clone(), Err(Arc::clone(&error)))));
            }
        }
    }
    rows
}

/// The items of up to [`KEYS`] keys, consistently, by both parts of the key.
pub(crate) async fn batch(
    clients: &Clients,
    keys: Vec<Item>,
) -> Result<HashMap<(String, String), Item>, AwsError> {
    let failed = |error| AwsError::call("BatchGetItem")(error);
    let table = &clients.config.table;
    let wanted = KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .consistent_read(true)
        .build()
        .map_err(AwsError::call("BatchGetItem"))?;
    let mut open = Some(HashMap::from([(table.clone(), wanted)]));
    let mut found = HashMap::new();
    let mut wait = Duration::from_millis(50);
    while let Some(request) = open.take() {
        let answer = clients
            .dynamodb()
            .batch_get_item()
            .set_request_items(Some(request))
            .send()
            .await
            .map_err(failed)?;
        for item in answer.responses().and_then(|tables| tables.get(table)).into_iter().flatten() {
            let part = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
            if let (Some(model), Some(kind)) = (part("model"), part("item")) {
                found.insert((model, kind), item.clone());
            }
        }
        // What the table had no capacity for comes back, and is asked again; the operation's own timeout cannot end
        // this, so the wait does.
        open = answer.unprocessed_keys().filter(|keys| !keys.is_empty()).cloned();
        if open.is_some() {
            if wait > Duration::from_secs(2) {
                return Err(AwsError::Answer { operation: "BatchGetItem", missing: "some of the items" });
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }
    Ok(found)
}

/// Step 1: state and run in one transaction. Safe over the SDK's own retries: DynamoDB knows the transaction by the
/// token that the SDK keeps over them. A second invocation finds its own turn in the row instead.
pub(crate) async fn intend(clients: &Clients, turn: &str, intent: &Intent) -> Result<Written, AwsError> {
    let run = Put::builder()
        .table_name(&clients.config.table)
        .set_item(Some(row::run_item(&intent.model, &intent.run)))
        .condition_expression("attribute_not_exists(#model)")
        .expression_attribute_names("#model", "model");
    let mut items = vec![
        put_row(clients, &intent.model, intent.version, &intent.row)?,
        TransactWriteItem::builder().put(run.build().map_err(failed)?).build(),
    ];
    for reserve in &intent.run.reserve {
        let Some(change) = budgets::reserved(reserve) else { return Ok(Written::OverBudget) };
        let update = change.update(&clients.config.table, fleet_key(&Fleet::of(reserve)))?;
        items.push(TransactWriteItem::builder().update(update).build());
    }
    tracing::debug!(turn, model = intent.model, generation = intent.run.generation, "intend");
    Ok(match transact(clients, items).await? {
        Transacted::Written => Written::Yes,
        // The row and its run stand first: whoever lost them must read them again, whatever the budgets say.
        Transacted::Refused { first: 0 | 1 } => Written::No,
        Transacted::Refused { .. } => Written::OverBudget,
    })
}

/// An absent row has version 0.
fn version_condition(version: u64) -> &'static str {
    if version == 0 { "attribute_not_exists(#version)" } else { "#version = :version" }
}

/// Makes a change: reads the row and its run, asks what becomes of them, and writes that if the row is still the same.
/// Where another turn has only remembered something meanwhile, it is tried again on what is there now.
pub(crate) async fn change(clients: &Clients, change: &Change) -> Result<Written, AwsError> {
    let (table, model) = (&clients.config.table, change.model());
    let run_key = change.run().map(run_key);
    let keys = || [STATE].into_iter().chain(run_key.as_deref()).map(|item| key(model, item)).collect();
    for _ in 0..REWRITES {
        let items = batch(clients, keys()).await?;
        let item = |kind: &str| items.get(&(model.to_owned(), kind.to_owned()));
        let Some(found) = item(STATE) else { return Ok(Written::No) };
        let row = row::row(model, found)?;
        let run = run_key.as_deref().and_then(item).map(|found| row::run(model, found)).transpose()?;
        let Some(After { row: changed, run, spent }) = change.of(&row, run.as_ref()) else {
            return Ok(Written::No);
        };
        if run.is_none() && spent.is_empty() {
            match put(clients, model, row.version, &changed).await? {
                Written::Yes => return Ok(Written::Yes),
                Written::No | Written::OverBudget => apart(0).await,
            }
            continue;
        }
        let mut writes = vec![put_row(clients, model, row.version, &changed)?];
        if let Some(run) = run {
            let put = Put::builder().table_name(table).set_item(Some(row::run_item(model, &run))).build();
            writes.push(TransactWriteItem::builder().put(put.map_err(failed)?).build());
        }
        // The row's version is the condition of these, too: changed once.
        for spent in spent {
            let update = budgets::changed(&spent).update(table, fleet_key(&spent.fleet))?;
            writes.push(TransactWriteItem::builder().update(update).build());
        }
        match transact(clients, writes).await? {
            Transacted::Written => return Ok(Written::Yes),
            Transacted::Refused { .. } => apart(0).await,
        }
    }
    Err(AwsError::Contended { model: model.to_owned(), times: REWRITES })
}

/// The run of a generation, read consistently.
pub(crate) async fn run(clients: &Clients, model: &str, generation: u32) -> Result<Option<Run>, AwsError> {
    let kind = run_key(generation);
    let items = batch(clients, vec![key(model, &kind)]).await?;
    items.get(&(model.to_owned(), kind)).map(|item| row::run(model, item)).transpose()
}

/// Remembers what is pending.
pub(crate) async fn remember(clients: &Clients, memo: &Memo) -> Result<Written, AwsError> {
    put(clients, &memo.model, memo.version, &memo.row).await
}

/// Puts a whole row in place of the one of this version. One item, not a transaction, which costs twice as much; a retry
/// underneath that meets its own success only makes the row be read again.
async fn put(clients: &Clients, model: &str, version: u64, row: &Row) -> Result<Written, AwsError> {
    let put = clients
        .dynamodb()
        .put_item()
        .table_name(&clients.config.table)
        .set_item(Some(row::item(model, row)))
        .condition_expression(version_condition(version))
        .expression_attribute_names("#version", "version");
    let put = if version == 0 { put } else { put.expression_attribute_values(":version", number(version)) };
    match put.send().await {
        Ok(_) => Ok(Written::Yes),
        Err(error)
            if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) =>
        {
            Ok(Written::No)
        }
        Err(error) => Err(AwsError::call("PutItem")(error)),
    }
}

/// A whole row in place of the one of this version.
fn put_row(clients: &Clients, model: &str, version: u64, row: &Row) -> Result<TransactWriteItem, AwsError> {
    let put = Put::builder()
        .table_name(&clients.config.table)
        .set_item(Some(row::item(model, row)))
        .condition_expression(version_condition(version))
        .expression_attribute_names("#version", "version");
    let put = if version == 0 { put } else { put.expression_attribute_values(":version", number(version)) };
    Ok(TransactWriteItem::builder().put(put.build().map_err(failed)?).build())
}

fn failed(error: BuildError) -> AwsError {
    AwsError::call("TransactWriteItems")(error)
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transacted {
    Written,
    /// A condition did not hold: the first one in order of the items.
    Refused {
        first: usize,
    },
}

async fn transact(clients: &Clients, items: Vec<TransactWriteItem>) -> Result<Transacted, AwsError> {
    let mut tries = 0;
    loop {
        let sent =
            clients.dynamodb().transact_write_items().set_transact_items(Some(items.clone())).send().await;
        let Err(error) = sent else { return Ok(Transacted::Written) };
        // One for each item, in order; an item that is well has the word None.
        let codes: Vec<&str> = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
                .cancellation_reasons()
                .iter()
                .map(|reason| reason.code().unwrap_or_default())
                .collect(),
            _ => return Err(AwsError::call("TransactWriteItems")(error)),
        };
        if let Some(first) = codes.iter().position(|code| *code == "ConditionalCheckFailed") {
            return Ok(Transacted::Refused { first });
        }
        if !codes.contains(&"TransactionConflict") || tries >= CONFLICTS {
            return Err(AwsError::call("TransactWriteItems")(error));
        }
        apart(tries).await;
        tries += 1;
    }
}

/// Waits a little, longer each time: two that met do not meet again in step.
async fn apart(tries: u32) {
    let apart = u64::from(Timestamp::now().subsec_nanosecond().unsigned_abs()) % 20;
    tokio::time::sleep(Duration::from_millis((20 + apart) << tries)).await;
}
