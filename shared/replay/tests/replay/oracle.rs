//! A naive reading of one limit over a matrix, in hours, beside the replay under the turn.

use rekindle_decision::duration::Duration;
use rekindle_replay::bench::matrix::Matrix;

use crate::fixtures::{BATCHES, Rule, Setting, random, start, world};

const DAY: usize = 24;

const LIMIT: f64 = 0.8;

/// In hours.
#[derive(Debug, Clone, Copy)]
struct Times {
    training: usize,
    sweep: usize,
    serves_after: usize,
    labels: usize,
}

/// When trainings start, in hours since the first batch, and what is lost in each batch that counts.
fn naive(matrix: &Matrix, times: Times) -> (Vec<usize>, Vec<f64>) {
    let first = matrix.scored().batches().start;
    let of = |model: usize, batch: usize| matrix.scored().loss(model, batch).unwrap();
    let (mut starts, mut model_of_hour) = (Vec::new(), vec![first - 1; BATCHES * DAY]);
    let (mut running_until, mut served_from) = (0, first * DAY);
    for hour in (first * DAY + times.sweep..BATCHES * DAY).step_by(times.sweep) {
        let Some(over) = (hour.saturating_sub(times.labels) / DAY).checked_sub(1) else { continue };
        // What was measured before the newest model served says nothing about it.
        if hour < running_until || over * DAY < served_from {
            continue;
        }
        if of(model_of_hour[over * DAY], over) > LIMIT {
            starts.push(hour);
            running_until = hour + times.training;
            served_from = running_until + times.serves_after;
            model_of_hour.iter_mut().skip(served_from).for_each(|model| *model = over);
        }
    }
    let mean = (first..BATCHES).map(|batch| {
        let hours = &model_of_hour[batch * DAY..(batch + 1) * DAY];
        hours.iter().map(|model| of(*model, batch)).sum::<f64>() / 24.0
    });
    (starts, mean.collect())
}

#[test]
fn a_limit_starts_where_a_naive_loop_over_the_matrix_says() {
    for (name, times) in [
        ("an hour of training", Times { training: 1, sweep: 1, serves_after: 0, labels: 0 }),
        ("a rare sweep", Times { training: 1, sweep: 11, serves_after: 0, labels: 0 }),
        ("a training of a day and a half", Times { training: 36, sweep: 6, serves_after: 0, labels: 0 }),
        ("a slow deployment", Times { training: 2, sweep: 6, serves_after: 30, labels: 0 }),
        ("labels two days and an hour late", Times { training: 2, sweep: 3, serves_after: 0, labels: 49 }),
        ("everything slow", Times { training: 7, sweep: 5, serves_after: 9, labels: 72 }),
    ] {
        let mut started = 0;
        for seed in 0..4 {
            let matrix = random(seed);
            let hours = |hours: usize| Duration::from_seconds(u64::try_from(hours).unwrap() * 3_600);
            let setting = Setting {
                training_time: hours(times.training),
                sweep_every: hours(times.sweep),
                ..Setting::default()
            };
            let rule = Rule {
                limit: LIMIT,
                label_delay: &format!("{}h", times.labels),
                serves_after: &format!("{}h", times.serves_after),
                ..Rule::default()
            };
            let policy = rule.policy();
            let (lived, _) = setting.replay(&policy, &world(matrix.clone()));
            let (starts, lost) = naive(&matrix, times);
            let replayed: Vec<i64> =
                lived.starts.iter().map(|start_of| start_of.at.duration_since(start()).as_hours()).collect();
            let expected: Vec<i64> = starts.iter().map(|hour| i64::try_from(*hour).unwrap()).collect();
            assert_eq!(replayed, expected, "{name}, seed {seed}");
            for (nth, (replayed, expected)) in lived.loss.iter().zip(&lost).enumerate() {
                let replayed = replayed.unwrap();
                // The turn that starts a job takes part of a second.
                assert!(
                    (replayed - expected).abs() < 1e-4,
                    "{name}, seed {seed}, batch {nth}: {replayed} and {expected}"
                );
            }
            assert_eq!(lived.loss.len(), lost.len(), "{name}");
            started += starts.len();
        }
        assert!(started > 8, "{name}: {started} starts show little");
    }
}
