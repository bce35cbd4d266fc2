//! What each way would have cost at other prices of a training.

use std::fmt;

use super::cost::{beyond, cut, over_others};
use super::{class, drawing};
use crate::report::chart::{Across, Caption, DOT, Line, Mark, Plot, Point};
use crate::report::number::drawable;
use crate::report::way::{Role, Way};
use crate::report::{AtPrice, Report};

/// What is to be seen.
const SEEN: &str = "What each way would have cost at other prices, in multiples of what the best possible plan would have cost. Lower is better, and 1 cannot be beaten; the dashed line is the price of today.";

/// What is to be seen where the owner's policy was replayed at one price only.
const ONCE: &str = " Your policy was replayed at that price only, and is a dot.";

/// A price below this cannot be on an axis of powers of ten.
const LEAST: f64 = 1e-12;

pub(super) fn section(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let title = "If a training had another price";
    let prices = || report.prices.iter().map(|at| at.retrain_cost).filter(|price| shown(*price));
    let range = || Some((prices().min_by(f64::total_cmp)?, prices().max_by(f64::total_cmp)?));
    let Some((least, greatest)) = range() else { return drawing(f, title, SEEN, None) };
    let today = report.retrain_cost;
    let inside = today >= least && today <= greatest;
    let told = format!("a training costs {}", report.unit.phrase(today));
    let ways = report.ways().into_iter().filter(|way| way.role != Role::Optimum).collect();
    let lines = over_others(ways, |way| line(report, way, inside));
    let owner = lines.last().into_iter().flat_map(|owner| owner.points.iter().map(|(_, times)| *times));
    let cap = beyond(owner.chain([1.0]), 2.0);
    let once = if lines.iter().any(|line| line.class.ends_with(DOT)) { ONCE } else { "" };
    let seen = format!("{SEEN}{once}{}", cut(&lines, cap));
    let plot = Plot {
        caption: Caption { id: "price", title: title.to_owned(), seen: seen.clone() },
        across: Across::Price { least, greatest },
        across_label: format!("price of a training, {} (logarithmic)", report.unit.axis()),
        up_label: format!("times {} optimum", if report.assumed() { "the assumed" } else { "the" }),
        base: Some(1.0),
        cap,
        lines,
        spans: Vec::new(),
        marks: if inside { vec![Mark { at: today, class: "today", told }] } else { Vec::new() },
    };
    drawing(f, title, &seen, (!plot.is_empty()).then_some(&plot))
}

fn shown(price: f64) -> bool {
    drawable(price) && price > LEAST
}

/// A way at all prices, or, if it is known at the price of today alone, there.
fn line(report: &Report, way: &Way<'_>, inside: bool) -> Line {
    let prices = report.prices.iter().filter(|at| shown(at.retrain_cost));
    let known = |at: &AtPrice| at.over_optimum.get(&way.outcome.name).copied().unwrap_or(f64::NAN);
    let points: Vec<Point> = prices.map(|at| (at.retrain_cost, known(at))).collect();
    let (label, class) = (way.label.clone(), class(way.role));
    let (points, class) = if inside && !points.iter().any(|(_, times)| drawable(*times)) {
        (vec![(report.retrain_cost, way.outcome.over_optimum)], class + DOT)
    } else {
        (points, class)
    };
    Line { label, class, points, steps: false }
}
