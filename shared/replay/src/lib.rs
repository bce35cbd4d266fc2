//! A simulated world on a clock of its own, and what is done in it.
//!
//! [`Simulation`] runs the same turn as the functions do, many at a time, in an account that lives in memory. The clock
//! goes from one event to the next, and chance comes from a seed, so that a month takes seconds and every history can be
//! told again. [`Faults`] is a layer of its own: with it calls fail, hang and lose their answers, functions are killed, and
//! events come twice, late, or never. [`trial`] does that to a few models for a day, and asks whether every promise was
//! kept.
//!
//! [`bench`] replays something else: streams of which every outcome is known, under every rule for retraining.

mod agenda;
pub mod bench;
pub mod chronicle;
pub mod counts;
pub mod course;
mod create;
pub mod debt;
pub mod delivery;
pub mod dice;
pub mod events;
mod faults;
pub mod guarantee;
pub mod history;
mod inside;
mod invocation;
pub mod job;
pub mod month;
pub mod promises;
pub mod replay;
pub mod report;
pub mod results;
pub mod review;
mod sabotage;
mod sabotaged;
mod simulation;
mod story;
mod told;
pub mod trial;
pub mod witness;

pub use counts::Counts;
pub use faults::Faults;
pub use inside::Reader;
pub use sabotage::Sabotage;
pub use simulation::Simulation;
pub use story::Story;
