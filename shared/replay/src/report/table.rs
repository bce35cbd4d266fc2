//! The table of what each way came to.

use super::number::{decimals, fixed, length, several, whole};
use super::way::{Role, Way};
use super::{Outcome, Report, Unit};

/// The heads of the columns, in two lines each. The first column has the names and no head.
type Heads = [[&'static str; 2]; 8];

/// What each way came to, as text.
#[derive(Debug)]
pub(super) struct Table {
    /// Of the columns after the names.
    pub(super) heads: Heads,
    /// One for each way.
    pub(super) rows: Vec<Row>,
}

/// What one way came to.
#[derive(Debug)]
pub(super) struct Row {
    /// What it is among the others.
    pub(super) role: Role,
    /// Its name.
    pub(super) label: String,
    /// One for each head; all but the last are figures.
    pub(super) cells: [String; 8],
}

impl Table {
    /// The table of a report.
    pub(super) fn of(report: &Report) -> Self {
        let over = if report.assumed() { ["times assumed", "optimum"] } else { ["times the", "optimum"] };
        Self {
            heads: [
                ["", "starts"],
                ["training", "cost"],
                ["staleness", "cost"],
                ["", "total"],
                over,
                ["time", "stale"],
                ["false", "starts"],
                ["held back", "by"],
            ],
            rows: report.ways().into_iter().map(|way| row(report, way)).collect(),
        }
    }
}

fn row(report: &Report, Way { role, label, outcome }: Way<'_>) -> Row {
    // A column of plain numbers is as fine as the price of a training.
    let amount = |value| match report.unit {
        Unit::Usd => report.unit.amount(value),
        Unit::Periods => fixed(value, decimals(report.retrain_cost)),
    };
    let cells = [
        whole(outcome.starts.len()),
        amount(outcome.training_cost),
        amount(outcome.staleness_cost),
        amount(outcome.total),
        fixed(outcome.over_optimum, 3),
        length(outcome.stale),
        whole(outcome.false_starts),
        holds(outcome),
    ];
    Row { role, label, cells }
}

/// By what a way was held back and how often, the most frequent first; empty if it never was.
pub(super) fn holds(outcome: &Outcome) -> String {
    let mut holds: Vec<(&String, &u64)> = outcome.holds.iter().filter(|(_, times)| **times > 0).collect();
    holds.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
    holds.iter().map(|(by, times)| format!("{by} {times}")).collect::<Vec<_>>().join(", ")
}

impl Report {
    /// What has to be known to read the table, in sentences.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.unit == Unit::Periods {
            notes.push(format!(
                "Costs are counted in units of the loss over one period of {}: of an error rate, one unit is a period in which everything was wrong.",
                self.period
            ));
        }
        // Within a cent, or within the last of the digits that are shown.
        let sums = |Outcome { training_cost, staleness_cost, total, .. }: &Outcome| {
            let parts = training_cost + staleness_cost;
            !(parts - total).is_finite() || (parts - total).abs() <= 0.02_f64.max(total.abs() / 200.0)
        };
        if !self.ways().iter().all(|way| sums(way.outcome)) {
            notes.push(
                "The total also holds what even the freshest model would have lost, which no way avoids."
                    .to_owned(),
            );
        }
        notes.push("Staleness is what was lost beyond the freshest model there could have been; a false start is a training that saved less than it cost until the next one.".to_owned());
        notes
    }

    /// The head line of the list of starts.
    pub(super) fn started(&self) -> String {
        match self.policy.starts.len() {
            0 => "Your policy would have started no training.".to_owned(),
            starts => format!("{} that your policy would have started", several(starts, "training")),
        }
    }
}
