//! Schedules as EventBridge writes them: `cron(…)`, `rate(…)` and `at(…)`, in a time zone and across its clock changes.
//!
//! Written here and not taken from a cron crate: `croner` needs the standard library and an older jiff, reads five
//! fields by Unix's rules, and runs in the repeated hour, so that every field and every clock change would have to be
//! corrected around it.

mod at;
mod bits;
mod cron;
mod days;
mod expression;
mod field;
mod rate;
mod refusal;
mod unix;
mod window;
mod zone;

pub use expression::{Expression, Kind};
pub use refusal::NotASchedule;
pub use window::Window;
