//! One turn: signal, facts, decision, intent, act, record.
//!
//! [`turn`] is the whole service. Everything outside is behind [`World`]: `rekindle-aws` implements it with the AWS
//! SDK, [`memory::Memory`] in memory for tests, the demo and replay.

mod act;
mod announce;
mod approval;
#[cfg(any(feature = "contract", test))]
pub mod contract;
mod edit;
mod end;
mod ending;
mod error;
mod gather;
mod judge;
pub mod ledger;
pub mod memory;
mod one;
pub mod prices;
pub mod record;
mod repair;
mod sources;
mod steer;
mod wake;
pub mod world;

use futures::StreamExt;
use futures::stream;
use rekindle_decision::duration::Duration;
use rekindle_decision::signal::Signal;

pub use announce::Announcement;
pub use end::end;
pub use error::{TurnError, chain};
pub use record::{Outcome, Record, Summary};
pub use world::World;

use wake::Wake;

/// Models examined together: their rows, alarms and metrics are read in shared calls. Two metrics for each fill the 500
/// queries that one `GetMetricData` takes.
const BATCH: usize = 250;

/// Time that must be left to begin with another batch, as long as one usually takes. A slower one may still be ended from
/// outside: what it had written is carried on by the next sweep.
const ENOUGH: Duration = Duration::from_seconds(20);

/// Models of one batch that are acted on at the same time.
const AT_ONCE: usize = 8;

/// Takes one turn: for every model that the signals concern, gather the facts, decide, act, record.
///
/// A single event is a batch of one. One model's failure is in its [`Record`] and in the [`Summary`], and never stops
/// the others.
///
/// # Errors
///
/// Only what keeps the whole turn from happening: the policies could not be read, and none are known from before.
pub async fn turn<W: World>(world: &W, signals: &[Signal]) -> Result<Summary, TurnError<W::Error>> {
    let began = world.now();
    let edited = edit::documents(signals);
    let policies = if edited.is_empty() { world.policies().await } else { world.policies_anew().await };
    let policies = policies.map_err(|source| TurnError { step: "load the policies", source })?;
    let wake = Wake::of(&policies, signals, world.now());
    let mut summary = Summary::of(&wake, &policies, began);
    edit::answer(world, &policies, &edited, &mut summary).await;
    if wake.whole {
        summary.look_at_rules(world.disabled_rules().await.map_err(|error| chain(&error)));
    }

    for batch in wake.models.chunks(BATCH) {
        if world.deadline().is_some_and(|deadline| ENOUGH.after(world.now()) > deadline) {
            summary.leave(batch);
            continue;
        }
        let records: Vec<Record> = stream::iter(gather::gather(world, batch).await)
            .map(|model| one::one(world, model))
            .buffer_unordered(AT_ONCE)
            // Told at once: should this invocation be ended, what it has done is in the log.
            .inspect(|record| world.log(&record.line(world.stack())))
            .collect()
            .await;
        for record in &records {
            summary.count(record);
        }
        summary.unannounced += announce::announce(world, &records).await;
    }
    world.log(&summary.line(world.now(), world.stack()));
    Ok(summary)
}
