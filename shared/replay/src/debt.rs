//! The *learning-debt benchmark*: a published simulation in which every training has a price.
//!
//! Katz, "Cost-sensitive retraining via posterior learning debt", arXiv 2604.06438 (2026). A linear world shifts at most
//! once; a model is served, a newer one is at hand, and a policy says when to take the newer one. What a policy costs is
//! what serving the older model lost, and the price of each training.
//!
//! [`Benchmark`] draws the paths anew, from a seed, so that nothing but the result of each published cell is needed. Whether
//! the port is faithful is part of what it reports ([`Check`]).
//!
//! Another rule to compare is a file in `debt/contenders`, and its `mod` and its line in `debt/contenders.rs`.

mod batch;
mod benchmark;
mod cell;
mod check;
mod clairvoyant;
mod contenders;
mod cusum_grid;
mod divergence;
mod model;
mod path;
mod play;
mod policy;
mod published;
mod report;
mod score;
mod summary;
mod tape;
mod tasks;
mod text;
mod world;

pub use batch::Point;
pub use benchmark::{Benchmark, Progress};
pub use cell::Cell;
pub use check::{Check, Deviation, Interval};
pub use clairvoyant::optimum;
pub use contenders::{CONTENDERS, Contender, Setting};
pub use cusum_grid::Chosen;
pub use model::{Model, Predictive};
pub use path::{Path, Period};
pub use play::{Accounting, Outcome, play};
pub use policy::{Policy, Rule, Seen, States};
pub use published::{Row, Unit, Unreadable, rows};
pub use report::Report;
pub use score::{CLAIRVOYANT, Score};
pub use summary::{Group, Summary};
pub use tape::{Deployed, Gap, Tape};
pub use world::{Shift, World};
