//! What the Lambda functions share: one event in, one turn, one answer. Where the end of a training job is read, a run is
//! closed instead of a turn taken.

mod failure;
mod inbox;

use std::sync::Arc;

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Context, LambdaEvent, run, service_fn};
use rekindle_aws::{Clients, Config, Invocation};
use rekindle_turn::{World, end, turn};
use serde_json::Value;
use serde_json::value::RawValue;

pub use failure::Failure;
use inbox::Inbox;
pub use inbox::Room;

/// Serves invocations until Lambda takes the environment away.
///
/// # Errors
///
/// The environment lacks a variable, or the Runtime API is gone.
pub async fn serve(room: Room) -> Result<(), lambda_runtime::Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let clients = Arc::new(Clients::load(Config::from_env()?).await);
    run(service_fn(move |event| {
        let clients = Arc::clone(&clients);
        // Boxed: the SDK's futures are nested deeper than the compiler looks by default.
        async move { answer(&clients, room, event).await.inspect_err(Failure::tell) }.boxed()
    }))
    .await
}

/// Reads the event, takes the turn or closes the runs, and says what must be tried again.
async fn answer(clients: &Clients, room: Room, event: LambdaEvent<Box<RawValue>>) -> Result<Value, Failure> {
    let world = Invocation::new(clients, &event.context.request_id).ending(deadline(&event.context));
    let inbox = Inbox::read(room, event.payload.get().as_bytes(), &event.context.request_id);
    for line in inbox.lines(world.now(), world.stack()) {
        world.log(&line);
    }
    // A message of a queue is a turn of its own, so that only what failed is delivered again.
    let mut turned = Vec::new();
    for parcel in inbox.parcels() {
        let outcome = match room {
            // INVARIANT: nothing but `end` here, from which no start can be reached.
            Room::TrainingEnd => Ok(end(&world, &parcel.signals).await),
            Room::Schedule | Room::Alarm | Room::MetricCheck => {
                turn(&world, &parcel.signals).await.map_err(Failure::turn)
            }
        };
        turned.push((parcel, outcome));
    }
    inbox.conclude(turned)
}

/// When Lambda ends this invocation. A deadline that makes no sense, as local runners send it, is none.
fn deadline(context: &Context) -> Option<Timestamp> {
    let deadline = Timestamp::from_millisecond(i64::try_from(context.deadline).ok()?).ok()?;
    let within = deadline.duration_since(Timestamp::now());
    (within.is_positive() && within <= SignedDuration::from_mins(15)).then_some(deadline)
}
