//! Schedules as EventBridge writes them: `cron(…)`, `rate(…)` and `at(…)`, in a time zone and across its clock changes.
//!
//! Written here and not taken from a cron crate: `croner` and `cronexpr` need the standard library and a second jiff, the
//! one runs across a clock change what EventBridge skips, the other cannot look back, and little but the reading of
//! numbers would be left of either.

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
