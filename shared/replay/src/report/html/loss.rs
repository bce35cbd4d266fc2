//! What the owner's model and the freshest one would have lost.

use std::fmt;

use rekindle_decision::explain::Minute;

use super::drawing;
use crate::report::chart::{Across, Caption, Line, Plot, Point, Span};
use crate::report::number::{count, length};
use crate::report::{Duration, Held, Report};

pub(super) fn section(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let title = "Loss over time";
    let seen = if report.spans().is_empty() {
        "What your policy's model and the freshest possible one lose in each period; a triangle is a training that was started."
    } else {
        "What your policy's model and the freshest possible one lose in each period; a triangle is a training that was started, a shaded span is time in which one was wanted and held back."
    };
    let line = |label: &str, class: &str, loss: &[f64]| Line {
        label: label.to_owned(),
        class: class.to_owned(),
        points: steps(report, loss),
        steps: true,
    };
    let plot = Plot {
        caption: Caption { id: "loss", title: title.to_owned(), seen: seen.to_owned() },
        across: report.time(),
        across_label: "UTC".to_owned(),
        up_label: "loss, in the metric's unit".to_owned(),
        base: None,
        cap: f64::INFINITY,
        lines: vec![
            line(&report.label("freshest model"), "fresh", &report.fresh),
            line("your policy", "owner", &report.policy.loss),
        ],
        spans: report.spans(),
        marks: report.marks(),
    };
    drawing(f, title, seen, (!plot.is_empty()).then_some(&plot))
}

/// Each value from its period's start, and last the end of the last period.
fn steps(report: &Report, loss: &[f64]) -> Vec<Point> {
    let period = report.span().signed().as_secs_f64() / count(loss.len().max(1));
    let end = (period * count(loss.len()), f64::NAN);
    let start = |(nth, value): (usize, &f64)| (period * count(nth), *value);
    loss.iter().enumerate().map(start).chain([end]).collect()
}

impl Report {
    /// The axis of time.
    pub(super) fn time(&self) -> Across {
        Across::Time { from: self.from, to: self.to }
    }

    /// The spans in which the owner's policy was held back.
    pub(super) fn spans(&self) -> Vec<Span> {
        let span = |Held { from, to, by }: &Held| Span {
            from: self.place(*from),
            to: self.place(*to),
            label: by.clone(),
            told: format!(
                "held back by {by} for {}, from {} to {}",
                length(Duration::between(*from, *to)),
                Minute(*from),
                Minute(*to)
            ),
        };
        self.held.iter().map(span).collect()
    }
}
