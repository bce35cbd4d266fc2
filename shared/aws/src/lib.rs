//! The world as AWS has it. The only crate that names an AWS SDK: whatever shares a crate with the SageMaker client
//! waits minutes for it.

mod addition;
mod alarm_sets;
mod alarms;
mod at_once;
mod budgets;
mod bus;

mod clients;
mod config;
mod error;
mod history;
mod invocation;
mod jobs;
mod ledger;
mod metrics;
mod monitors;
mod parameters;
mod policies;
mod row;
mod rules;
mod time;

pub use clients::Clients;
pub use config::{Config, ConfigError};
pub use error::AwsError;
pub use history::{Past, Trained};
pub use invocation::Invocation;
pub use parameters::{Parameter, Parameters, Put, Tier};
