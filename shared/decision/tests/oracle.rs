#![cfg(test)]
//! An oracle: how triggers combine and what stands in the way, restated as plainly as can be, and compared with the
//! engine on many cases.
//!
//! Where the engine computes with three values, the oracle asks a yes-or-no question twice: would a job be wanted if
//! everything unknown spoke against it, and would one if everything unknown spoke for it?

#[path = "decisions/any.rs"]
mod any;
#[path = "oracle/case.rs"]
mod case;
#[path = "oracle/naive.rs"]
mod naive;

use any::config;
use case::{Case, cases, engine};
use naive::{Answer, oracle};
use proptest::prelude::*;
use rekindle_decision::ruling::{Blocker, Reason};
use rekindle_decision::state::Request;

fn name(reason: &Reason) -> String {
    match reason {
        Reason::Asked(request) => request.id.clone(),
        Reason::Trigger { trigger, .. } => trigger.clone(),
    }
}

proptest! {
    #![proptest_config(config(100_000))]

    #[test]
    fn the_engine_and_the_oracle_agree(case in cases()) {
        let ruling = engine(&case);
        let mut blockers: Vec<&str> = ruling.decision.waiting_on().iter().map(Blocker::word).collect();
        // The oracle says that something is blind, not what.
        blockers.dedup();
        let answer = Answer {
            verdict: ruling.decision.verdict(),
            blockers,
            look_again_at: ruling.look_again_at,
            stops: ruling.stop.is_some(),
            because: ruling.decision.because().iter().map(name).collect(),
            proposed: ruling.proposed.len(),
            agreed: ruling.confirmed.map(|confirmed| confirmed.at),
        };
        prop_assert_eq!(answer, oracle(&case));
    }
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn a_reason_is_something_that_asked(case in cases()) {
        for reason in engine(&case).decision.because() {
            match reason {
                Reason::Asked(Request { force, .. }) => prop_assert_eq!(Some(*force), case.force),
                Reason::Trigger { trigger, remembered, .. } => {
                    if trigger == "guards.max_age" {
                        prop_assert!(case.max_age_hours.is_some());
                    } else {
                        let own = case.triggers[Case::index(trigger)];
                        prop_assert!(own.fired == Some(true) && remembered.is_none() || *remembered == own.last_seen);
                    }
                }
            }
        }
    }
}
