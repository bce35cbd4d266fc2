//! HDDM-A on single losses, with the defaults of the river library.

use rekindle_decision::detect::hddm_a::{HddmA, Settings};

use super::Policy;
use super::one_by_one::OneByOne;

pub(super) const POLICY: Policy = Policy {
    name: "hddm_a",
    chosen_on: "nothing",
    start: |start| OneByOne::rule(start, || HddmA::new(Settings::default()), HddmA::step),
};
