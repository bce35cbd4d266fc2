//! Writes the report of a made-up history, to look at: `cargo run -p rekindle-replay --example report -- report.html`.
//! Its text goes to the terminal.

use std::collections::BTreeMap;
use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use rekindle_decision::duration::Duration;
use rekindle_replay::report::{AtPrice, Held, Knowledge, Outcome, Report, Start, Unit};

/// Weeks of the history.
const WEEKS: u32 = 104;

/// What a training costs, in dollars.
const PRICE: f64 = 120.0;

/// What a loss of one costs in a week, in dollars.
const WEEKLY: f64 = 900.0;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("error: a path for the page is wanted");
        return ExitCode::FAILURE;
    };
    let report = report();
    match std::fs::write(&path, report.html()) {
        Ok(()) => {
            print!("{}", report.text());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {path}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn week(nth: u32) -> Timestamp {
    let start = Timestamp::from_second(1_704_067_200).unwrap_or_default();
    start.saturating_add(SignedDuration::from_hours(24 * 7 * i64::from(nth))).unwrap_or(start)
}

/// What looks like chance and is the same every time, from -1 to 1.
fn wobble(nth: u32) -> f64 {
    f64::from(nth.wrapping_mul(2_654_435_769) >> 16) / 32_767.5 - 1.0
}

/// What the freshest model loses in a week.
fn fresh(nth: u32) -> f64 {
    0.085 + 0.012 * f64::from(nth) / f64::from(WEEKS) + 0.004 * wobble(nth)
}

/// What a model loses beyond that when it is so many weeks old; the world changes at once in its 61st week.
fn stale(nth: u32, trained: u32) -> f64 {
    let drift = 0.0042 * f64::from(nth - trained);
    let jump = if nth >= 61 && trained < 61 { 0.06 } else { 0.0 };
    (drift + jump).min(0.21) + 0.003 * wobble(nth + 7_919).abs()
}

/// What comes of training at the ends of these weeks, without how far that is from the optimum.
fn outcome(name: &str, weeks: &[u32], price: f64, because: impl Fn(u32) -> String) -> Outcome {
    let (mut trained, mut training_cost, mut staleness_cost, mut total) = (0, 0.0, 0.0, 0.0);
    let (mut loss, mut cumulative, mut stale_weeks) = (Vec::new(), Vec::new(), 0);
    for nth in 0..WEEKS {
        let beyond = stale(nth, trained);
        staleness_cost += beyond * WEEKLY;
        total += (beyond + fresh(nth)) * WEEKLY;
        stale_weeks += u64::from(beyond > 0.02);
        if weeks.contains(&nth) {
            training_cost += price;
            total += price;
            trained = nth + 1;
        }
        loss.push(fresh(nth) + beyond);
        cumulative.push(total);
    }
    let start = |nth: &u32| Start {
        at: week(nth + 1),
        period: usize::try_from(*nth).unwrap_or_default(),
        because: because(*nth),
    };
    Outcome {
        name: name.to_owned(),
        starts: weeks.iter().map(start).collect(),
        training_cost,
        staleness_cost,
        total,
        over_optimum: f64::NAN,
        stale: Duration::from_seconds(stale_weeks * 7 * 86_400),
        false_starts: 0,
        holds: BTreeMap::new(),
        loss,
        cumulative,
    }
}

/// The cheapest weeks to train in, by what remains to be lost from each week on.
fn optimum(price: f64) -> Vec<u32> {
    // From a week in which a fresh model begins to the end: the cost, and the week that the next one begins.
    let mut from: BTreeMap<u32, (f64, u32)> = BTreeMap::from([(WEEKS, (0.0, WEEKS))]);
    for first in (0..WEEKS).rev() {
        let (mut aged, mut best) = (0.0, (f64::INFINITY, WEEKS));
        for nth in first..WEEKS {
            aged += stale(nth, first) * WEEKLY;
            let after = from.get(&(nth + 1)).map_or(0.0, |(cost, _)| *cost);
            let cost = aged + after + if nth + 1 < WEEKS { price } else { 0.0 };
            if cost < best.0 {
                best = (cost, nth + 1);
            }
        }
        from.insert(first, best);
    }
    let mut weeks = Vec::new();
    let mut first = 0;
    while let Some((_, next)) = from.get(&first).filter(|(_, next)| *next < WEEKS) {
        weeks.push(next - 1);
        first = *next;
    }
    weeks
}

fn silent(_: u32) -> String {
    String::new()
}

/// All ways at one price, the optimum last.
fn ways(price: f64) -> Vec<Outcome> {
    let owner = [13, 26, 40, 54, 64, 77, 91];
    let because = |nth| match nth {
        64 => "accuracy was below 0.82 in 3 of 5 periods, after a cooldown and a blackout".to_owned(),
        nth => format!(
            "`break_even`: staying stale has cost {:.2} USD, a training costs 120.00 USD",
            120.0 + f64::from(nth) / 9.0
        ),
    };
    let every = |weeks: u32| (1..WEEKS).filter(|nth| nth % weeks == 0).collect::<Vec<u32>>();
    let mut ways = vec![
        outcome("churn", &owner, price, because),
        outcome("never", &[], price, silent),
        outcome("always", &(0..WEEKS - 1).collect::<Vec<u32>>(), price, silent),
        outcome("periodic (every 12)", &every(12), price, silent),
        outcome("break_even", &[11, 23, 36, 49, 61, 70, 83, 96], price, silent),
        outcome("Page-Hinkley", &[31, 62, 88], price, silent),
        outcome("optimum", &optimum(price), price, silent),
    ];
    let best = ways.last().map_or(f64::NAN, |best| best.total);
    for way in &mut ways {
        way.over_optimum = way.total / best;
    }
    ways
}

fn held(from: u32, days: i64, by: &str) -> Held {
    let from = week(from);
    let to = from.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(from);
    Held { from, to, by: by.to_owned() }
}

fn report() -> Report {
    let mut ways = ways(PRICE).into_iter();
    let prices = [2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 40.0, 60.0, 90.0, 140.0, 200.0, 300.0, 400.0];
    let at = |price: f64| AtPrice {
        retrain_cost: price,
        // The owner's policy is known at the owner's price alone.
        over_optimum: self::ways(price).into_iter().skip(1).map(|way| (way.name, way.over_optimum)).collect(),
    };
    let mut policy = ways.next().unwrap_or_else(|| outcome("policy", &[], PRICE, silent));
    policy.false_starts = 1;
    policy.holds =
        BTreeMap::from([("cooldown", 3), ("blackout", 2), ("budget", 1)].map(|(by, n)| (by.to_owned(), n)));
    Report {
        model: "churn".to_owned(),
        history: "churn-2024.csv, churn-2025.csv".to_owned(),
        from: week(0),
        to: week(WEEKS),
        period: Duration::from_seconds(7 * 86_400),
        unit: Unit::Usd,
        retrain_cost: PRICE,
        world: Knowledge::Assumed {
            ageing: "a straight line: 0.0042 a week up to 0.21, on 104 values of 8 models".to_owned(),
        },
        fresh: (0..WEEKS).map(fresh).collect(),
        policy,
        rivals: ways.collect(),
        prices: prices.map(at).to_vec(),
        held: vec![
            held(38, 14, "cooldown"),
            held(61, 10, "cooldown"),
            held(62, 14, "blackout"),
            held(75, 9, "cooldown"),
            held(86, 28, "budget"),
            held(90, 4, "blackout"),
        ],
    }
}
