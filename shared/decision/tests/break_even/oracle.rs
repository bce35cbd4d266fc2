//! The learned account once more, from its definition: everything from the beginning, nothing kept.

use proptest::prelude::*;
use rekindle_decision::break_even::{Learned, Loss, Settings};

/// The losses of each model, oldest first; only the last one serves.
pub(crate) fn account(models: &[Vec<f64>]) -> Learned {
    let mut account = Learned::new(Settings::default(), None);
    for (number, losses) in models.iter().enumerate() {
        if number > 0 {
            account.trained();
        }
        for &value in losses {
            account.see(Loss { value, weight: 1.0 });
        }
    }
    account
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn level(before: f64, losses: &[f64]) -> f64 {
    (1..=losses.len())
        .map(|first| {
            let of = mean(&losses[..first]);
            let weight = if of < before { 6.0 } else { 40.0 };
            (weight * before + first as f64 * of) / (weight + first as f64)
        })
        .fold(f64::INFINITY, f64::min)
}

fn noise(models: &[Vec<f64>]) -> f64 {
    let steps: Vec<f64> =
        models.iter().flat_map(|losses| losses.windows(2).map(|two| (two[1] - two[0]).powi(2))).collect();
    if steps.is_empty() { 0.0 } else { (mean(&steps) / 2.0).sqrt() }
}

/// Excess, reference and share by the definition.
fn naive(models: &[Vec<f64>]) -> (f64, f64, f64) {
    let mut reference = models[0][0];
    let (mut saved, mut trainings) = (2.0, 2.0);
    for (number, losses) in models.iter().enumerate() {
        if number > 0 {
            let earlier = &models[number - 1];
            let before = mean(&earlier[earlier.len().saturating_sub(2)..]);
            // The noise that was known when the first loss of this model came.
            if before - reference > noise(&models[..number]) + 1e-12 {
                saved += ((before - losses[0]) / (before - reference)).clamp(0.0, 1.0);
                trainings += 1.0;
            }
        }
        reference = level(reference, losses);
    }
    let (noise, losses) = (noise(models), models.last().unwrap());
    let above: Vec<f64> = losses.iter().map(|loss| loss - reference - 0.75 * noise).collect();
    // What is left of a sum that is cut at nought is the greatest sum of what comes last.
    let excess = (0..above.len()).map(|from| above[from..].iter().sum::<f64>()).fold(0.0, f64::max);
    let share = saved / trainings;
    (if excess >= 3.0 * noise { excess * share } else { 0.0 }, reference, share)
}

pub(crate) fn histories() -> impl Strategy<Value = Vec<Vec<f64>>> {
    // A level, and what comes to it: flat, noisy, and with jumps.
    let losses = (0.05_f64..0.6, prop::collection::vec(0.0_f64..0.3, 1..12), 0_usize..12, 0.0_f64..0.5)
        .prop_map(|(level, noise, since, jump)| {
            let jumped = |index| if index >= since { jump } else { 0.0 };
            noise.iter().enumerate().map(|(index, noise)| level + noise + jumped(index)).collect()
        });
    prop::collection::vec(losses, 1..6)
}

proptest! {
    #[test]
    fn the_account_is_what_its_definition_says(models in histories()) {
        let standing = account(&models).standing().unwrap();
        let (excess, reference, share) = naive(&models);
        prop_assert!((standing.reference - reference).abs() < 1e-9, "{} {reference}", standing.reference);
        prop_assert!((standing.share - share).abs() < 1e-9, "{} {share}", standing.share);
        // At the very edge of the evidence both may be right.
        prop_assert!((standing.excess - excess).abs() < 1e-9 || standing.excess == 0.0 || excess == 0.0);
        prop_assert_eq!(standing.periods as usize, models.last().unwrap().len());
    }
}
