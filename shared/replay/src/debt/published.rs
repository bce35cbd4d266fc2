//! The published table: one row for each price, accounting and world.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Serialize;

use super::contenders::Setting;
use super::play::Accounting;
use super::score::Score;
use super::world::{Shift, World};

const TABLE: &str = include_str!("../../debt/published.csv");

/// The policies of the table.
pub(super) const POLICIES: [&str; 6] =
    ["calendar10", "calendar_tuned", "cusum_tuned", "debt_threshold_tuned", "never", "always"];

/// The least threshold of the paper's grid of CUSUM: a cell that is tuned to it would like to go lower.
const EDGE: f64 = 0.01;

/// What the price of a training is counted in: a number that describes the gaps of the paper's calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The upper quartile of those above 0; the paper's headline.
    Q75,
    /// Their mean.
    Mean,
    /// Their median.
    Median,
}

impl Unit {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 3] = [Self::Q75, Self::Mean, Self::Median];

    /// Its name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Q75 => "q75",
            Self::Mean => "mean",
            Self::Median => "median",
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// How a gap counts.
    pub accounting: Accounting,
    /// What the price is counted in.
    pub unit: Unit,
    /// How many of it a training costs.
    pub kappa: f64,
    /// What a training costs, in nats a point: both together.
    pub price: f64,
    /// In which world.
    pub world: World,
    /// Whether CUSUM was tuned to a threshold inside its grid; where it was not, it is handicapped.
    pub inside: bool,
    /// What came of it, in the paper.
    pub scores: Vec<Score>,
    interval: u32,
    cusum: f64,
    debt: f64,
}

impl Row {
    /// What the policies are told in this cell, with the threshold that CUSUM is tuned to anew.
    #[must_use]
    pub const fn setting(&self, anew: f64) -> Setting {
        Setting { interval: self.interval, cusum: self.cusum, debt: self.debt, anew }
    }
}

/// The table is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the published table: `{column}` cannot be read")]
pub struct Unreadable {
    /// Which line, from 1.
    pub line: usize,
    /// Which column.
    pub column: String,
}

/// The rows, in their order.
///
/// # Errors
///
/// What cannot be read.
pub fn rows() -> Result<Vec<Row>, Unreadable> {
    let mut lines = TABLE.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let line = |(nth, text): (usize, &'static str)| {
        Line { line: nth.saturating_add(2), fields: names.iter().copied().zip(text.split(',')).collect() }
            .row()
    };
    lines.enumerate().map(line).collect()
}

struct Line<'a> {
    line: usize,
    fields: BTreeMap<&'a str, &'a str>,
}

impl Line<'_> {
    fn row(&self) -> Result<Row, Unreadable> {
        let cusum = self.number("cusum_threshold")?;
        let scores = POLICIES.into_iter().map(|policy| self.score(policy));
        Ok(Row {
            accounting: self.named("accounting", Accounting::ALL, Accounting::name)?,
            unit: self.named("unit", Unit::ALL, Unit::name)?,
            kappa: self.number("kappa")?,
            price: self.number("retrain_cost")?,
            world: self.world()?,
            inside: cusum > EDGE,
            scores: scores.collect::<Result<_, _>>()?,
            interval: self.number("calendar_interval")?,
            cusum,
            debt: self.number("debt_threshold")?,
        })
    }

    fn world(&self) -> Result<World, Unreadable> {
        let shift = self.named("shift", Shift::ALL, Shift::name)?;
        let onset: f64 = self.number("onset_prob")?;
        let worlds = World::all();
        let is = |world: &&World| (onset * 100.0 - f64::from(world.onset_percent)).abs() < 1e-6;
        let found = worlds.iter().filter(|world| world.shift == shift).find(is);
        found.copied().ok_or_else(|| self.unreadable("onset_prob"))
    }

    fn score(&self, policy: &'static str) -> Result<Score, Unreadable> {
        Ok(Score {
            policy,
            objective: self.number(&format!("{policy}_objective"))?,
            error: self.number(&format!("{policy}_se"))?,
            retrains: self.number(&format!("{policy}_retrains"))?,
        })
    }

    fn number<T: FromStr>(&self, column: &str) -> Result<T, Unreadable> {
        let field = self.fields.get(column).and_then(|text| text.parse().ok());
        field.ok_or_else(|| self.unreadable(column))
    }

    fn named<T: Copy, const N: usize>(
        &self,
        column: &str,
        all: [T; N],
        name: fn(T) -> &'static str,
    ) -> Result<T, Unreadable> {
        let is = |one: &T| self.fields.get(column).is_some_and(|text| *text == name(*one));
        all.into_iter().find(is).ok_or_else(|| self.unreadable(column))
    }

    fn unreadable(&self, column: &str) -> Unreadable {
        Unreadable { line: self.line, column: column.to_owned() }
    }
}
