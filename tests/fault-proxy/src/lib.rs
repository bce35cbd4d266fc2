//! A proxy on 127.0.0.1 between the functions and the local cloud, through which planned things go wrong.
//!
//! Bodies pass unchanged in both directions. What goes wrong is a [`Plan`]: [`Rule`]s, each for the n-th calls of one
//! operation, and [`Weather`], a share of all calls drawn from a seed. What was done to which operation is in the
//! [`Tally`], so that a test can assert that what it planned did happen.
//!
//! | fault | the service | the caller |
//! |---|---|---|
//! | [`Latency`](Fault::Latency) | acts, later | is answered, later |
//! | [`ResetBefore`](Fault::ResetBefore), [`ResetAfter`](Fault::ResetAfter) | hears nothing; acts | sees its connection reset |
//! | [`StatusBefore`](Fault::StatusBefore), [`StatusAfter`](Fault::StatusAfter) | hears nothing; acts | is told a bare status, such as 503 |
//! | [`Throttled`](Fault::Throttled) | hears nothing | is throttled, in the service's own words |
//! | [`Truncated`](Fault::Truncated) | acts | gets half of the answer |
//! | [`NotJson`](Fault::NotJson), [`WrongJson`](Fault::WrongJson), [`ForeignJson`](Fault::ForeignJson) | acts | gets an answer that is none |
//! | [`HangBefore`](Fault::HangBefore), [`HangAfter`](Fault::HangAfter) | hears nothing; acts | waits until it gives up, or is killed |
//!
//! ```
//! use rekindle_fault_proxy::{Fault, Plan, Proxy, Rule, Upstreams};
//!
//! // Port 9 is `discard`: nothing is forwarded here.
//! let nowhere = "127.0.0.1:9".parse()?;
//! let proxy = Proxy::start(Upstreams { aws: nowhere, sagemaker: nowhere })?;
//! proxy.plan(Plan::of([Rule::new("PutEvents", Fault::Throttled).times(2)]));
//! assert!(proxy.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(proxy.tally().struck("PutEvents", "throttled"), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod call;
mod dice;
mod fault;
mod line;
mod plan;
mod proxy;
mod reply;
mod server;
mod tally;
mod upstream;
mod wire;

pub use call::{Call, Service};
pub use dice::Dice;
pub use fault::Fault;
pub use plan::{Plan, Rule, Weather};
pub use proxy::{Proxy, ProxyError, Upstreams};
pub use tally::Tally;
