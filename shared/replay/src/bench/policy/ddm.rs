//! The Drift Detection Method on single losses, with the defaults of the river library.

use rekindle_decision::detect::ddm::{Ddm, Settings};

use super::Policy;
use super::one_by_one::OneByOne;

pub(super) const POLICY: Policy = Policy {
    name: "ddm",
    chosen_on: "nothing",
    start: |start| OneByOne::rule(start, || Ddm::new(Settings::default()), Ddm::step),
};
