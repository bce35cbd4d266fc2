//! The Page-Hinkley test on single losses, with the defaults of the river library, falls of the loss included.

use rekindle_decision::detect::page_hinkley::{PageHinkley, Settings};

use super::Policy;
use super::one_by_one::OneByOne;

pub(super) const POLICY: Policy = Policy {
    name: "page_hinkley",
    chosen_on: "nothing",
    start: |start| OneByOne::rule(start, || PageHinkley::new(Settings::default()), PageHinkley::step),
};
