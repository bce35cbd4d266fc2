//! The learning-debt benchmark is the published one, and the same again each time.
#![cfg(test)]

use rekindle_replay::debt::{Benchmark, World, rows};

#[test]
fn the_published_table_is_whole() {
    let rows = rows().unwrap();
    assert_eq!(rows.len(), 576);
    for world in World::all() {
        assert_eq!(rows.iter().filter(|row| row.world == world).count(), 36, "{world:?}");
    }
    let shifts = rows.iter().filter(|row| row.world.shift.name() != "none");
    assert_eq!(shifts.filter(|row| row.inside).count(), 2 * 144);
}

#[test]
fn every_control_policy_costs_what_it_cost_in_the_paper() {
    let benchmark = Benchmark::default();
    let mut parts = 0;
    let report = benchmark.run(|progress| parts = progress.done).unwrap();
    println!("{benchmark:?}\n{report}");
    assert_eq!(parts, 32);
    assert_eq!(report.cells.len(), 576);
    assert_eq!(report.check.deviations.len(), 12);
    assert_eq!(report.check.intervals.len(), 20);
    assert!(report.check.holds(), "{benchmark:?}: {:#?}", report.check);
    for cell in &report.cells {
        for (own, published) in cell.scores.iter().zip(&cell.published) {
            assert_eq!(own.policy, published.policy);
            if ["calendar10", "calendar_tuned", "never", "always"].contains(&own.policy) {
                assert!((own.retrains - published.retrains).abs() < 1e-9, "{own:?} {published:?}");
            }
        }
    }
    assert!(report.chosen.len() == 36 && report.chosen.iter().all(|one| one.inside), "{:?}", report.chosen);
}

#[test]
fn the_same_seed_gives_the_same_report_and_another_does_not() {
    let of = |seed| Benchmark { seed, paths: 2, ..Benchmark::default() }.run(|_| ()).unwrap();
    let (one, again, other) = (of(7), of(7), of(8));
    assert_eq!(one, again);
    assert_ne!(one.cells, other.cells);
}
