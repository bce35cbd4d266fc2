//! The rules that are compared. To add one, write a file with its `POLICY` and put its `mod` and its line here.

mod adwin;
mod always;
mod break_even;
mod break_even_holdout;
mod break_even_plain;
mod cara_ct;
mod cara_t;
mod cusum;
mod ddm;
mod evidence;
mod hddm_a;
mod linear;
mod never;
mod one_by_one;
mod page_hinkley;
mod periodic;
mod threshold;
mod upf;

use super::matrix::Stretch;
use super::rule::Rule;
use crate::dice::Dice;

pub(super) use break_even::BreakEven;

/// All that are compared. Where two do equally well, the one further up stands first.
pub const ALL: &[Policy] = &[
    never::POLICY,
    always::POLICY,
    periodic::EVERY_TEN,
    periodic::TUNED,
    threshold::POLICY,
    cara_t::POLICY,
    cara_ct::POLICY,
    upf::TEN_AHEAD,
    upf::TUNED,
    break_even::POLICY,
    break_even_holdout::POLICY,
    break_even_plain::POLICY,
    page_hinkley::POLICY,
    cusum::POLICY,
    ddm::POLICY,
    hddm_a::POLICY,
    adwin::POLICY,
    evidence::POLICY,
];

/// A rule that can be started on any stream.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// What it is called, in the table and in JSON.
    pub name: &'static str,
    /// On what its parameters were chosen.
    pub chosen_on: &'static str,
    /// Makes the rule, for one stream and one retrain cost.
    pub start: fn(&Start<'_>) -> Box<dyn Rule>,
}

/// What a rule may know before the first batch that is scored.
#[derive(Debug, Clone)]
pub struct Start<'a> {
    /// The stretch before, to choose parameters on.
    pub prefix: Stretch<'a>,
    /// What retraining costs, in batches whose losses are all 1.
    pub retrain_cost: f64,
    /// Chance, for rules that need any. It is another for each stream and rule, and the same for each retrain cost.
    pub dice: Dice,
}
