//! The streams benchmark against costs that were found elsewhere, and the laws that it must keep.
#![cfg(test)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rekindle_replay::bench::matrix::{Matrix, Stretch};
use rekindle_replay::bench::optimum::Optimum;
use rekindle_replay::bench::policy::ALL;
use rekindle_replay::bench::report::{Cell, Report};
use rekindle_replay::bench::{Bench, RETRAIN_COSTS, streams};
use rekindle_replay::dice::Dice;

/// Costs of each stream, retrain cost and rule without chance, found by another program.
const REFERENCE: &str = include_str!("fixtures/streams-reference.csv");

/// What the rules are called there.
const NAMES: &[(&str, &str)] = &[
    ("always", "always"),
    ("break-even-holdout", "break_even hold-out"),
    ("break-even-plain", "break_even plain"),
    ("cara-ct", "cara-ct"),
    ("cara-t", "cara-t"),
    ("never", "never"),
    ("periodic-10", "periodic 10"),
    ("periodic-tuned", "periodic tuned"),
    ("threshold-0.05", "threshold 0.05"),
];

static STREAMS: LazyLock<Vec<Matrix>> = LazyLock::new(|| streams::bundled().unwrap());
static REPORT: LazyLock<Report> = LazyLock::new(|| bench(1));

fn bench(seed: u64) -> Report {
    Bench { streams: &STREAMS, retrain_costs: RETRAIN_COSTS, policies: ALL, seed }.run(|_| ())
}

#[test]
fn every_cell_costs_what_another_program_found() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for line in REFERENCE.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (stream, policy) = (fields[0], NAMES.iter().find(|(theirs, _)| *theirs == fields[2]).unwrap().1);
        let number = |field: usize| fields[field].parse::<f64>().unwrap();
        let is_it = |cell: &&Cell| {
            cell.stream == stream && cell.policy == policy && near(cell.retrain_cost, number(1))
        };
        let cell = REPORT.cells.iter().find(is_it).unwrap();
        let found = [
            near(cell.cost, number(3)),
            cell.retrained_at.len().to_string() == fields[4],
            near(cell.optimum.cost, number(5)),
            fewer(stream, cell.retrain_cost, cell.optimum.retrained_at.len(), fields[6].parse().unwrap()),
            near(cell.ratio, number(7)),
        ];
        compared += 1;
        if found.contains(&false) {
            let (retrains, best) = (cell.retrained_at.len(), &cell.optimum);
            wrong.push(format!(
                "{line}: {}, {retrains}, {}, {}",
                cell.cost,
                best.cost,
                best.retrained_at.len()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(compared, 9 * 98);
}

/// Where several ways cost the same, that program took the one that rounding made less; ours has the fewest retrains.
const TIES: &[(&str, f64, usize)] =
    &[("covcon", 0.1, 1), ("gauss", 0.02, 2), ("gauss", 0.05, 1), ("station", 0.02, 2), ("station", 0.5, 1)];

fn fewer(stream: &str, retrain_cost: f64, ours: usize, theirs: usize) -> bool {
    let tie = TIES.iter().find(|(at, cost, _)| *at == stream && near(*cost, retrain_cost));
    ours + tie.map_or(0, |(.., fewer)| *fewer) == theirs
}

/// Costs there have five digits behind the point.
fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-5
}

/// Another program, with the river library, had 1.352 to 1.364, 1.294 to 1.320 and 1.49 to 1.78 in three draws of the
/// order. Chance is large, for DDM above all: of 20 draws here it had 1.40 to 1.85.
#[test]
fn detectors_do_as_well_as_in_another_program() {
    let names = ["adwin", "hddm_a", "ddm"];
    let policies: Vec<_> = ALL.iter().copied().filter(|policy| names.contains(&policy.name)).collect();
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for seed in 1..=3 {
        // None of them looks at the retrain cost: what they do at one they do at all.
        let bench = Bench { streams: &STREAMS, retrain_costs: &[1.0], policies: &policies, seed };
        for cell in bench.run(|_| ()).cells {
            let retrains = f64::from(u32::try_from(cell.retrained_at.len()).unwrap());
            for retrain_cost in RETRAIN_COSTS {
                let best = Optimum::of(stream(&cell.stream).scored(), *retrain_cost).cost;
                let ratio = (cell.loss + retrain_cost * retrains) / best;
                *sums.entry(cell.policy).or_default() += ratio / (3.0 * 98.0);
            }
        }
    }
    assert!((1.33..1.38).contains(&sums["adwin"]), "{sums:?}");
    assert!((1.28..1.34).contains(&sums["hddm_a"]), "{sums:?}");
    assert!((1.45..1.80).contains(&sums["ddm"]), "{sums:?}");
}

#[test]
fn costs_are_what_they_are_made_of() {
    for cell in &REPORT.cells {
        let place = format!("{} {} {}", cell.stream, cell.retrain_cost, cell.policy);
        let retrains = f64::from(u32::try_from(cell.retrained_at.len()).unwrap());
        assert!((cell.loss + cell.retrain_cost * retrains - cell.cost).abs() < 1e-9, "{place}");
        assert!(cell.ratio >= 1.0 - 1e-12, "{place}: nobody beats the optimum");
        assert!(cell.retrained_at.is_sorted_by(|one, next| one < next), "{place}");
        let scored = stream(&cell.stream).scored();
        let again = cost_of(scored, &cell.optimum.retrained_at, cell.retrain_cost);
        assert!((again - cell.optimum.cost).abs() < 1e-9, "{place}: the optimum's batches cost what it says");
        if cell.policy == "never" {
            let losses = scored.batches().map(|batch| scored.loss(scored.first_model(), batch).unwrap());
            assert!((losses.sum::<f64>() - cell.cost).abs() < 1e-9, "{place}");
        }
        if cell.policy == "always" {
            assert_eq!(
                cell.retrained_at,
                (scored.batches().start..scored.last()).collect::<Vec<_>>(),
                "{place}"
            );
            assert!(cell.staleness.abs() < 1e-9, "{place}: who always retrains is never stale");
        }
    }
}

#[test]
fn who_does_not_look_at_the_cost_retrains_at_the_same_batches_whatever_it_is() {
    let blind = [
        "never",
        "always",
        "periodic 10",
        "threshold 0.05",
        "page_hinkley",
        "cusum",
        "ddm",
        "hddm_a",
        "adwin",
        "evidence",
    ];
    for policy in blind {
        for matrix in STREAMS.iter() {
            let cells =
                REPORT.cells.iter().filter(|cell| cell.policy == policy && cell.stream == matrix.name());
            let mut batches: Vec<_> = cells.map(|cell| &cell.retrained_at).collect();
            batches.dedup();
            assert_eq!(batches.len(), 1, "{policy} on {}", matrix.name());
        }
    }
}

#[test]
fn the_dearer_a_retrain_the_dearer_the_optimum_and_the_fewer_its_retrains() {
    for matrix in STREAMS.iter() {
        let best: Vec<Optimum> =
            RETRAIN_COSTS.iter().map(|cost| Optimum::of(matrix.scored(), *cost)).collect();
        for pair in best.windows(2) {
            assert!(pair[0].cost <= pair[1].cost, "{}", matrix.name());
            assert!(pair[0].retrained_at.len() >= pair[1].retrained_at.len(), "{}", matrix.name());
        }
    }
}

#[test]
fn a_stream_alone_is_as_among_others_and_a_seed_is_told_again() {
    let alone = std::slice::from_ref(stream("insects"));
    let report = Bench { streams: alone, retrain_costs: &[0.1], policies: ALL, seed: 1 }.run(|_| ());
    let among = REPORT.cells.iter().filter(|cell| cell.stream == "insects" && near(cell.retrain_cost, 0.1));
    // What is chosen on the other streams needs some.
    assert!(report.cells.iter().eq(among.filter(|cell| cell.policy != "break_even left out")));
}

/// Every choice of batches is tried, on matrices with many ties and with few.
#[test]
fn the_optimum_is_what_trying_everything_finds() {
    let mut dice = Dice::new(11);
    for round in 0..400 {
        let steps = if round % 2 == 0 { 4 } else { 100_000 };
        let matrix = small(&mut dice, steps);
        let scored = matrix.scored();
        for retrain_cost in [0.0, 0.1, 0.25, 1.0] {
            let found = Optimum::of(scored, retrain_cost);
            let (cost, retrains) = by_trying(scored, retrain_cost);
            assert!((found.cost - cost).abs() < 1e-9, "round {round}: {found:?}, {cost}");
            assert_eq!(found.retrained_at.len(), retrains, "round {round}: {found:?}");
            let again = cost_of(scored, &found.retrained_at, retrain_cost);
            assert!((again - found.cost).abs() < 1e-9, "round {round}: {found:?}, {again}");
        }
    }
}

/// The least cost of all choices, and of those with it the fewest retrains.
fn by_trying(stretch: Stretch<'_>, retrain_cost: f64) -> (f64, usize) {
    let decisions: Vec<usize> = (stretch.batches().start..stretch.last()).collect();
    let choices = (0..1_u32 << decisions.len()).map(|choice| {
        let taken = decisions.iter().enumerate().filter(|(bit, _)| choice >> bit & 1 == 1);
        let batches: Vec<usize> = taken.map(|(_, batch)| *batch).collect();
        (cost_of(stretch, &batches, retrain_cost), batches.len())
    });
    let all: Vec<_> = choices.collect();
    let least = all.iter().map(|(cost, _)| *cost).fold(f64::INFINITY, f64::min);
    (least, all.iter().filter(|(cost, _)| cost - least < 1e-9).map(|(_, retrains)| *retrains).min().unwrap())
}

/// What retraining after these batches costs, by the words of the protocol.
fn cost_of(stretch: Stretch<'_>, retrain_at: &[usize], retrain_cost: f64) -> f64 {
    let (mut model, mut cost) = (stretch.first_model(), 0.0);
    for batch in stretch.batches() {
        cost += stretch.loss(model, batch).unwrap();
        if retrain_at.contains(&batch) {
            cost += retrain_cost;
            model = batch;
        }
    }
    cost
}

/// A matrix of a few batches whose losses are in so many steps.
fn small(dice: &mut Dice, steps: u64) -> Matrix {
    let (batches, window) = (dice.between(4, 12), dice.between(1, 3));
    let mut text = format!("# stream=small batch_size=10 train_window_batches={window}\n");
    for model in 0..batches {
        text += "0.5";
        for batch in 0..batches {
            let loss = f64::from(u32::try_from(dice.between(0, steps)).unwrap());
            let loss = loss / f64::from(u32::try_from(steps).unwrap());
            text.push(',');
            if batch > model {
                text += &loss.to_string();
            }
        }
        text += "\n";
    }
    Matrix::read(&text, "").unwrap()
}

fn stream(name: &str) -> &'static Matrix {
    STREAMS.iter().find(|matrix| matrix.name() == name).unwrap()
}

#[test]
fn the_report_reads_as_it_did() {
    insta::assert_snapshot!(*REPORT);
}
