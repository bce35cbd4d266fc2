//! Wakes for CloudWatch alarms, in any envelope, for what arrives, and for people: their requests, and their yes to a start
//! that waits for it.

use rekindle_handler::{Room, serve};

// One thread: a function has one invocation at a time and waits for the network; a second thread only costs a start.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    serve(Room::Alarm).await
}
