//! The ledger in DynamoDB. Every write has its condition; the condition is the lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{KeysAndAttributes, Put, TransactWriteItem};
use jiff::Timestamp;
use rekindle_turn::ledger::{Close, Fleet, Intent, Memo, Row, Settle, Settled, TakeOver, Written};

use crate::budgets;
use crate::change::Change;
use crate::clients::Clients;
use crate::error::AwsError;
use crate::row::{self, Item, STATE, fleet_key, json, key, number, run_key, text};

/// Keys in one `BatchGetItem`.
pub(crate) const KEYS: usize = 100;

/// Times a transaction is tried again that met another writer in the same instant; the SDK does not do that by itself.
/// Models of one fleet that start at the same time meet in its budget.
const CONFLICTS: u32 = 6;

/// Times a row is read and written anew that another turn has changed meanwhile.
const REWRITES: u32 = 5;

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
    let state = Put::builder()
        .table_name(&clients.config.table)
        .set_item(Some(row::item(&intent.model, &intent.row)))
        .condition_expression(version_condition(intent.version))
        .expression_attribute_names("#version", "version");
    let state = if intent.version == 0 {
        state
    } else {
        state.expression_attribute_values(":version", number(intent.version))
    };
    let run = Put::builder()
        .table_name(&clients.config.table)
        .set_item(Some(row::run_item(&intent.model, &intent.run)))
        .condition_expression("attribute_not_exists(#model)")
        .expression_attribute_names("#model", "model");
    let operation = "TransactWriteItems";
    let mut items = vec![
        TransactWriteItem::builder().put(state.build().map_err(AwsError::call(operation))?).build(),
        TransactWriteItem::builder().put(run.build().map_err(AwsError::call(operation))?).build(),
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

/// Takes over a start whose lease has run out.
pub(crate) async fn take_over(clients: &Clients, claim: &TakeOver) -> Result<Written, AwsError> {
    let sent = clients
        .dynamodb()
        .update_item()
        .table_name(&clients.config.table)
        .set_key(Some(key(&claim.model, STATE)))
        .update_expression("SET #turn = :turn, #lease_until = :lease_until, #version = #version + :one")
        .condition_expression(
            "#generation = :generation AND #phase = :starting AND (#lease_until < :now OR #turn = :turn)",
        )
        .set_expression_attribute_names(Some(names(&[
            "turn",
            "lease_until",
            "version",
            "generation",
            "phase",
        ])))
        .expression_attribute_values(":turn", text(&claim.turn))
        .expression_attribute_values(":lease_until", number(claim.lease_until.as_millisecond()))
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":generation", number(claim.generation))
        .expression_attribute_values(":starting", text("starting"))
        .expression_attribute_values(":now", number(claim.now.as_millisecond()))
        .send()
        .await;
    updated(sent.map(|_| ()))
}

/// Step 3: what came of a start. The state and its run change together.
pub(crate) async fn settle(clients: &Clients, settle: &Settle) -> Result<Written, AwsError> {
    let mut state = Change::default();
    state.add("version", 1);
    let mut run = Change::default();
    match &settle.settled {
        Settled::Running { decision, since, arn } => {
            state.set("phase", text("running"));
            state.set("decision", text(decision));
            state.set("since", text(since));
            state.set("last_started", text(since));
            state.remove(&["turn", "lease_until", "waiting", "refused", "proposed", "confirmed"]);
            run.set("arn", text(arn));
            run.set("status", text("InProgress"));
            run.remove(&["failure"]);
        }
        Settled::Waiting { waiting, now } => {
            state.set("waiting", json(waiting));
            state.set("lease_until", number(now.as_millisecond()));
            run.set("failure", text(waiting));
        }
        Settled::GivenUp { status, failure, .. } => {
            run.set("status", text(status));
            run.set("failure", text(failure));
            run.remove(&["reserve"]);
            let change = |row: &Row| row.settled(settle);
            return rewrite(clients, &settle.model, settle.generation, change, &run, GiveBack::Yes).await;
        }
    }
    state.require("generation", number(settle.generation));
    state.require("phase", text("starting"));
    state.require("turn", text(&settle.turn));
    pair(clients, &settle.model, settle.generation, state, run).await
}

/// Step 4: a job has ended. An end may overtake a settle, hence both phases.
pub(crate) async fn close(clients: &Clients, close: &Close) -> Result<Written, AwsError> {
    let mut run = Change::default();
    run.set("status", text(&close.status));
    for (name, value) in [
        ("ended", close.ended.map(text)),
        ("billable_seconds", close.billable_seconds.map(number)),
        ("failure", close.failure.as_ref().map(text)),
    ] {
        run.set_or_remove(name, value);
    }
    let change = |row: &Row| row.closed(close);
    rewrite(clients, &close.model, close.generation, change, &run, GiveBack::No).await
}

/// Whether what was reserved for a run is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GiveBack {
    Yes,
    No,
}

/// Changes what no update expression can: reads the row, and writes it anew with its run, if it is still the same.
/// `change` says whether the write's own condition holds. Where another turn only remembered something meanwhile, it is
/// tried again on what is there now.
async fn rewrite(
    clients: &Clients,
    model: &str,
    generation: u32,
    change: impl Fn(&Row) -> Option<Row>,
    run: &Change,
    give_back: GiveBack,
) -> Result<Written, AwsError> {
    let table = &clients.config.table;
    let run_key = run_key(generation);
    for _ in 0..REWRITES {
        let items = batch(clients, vec![key(model, STATE), key(model, &run_key)]).await?;
        let item = |kind: &str| items.get(&(model.to_owned(), kind.to_owned()));
        let Some(found) = item(STATE) else { return Ok(Written::No) };
        let row = row::row(model, found)?;
        let Some(changed) = change(&row) else { return Ok(Written::No) };
        let state = Put::builder()
            .table_name(table)
            .set_item(Some(row::item(model, &changed)))
            .condition_expression(version_condition(row.version))
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", number(row.version))
            .build()
            .map_err(AwsError::call("TransactWriteItems"))?;
        let mut items_to_write = vec![
            TransactWriteItem::builder().put(state).build(),
            TransactWriteItem::builder().update(run.clone().update(table, key(model, &run_key))?).build(),
        ];
        // The row's version is the condition of these, too: given back once.
        if let (GiveBack::Yes, Some(found)) = (give_back, item(&run_key)) {
            for reserve in row::reserve(model, found)? {
                let update = budgets::given_back(&reserve).update(table, fleet_key(&Fleet::of(&reserve)))?;
                items_to_write.push(TransactWriteItem::builder().update(update).build());
            }
        }
        if let Transacted::Written = transact(clients, items_to_write).await? {
            return Ok(Written::Yes);
        }
    }
    Err(AwsError::Contended { model: model.to_owned(), times: REWRITES })
}

/// Remembers what is pending.
pub(crate) async fn remember(clients: &Clients, memo: &Memo) -> Result<Written, AwsError> {
    let mut state = Change::default();
    state.set("version", number(memo.version.saturating_add(1)));
    state.set("sightings", json(&memo.sightings));
    state.set("arrivals", json(&memo.arrivals));
    state.set("proposed", json(&memo.proposed));
    for (name, value) in [
        ("asked", memo.asked.as_ref().map(json)),
        ("confirmed", memo.confirmed.as_ref().map(json)),
        ("announced", memo.announced.as_ref().map(text)),
    ] {
        state.set_or_remove(name, value);
    }
    if memo.version == 0 {
        state.set("generation", number(0));
        state.set("phase", text("idle"));
        state.require_absent("version");
    } else {
        state.require("version", number(memo.version));
    }
    let (expression, condition) = (state.expression(), state.condition());
    let sent = clients
        .dynamodb()
        .update_item()
        .table_name(&clients.config.table)
        .set_key(Some(key(&memo.model, STATE)))
        .update_expression(expression)
        .condition_expression(condition)
        .set_expression_attribute_names(Some(state.names))
        .set_expression_attribute_values(Some(state.values))
        .send()
        .await;
    updated(sent.map(|_| ()))
}

fn names(plain: &[&str]) -> HashMap<String, String> {
    plain.iter().map(|name| (format!("#{name}"), (*name).to_owned())).collect()
}

fn updated(sent: Result<(), SdkError<UpdateItemError>>) -> Result<Written, AwsError> {
    match sent {
        Ok(()) => Ok(Written::Yes),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
        {
            Ok(Written::No)
        }
        Err(error) => Err(AwsError::call("UpdateItem")(error)),
    }
}

/// The state row and its run, changed together or not at all.
async fn pair(
    clients: &Clients,
    model: &str,
    generation: u32,
    state: Change,
    run: Change,
) -> Result<Written, AwsError> {
    let table = &clients.config.table;
    let items = vec![
        TransactWriteItem::builder().update(state.update(table, key(model, STATE))?).build(),
        TransactWriteItem::builder().update(run.update(table, key(model, &run_key(generation)))?).build(),
    ];
    Ok(match transact(clients, items).await? {
        Transacted::Written => Written::Yes,
        Transacted::Refused { .. } => Written::No,
    })
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
        // Two that met do not meet again in step.
        let apart = u64::from(Timestamp::now().subsec_nanosecond().unsigned_abs()) % 20;
        tokio::time::sleep(Duration::from_millis((20 + apart) << tries)).await;
        tries += 1;
    }
}
