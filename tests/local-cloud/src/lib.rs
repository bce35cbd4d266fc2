//! Rekindle on one machine: MiniStack stands in for AWS, a double for SageMaker, and the functions are real.
//!
//! A test starts a cloud, deploys the SAM template with the binaries that cargo built, and then only does what
//! the world does: raises an alarm, lets a rule fire, writes a policy, puts a metric. Afterwards it reads what
//! Rekindle left behind: rows of the ledger, published events, training jobs, logs.
//!
//! ```no_run
//! use rekindle_local_cloud::{LocalCloud, Options, binaries};
//!
//! let cloud = LocalCloud::start(Options { account: "100000000017".into(), ..Options::default() })?;
//! let stack = cloud.deploy(&binaries::from_target_dir()?)?;
//!
//! stack.put_policy("churn-weekly", "model: churn-weekly\n")?;
//! stack.fire_rule(stack.rule("example-weekly-rule")?)?;
//! assert!(!stack.wait_for_rows("churn-weekly", 1)?.is_empty());
//! # Ok::<(), rekindle_local_cloud::Error>(())
//! ```
//!
//! No AWS SDK: the harness must not share the bugs of what it tests, and must compile in seconds.
//! Where MiniStack differs from AWS, the difference is named beside the line that works around it.

pub mod aws;
pub mod binaries;
mod bundle;
mod error;
mod figures;
mod fire;
mod http;
mod ministack;
mod patch;
mod stack;
mod translate;
mod venv;
mod wait;
mod workspace;

pub use aws::Aws;
pub use error::Error;
pub use figures::Figures;
pub use fire::AlarmState;
pub use ministack::{MiniStack, Settings};
pub use patch::{Patch, Schedules, patch};
pub use stack::{LocalCloud, Options, Stack};
pub use translate::translate;
pub use venv::Tool;
pub use wait::{eventually, until};
