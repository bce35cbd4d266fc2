//! What holds of every account.

use proptest::prelude::*;
use rekindle_decision::break_even::{Learned, Loss, Measured, Settings};

use crate::oracle::{account, histories};

fn changed(models: &[Vec<f64>], change: impl Fn(f64) -> f64) -> Vec<Vec<f64>> {
    models.iter().map(|losses| losses.iter().copied().map(&change).collect()).collect()
}

proptest! {
    /// It does not matter in which unit a loss is measured.
    #[test]
    fn a_loss_in_another_unit_is_the_same(models in histories(), power in -8_i32..8) {
        let unit = 2.0_f64.powi(power);
        let (one, other) = (account(&models), account(&changed(&models, |loss| loss * unit)));
        let (one, other) = (one.standing().unwrap(), other.standing().unwrap());
        prop_assert_eq!(one.excess * unit, other.excess);
        prop_assert_eq!(one.reference * unit, other.reference);
        prop_assert_eq!(one.share, other.share);
    }

    /// What even a perfect model would lose changes nothing.
    #[test]
    fn what_nothing_helps_against_does_not_count(models in histories()) {
        // In steps of powers of two, so that no digit is lost.
        let rounded = changed(&models, |loss| (loss * 1024.0).round() / 1024.0);
        let (one, other) = (account(&rounded), account(&changed(&rounded, |loss| loss + 1.0)));
        let (one, other) = (one.standing().unwrap(), other.standing().unwrap());
        prop_assert!((one.reference + 1.0 - other.reference).abs() < 1e-9);
        prop_assert!((one.excess - other.excess).abs() < 1e-9 || one.excess == 0.0 || other.excess == 0.0);
    }

    /// A model that loses always the same is never stale.
    #[test]
    fn a_steady_loss_costs_nothing(loss in 0.0_f64..1.0, periods in 1_usize..200) {
        prop_assert_eq!(account(&[vec![loss; periods]]).standing().unwrap().excess, 0.0);
    }

    /// Whatever comes: no panic, and nothing below nought.
    #[test]
    fn any_number_has_an_answer(values in prop::collection::vec((any::<f64>(), any::<f64>(), any::<bool>()), 0..40)) {
        let (mut learned, mut measured) = (Learned::new(Settings::default(), None), Measured::new());
        for (value, weight, trained) in values {
            learned.see(Loss { value, weight });
            measured.see(value);
            if trained {
                learned.trained();
                measured.trained();
            }
            for standing in learned.standing().into_iter().chain(measured.standing(value)) {
                prop_assert!(standing.excess >= 0.0 && (0.0..=1.0).contains(&standing.share), "{:?}", standing);
            }
        }
    }
}
