//! A new model after every batch.

use super::Policy;
use crate::bench::rule::{Look, Rule};

pub(super) const POLICY: Policy =
    Policy { name: "always", chosen_on: "nothing", start: |_| Box::new(Always) };

struct Always;

impl Rule for Always {
    fn look(&mut self, _: &Look) -> bool {
        true
    }
}
