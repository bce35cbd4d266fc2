//! How the rules compare.

use serde::Serialize;

use super::optimum::Optimum;
use super::policy::Policy;
use super::run::Run;
use super::streams::CONTROL;

/// What a benchmark has found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What chance followed from.
    pub seed: u64,
    /// The costs of a retrain, in batches whose losses are all 1.
    pub retrain_costs: Vec<f64>,
    /// The streams, in the order in which they were given.
    pub streams: Vec<String>,
    /// The rules, the one with the least mean ratio first.
    pub standings: Vec<Standing>,
    /// Every stream, retrain cost and rule, in this order.
    pub cells: Vec<Cell>,
}

/// One rule on one stream at one cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// The stream.
    pub stream: String,
    /// The cost of one retrain, in batches whose losses are all 1, as all costs here.
    pub retrain_cost: f64,
    /// The rule.
    pub policy: &'static str,
    /// The rule's cost in units of the optimum's. See [`ratio`].
    pub ratio: f64,
    /// What the rule has cost: losses and retrains.
    pub cost: f64,
    /// Of it, the losses.
    pub loss: f64,
    /// Of the losses, what the newest possible model would not have lost; below 0 where newer models are worse.
    pub staleness: f64,
    /// The batches after which the rule retrained, counted from 0.
    pub retrained_at: Vec<usize>,
    /// The best that could have been done.
    pub optimum: Best,
}

impl Cell {
    /// What a rule has done on a stream.
    pub(super) fn of(
        stream: &str,
        retrain_cost: f64,
        policy: &'static str,
        run: Run,
        optimum: &Optimum,
    ) -> Self {
        Self {
            stream: stream.to_owned(),
            retrain_cost,
            policy,
            ratio: ratio(run.cost, optimum.cost),
            cost: run.cost,
            loss: run.loss,
            staleness: run.staleness,
            retrained_at: run.retrained_at,
            optimum: Best { cost: optimum.cost, retrained_at: optimum.retrained_at.clone() },
        }
    }
}

/// The best that could have been done on a stream at a cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Best {
    /// What it costs: losses and retrains.
    pub cost: f64,
    /// The batches after which it retrains, counted from 0.
    pub retrained_at: Vec<usize>,
}

/// How one rule does on the whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// The rule.
    pub policy: &'static str,
    /// On what its parameters were chosen.
    pub chosen_on: &'static str,
    /// The mean of its ratios, over all streams and retrain costs.
    pub mean: f64,
    /// The stream with the greatest mean, and that; nothing where there is no stream.
    pub worst: Option<Worst>,
    /// The mean over the streams at each retrain cost.
    pub by_retrain_cost: Vec<f64>,
    /// What it did on the stream without drift; nothing where that is not among the streams.
    pub control: Option<Control>,
}

/// The stream on which a rule does worst.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worst {
    /// The stream.
    pub stream: String,
    /// The mean over the retrain costs.
    pub mean: f64,
}

/// What a rule did on the stream without drift, over all retrain costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Control {
    /// How often it retrained.
    pub retrains: usize,
    /// Of these, how many were beyond those of the optimum at the same cost.
    pub false_starts: usize,
}

/// A cost in units of the best. Where the best is 0, as good is 1, and anything worse is infinite (`null` in JSON).
#[must_use]
pub fn ratio(cost: f64, best: f64) -> f64 {
    if best > 0.0 {
        cost / best
    } else if cost > best {
        f64::INFINITY
    } else {
        1.0
    }
}

impl Report {
    /// Compares the rules by what each has done.
    pub(super) fn of(seed: u64, retrain_costs: &[f64], policies: &[Policy], cells: Vec<Cell>) -> Self {
        let mut streams: Vec<String> = Vec::new();
        for cell in &cells {
            if !streams.contains(&cell.stream) {
                streams.push(cell.stream.clone());
            }
        }
        let mut standings: Vec<Standing> = policies
            .iter()
            .map(|policy| {
                let own: Vec<&Cell> = cells.iter().filter(|cell| cell.policy == policy.name).collect();
                Standing::of(policy, retrain_costs, &streams, &own)
            })
            .collect();
        standings.sort_by(|one, other| one.mean.total_cmp(&other.mean));
        Self { seed, retrain_costs: retrain_costs.to_vec(), streams, standings, cells }
    }
}

impl Standing {
    fn of(policy: &Policy, retrain_costs: &[f64], streams: &[String], own: &[&Cell]) -> Self {
        let mean_where = |counts: &dyn Fn(&Cell) -> bool| {
            mean(own.iter().filter(|cell| counts(cell)).map(|cell| cell.ratio))
        };
        let worst = streams
            .iter()
            .map(|stream| Worst { stream: stream.clone(), mean: mean_where(&|cell| cell.stream == *stream) })
            .reduce(|worst, other| if other.mean > worst.mean { other } else { worst });
        let at = |cost: &f64| mean_where(&|cell| cell.retrain_cost.total_cmp(cost).is_eq());
        let control = own.iter().filter(|cell| cell.stream == CONTROL).fold(None, |sum, cell| {
            let Control { retrains, false_starts } = sum.unwrap_or_default();
            let beyond = cell.retrained_at.len().saturating_sub(cell.optimum.retrained_at.len());
            Some(Control {
                retrains: retrains.saturating_add(cell.retrained_at.len()),
                false_starts: false_starts.saturating_add(beyond),
            })
        });
        Self {
            policy: policy.name,
            chosen_on: policy.chosen_on,
            mean: mean_where(&|_| true),
            worst,
            by_retrain_cost: retrain_costs.iter().map(at).collect(),
            control,
        }
    }
}

/// The mean; not a number for none.
pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}
