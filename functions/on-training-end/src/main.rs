//! Wakes when a training job has ended, and closes its run. It starts nothing: its role could not.

use rekindle_handler::{Room, serve};

// One thread: a function has one invocation at a time and waits for the network; a second thread only costs a start.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    serve(Room::TrainingEnd).await
}
