//! What each way would have cost so far.

use std::fmt;

use super::{class, drawing};
use crate::report::chart::{Caption, Line, Plot, Point};
use crate::report::number::{count, drawable};
use crate::report::way::{Role, Way};
use crate::report::{Report, Unit};

pub(super) fn section(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let title = "Cost so far";
    let totals =
        [Some(&report.policy), report.optimum()].into_iter().flatten().map(|outcome| &outcome.cumulative);
    let cap = beyond(totals.flatten().copied(), 1.5);
    let lines = over_others(report.ways(), |way| line(report, way));
    let seen = format!(
        "What each way would have cost until then, trainings and losses together.{}",
        cut(&lines, cap)
    );
    let plot = Plot {
        caption: Caption { id: "cost", title: title.to_owned(), seen: seen.clone() },
        across: report.time(),
        across_label: "UTC".to_owned(),
        up_label: report.unit.axis().to_owned(),
        base: Some(0.0),
        cap,
        lines,
        spans: Vec::new(),
        marks: Vec::new(),
    };
    drawing(f, title, &seen, (!plot.is_empty()).then_some(&plot))
}

/// Above what a drawing is cut off: so many times the greatest of the values that matter most.
pub(super) fn beyond(values: impl Iterator<Item = f64>, times: f64) -> f64 {
    match values.filter(|value| drawable(*value)).fold(0.0, f64::max) {
        greatest if greatest > 0.0 => greatest * times,
        _ => f64::INFINITY,
    }
}

/// Says so if lines end above a drawing.
pub(super) fn cut(lines: &[Line], cap: f64) -> &'static str {
    let last = |line: &Line| line.points.iter().rev().find(|(_, value)| drawable(*value)).copied();
    let over = |line: &Line| last(line).is_some_and(|(_, value)| value > cap);
    if lines.iter().any(over) {
        " A name with an arrow belongs to a line that goes on above the drawing."
    } else {
        ""
    }
}

/// Lines for ways, the owner's last, so that it is drawn over the others.
pub(super) fn over_others<'a>(ways: Vec<Way<'a>>, line: impl Fn(&Way<'a>) -> Line) -> Vec<Line> {
    let (owner, others): (Vec<_>, Vec<_>) = ways.into_iter().partition(|way| way.role == Role::Owner);
    others.iter().chain(&owner).map(line).collect()
}

fn line(report: &Report, way: &Way<'_>) -> Line {
    let values = &way.outcome.cumulative;
    let period = report.span().signed().as_secs_f64() / count(values.len().max(1));
    let end = |(nth, value): (usize, &f64)| (period * count(nth + 1), *value);
    let points: Vec<Point> = [(0.0, 0.0)].into_iter().chain(values.iter().enumerate().map(end)).collect();
    let points = if values.is_empty() { Vec::new() } else { points };
    Line { label: way.label.clone(), class: class(way.role), points, steps: false }
}

impl Unit {
    /// What is written above an axis of costs.
    pub(super) fn axis(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Periods => "units of the loss",
        }
    }
}
