//! Wakes on a schedule of its own: the sweep reads metrics, re-examines everything pending, and mends what was left open.

use rekindle_handler::{Room, serve};

// One thread: a function has one invocation at a time and waits for the network; a second thread only costs a start.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    serve(Room::MetricCheck).await
}
