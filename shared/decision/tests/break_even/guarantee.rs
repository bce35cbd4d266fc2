//! The promise of the measured account: at most `2 + d` times the clairvoyant optimum where fresher models are never
//! worse.

use proptest::prelude::*;
use rekindle_decision::break_even::Measured;

/// What a model trained at `i` loses in period `j > i` beyond the freshest, `gap[i][j]`: never less than a fresher one's.
fn worlds() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let step = prop_oneof![3 => Just(0.0), 3 => 0.0_f64..0.3, 1 => 0.0_f64..2.0];
    (2_usize..16)
        .prop_flat_map(move |periods| {
            prop::collection::vec(prop::collection::vec(step.clone(), periods), periods)
        })
        .prop_map(|steps| {
            let periods = steps.len();
            let mut gaps = vec![vec![0.0; periods]; periods];
            for j in 1..periods {
                for i in (0..j - 1).rev() {
                    // Older by one period is worse by what that period was worth.
                    gaps[i][j] = gaps[i + 1][j] + steps[i][j];
                }
            }
            gaps
        })
}

fn optimum(gaps: &[Vec<f64>], price: f64) -> f64 {
    let periods = gaps.len();
    let mut best = vec![f64::INFINITY; periods];
    best[0] = 0.0;
    for t in 1..periods {
        for model in 0..t {
            best[model] += gaps[model][t];
        }
        if t < periods - 1 {
            best[t] = best.iter().copied().fold(f64::INFINITY, f64::min) + price;
        }
    }
    best.into_iter().fold(f64::INFINITY, f64::min)
}

fn paid(gaps: &[Vec<f64>], price: f64) -> f64 {
    let (mut account, mut model, mut cost) = (Measured::new(), 0, 0.0);
    for t in 1..gaps.len() {
        cost += gaps[model][t];
        account.see(gaps[model][t]);
        if t < gaps.len() - 1 && account.standing(0.0).unwrap().is_worth(price, 1.0) {
            account.trained();
            cost += price;
            model = t;
        }
    }
    cost
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_never_costs_more_than_was_promised(gaps in worlds(), price in 0.01_f64..2.0) {
        let worst = gaps.iter().flatten().copied().fold(0.0, f64::max) / price;
        let (cost, best) = (paid(&gaps, price), optimum(&gaps, price));
        prop_assert!(cost <= (2.0 + worst) * best + 1e-9, "{cost} {best} {worst}");
    }
}
