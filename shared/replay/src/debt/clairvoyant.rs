//! The least that a path could have cost anybody.

use super::play::Accounting;
use super::tape::Tape;

/// The cheapest trainings of a path for one who knows all of its losses, noise included, as what they cost and how many they
/// are: a dynamic programme over the period of the next training, from the last period to the first.
#[must_use]
pub fn optimum(tape: &Tape, accounting: Accounting, price: f64) -> (f64, f64) {
    // What is still to come after a training in each period, the latest first.
    let mut ahead: Vec<(f64, f64)> = Vec::with_capacity(tape.deployed().len());
    for deployed in tape.deployed().iter().rev().skip(1) {
        let trainings = ahead.iter().rev().map(|(cost, count)| (price + cost, 1.0 + count));
        // In the last period nothing can be trained any more.
        let endings = trainings.chain([(0.0, 0.0)]);
        let mut lost = 0.0;
        let mut best = (f64::INFINITY, 0.0);
        for (gap, (cost, count)) in deployed.gaps.iter().zip(endings) {
            lost += accounting.loss(gap.evaluation);
            if lost + cost < best.0 {
                best = (lost + cost, count);
            }
        }
        ahead.push(best);
    }
    ahead.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rand_pcg::Pcg64;
    use rand_pcg::rand_core::SeedableRng;

    use super::super::contenders::CONTENDERS;
    use super::super::path::Path;
    use super::super::play::{Accounting, play};
    use super::super::policy::{Rule, Seen};
    use super::super::published::rows;
    use super::super::tape::Tape;
    use super::super::world::World;
    use super::optimum;

    /// Trains in these periods.
    struct Planned(Vec<u32>);

    impl Rule for Planned {
        fn retrain(&mut self, seen: &Seen) -> bool {
            self.0.contains(&seen.period)
        }
    }

    #[test]
    fn no_policy_and_no_single_training_is_cheaper() {
        let rows = rows().unwrap();
        for (seed, world) in (0..).zip(World::all()) {
            let tape = Tape::of(&Path::draw(world, &mut Pcg64::seed_from_u64(seed)));
            for row in rows.iter().filter(|row| row.world == world) {
                let (least, _) = optimum(&tape, row.accounting, row.price);
                for contender in CONTENDERS {
                    let outcome = play(&tape, row.price, &mut *(contender.make)(&row.setting(0.03)));
                    let cost = outcome.objective(row.accounting, row.price);
                    assert!(least <= cost + 1e-9, "seed {seed}: {}: {least} {cost}", contender.name);
                }
            }
            let price = 0.05;
            let (least, _) = optimum(&tape, Accounting::Signed, price);
            for period in 1..200 {
                let cost =
                    play(&tape, price, &mut Planned(vec![period])).objective(Accounting::Signed, price);
                assert!(least <= cost + 1e-9, "seed {seed}: {period}: {least} {cost}");
            }
        }
    }

    #[test]
    fn it_trains_never_for_a_fortune_and_its_cost_is_that_of_a_plan() {
        let world = World::all()[6];
        let tape = Tape::of(&Path::draw(world, &mut Pcg64::seed_from_u64(3)));
        let (cost, count) = optimum(&tape, Accounting::Signed, 1e6);
        let never = play(&tape, 1e6, &mut Planned(Vec::new()));
        assert!((cost - never.signed).abs() < 1e-9 && count < 0.5);
        let (free, often) = optimum(&tape, Accounting::Positive, 0.0);
        assert!(free >= 0.0 && often > 1.0, "{free} {often}");
    }
}
