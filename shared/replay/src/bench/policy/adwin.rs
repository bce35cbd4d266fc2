//! ADWIN on single losses, with the defaults of the river library, falls of the loss included.

use rekindle_decision::detect::adwin::{Adwin, Settings};

use super::Policy;
use super::one_by_one::OneByOne;

pub(super) const POLICY: Policy = Policy {
    name: "adwin",
    chosen_on: "nothing",
    start: |start| OneByOne::rule(start, || Adwin::new(Settings::default()), Adwin::step),
};
