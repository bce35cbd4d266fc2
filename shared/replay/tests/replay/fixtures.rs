//! Matrices of chance, and a policy with one limit.

use std::fmt::Write;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{Metric, Policy};
use rekindle_policy::{Text, read};
use rekindle_replay::bench::matrix::Matrix;
use rekindle_replay::history::History;
use rekindle_replay::replay::{Lived, Reads, Replay, World};
use rekindle_replay::report::{Report, Unit};

/// Batches of every matrix here.
pub(crate) const BATCHES: usize = 60;

pub(crate) fn start() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

/// What `loss` says, as a matrix.
pub(crate) fn matrix(loss: impl Fn(usize, usize) -> f64) -> Matrix {
    let mut text = "# stream=made batch_size=100 train_window_batches=6;\n".to_owned();
    for model in 0..BATCHES {
        text.push_str(".1");
        if model + 1 < BATCHES {
            text.push_str(&",".repeat(model + 1));
        }
        for batch in model + 1..BATCHES {
            write!(text, ",{:.4}", loss(model, batch)).unwrap();
        }
        text.push('\n');
    }
    Matrix::read(&text, "made").unwrap()
}

/// A number from 0 to 1 that looks like chance.
pub(crate) fn chance(seed: usize, model: usize, batch: usize) -> f64 {
    let mut mixed = (seed * 1_000_003 + model * 1_009 + batch * 9_176_501) as u64;
    for _ in 0..3 {
        mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    f64::from(u32::try_from(mixed >> 44).unwrap()) / f64::from(1_u32 << 20)
}

/// By chance, whichever model serves.
pub(crate) fn random(seed: usize) -> Matrix {
    matrix(|model, batch| chance(seed, model, batch))
}

/// The older a model, the worse.
pub(crate) fn ageing() -> Matrix {
    matrix(|model, batch| 0.1 + 0.012 * f64::from(u32::try_from(batch - model).unwrap()))
}

/// A limit on daily errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule<'a> {
    pub(crate) limit: f64,
    pub(crate) period: &'a str,
    pub(crate) label_delay: &'a str,
    pub(crate) serves_after: &'a str,
    pub(crate) cooldown: &'a str,
    /// What asks for a training: `errors`, or `daily` at five in the morning.
    pub(crate) start_when: &'a str,
}

impl Default for Rule<'_> {
    fn default() -> Self {
        Self {
            limit: 0.6,
            period: "1d",
            label_delay: "0s",
            serves_after: "0s",
            cooldown: "0s",
            start_when: "errors",
        }
    }
}

impl Rule<'_> {
    pub(crate) fn policy(self) -> Policy {
        let Self { limit, period, label_delay, serves_after, cooldown, start_when } = self;
        let training =
            include_str!("../../../../cli/demo/posture/limited.yaml").split_once("training:").unwrap().1;
        // A tick is a turn even where nobody waits for it.
        let daily = if start_when == "daily" {
            "  daily: { schedule: \"cron(0 5 * * ? *)\", timezone: UTC }\n"
        } else {
            ""
        };
        let text = format!(
            r"
model: made
owner: a@example.com
serves_after: {serves_after}
triggers:
{daily}  errors:
    metric: {{ namespace: A, name: Errors, statistic: Average, period: {period} }}
    above: {limit}
    for: 1 of 1
    label_delay: {label_delay}
start_when: {start_when}
guards: {{ cooldown: {cooldown} }}
training:{training}"
        );
        read(&Text::new("made.yaml", 1, &text))
            .unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
            .remove(0)
    }
}

/// What everybody is replayed with, unless a test says otherwise.
pub(crate) struct Setting {
    pub(crate) training_time: Duration,
    pub(crate) sweep_every: Duration,
    pub(crate) retrain_cost: f64,
}

impl Default for Setting {
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_seconds(hours * 3_600);
        Self { training_time: hours(1), sweep_every: hours(6), retrain_cost: 3.0 }
    }
}

/// What a unit of the loss costs over a period.
pub(crate) const PER_UNIT: f64 = 2.5;

impl Setting {
    pub(crate) fn replay(&self, policy: &Policy, world: &World) -> (Lived, Report) {
        let history = History::default();
        let metric: &Metric =
            policy.watches().find_map(|(_, watch)| watch.source()).map(|source| &source.metric).unwrap();
        let replay = Replay {
            policy,
            history: &history,
            name: "made",
            metric,
            world,
            retrain_cost: self.retrain_cost,
            cost_per_unit_loss: PER_UNIT,
            unit: Unit::Usd,
            training_time: self.training_time,
            sweep_every: self.sweep_every,
            seed: 1,
        };
        let lived = replay.run(|_| ());
        let report = replay.report(&lived);
        (lived, report)
    }
}

pub(crate) fn world(matrix: Matrix) -> World {
    World::measured(matrix, start(), Duration::from_seconds(86_400), Reads::Loss)
}
