//! What each way would have cost at other prices of a training.

use std::fmt;

use super::cost::{beyond, cut, over_others};
use super::{class, drawing};
use crate::report::Report;
use crate::report::chart::{Across, Caption, Line, Mark, Plot};
use crate::report::number::drawable;
use crate::report::way::{Role, Way};

/// What is to be seen.
const SEEN: &str = "How much more than the best possible plan each way would have cost. Lower is better, and zero cannot be beaten; the dashed line is the price of today.";

pub(super) fn section(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let over = if report.assumed() { "the assumed optimum" } else { "the optimum" };
    let title = format!("If a training had another price: cost over {over}");
    let ways = report.ways().into_iter().filter(|way| way.role != Role::Optimum).collect();
    let prices =
        || report.prices.iter().map(|at| at.retrain_cost).filter(|price| drawable(*price) && *price > 1e-12);
    let range = || Some((prices().min_by(f64::total_cmp)?, prices().max_by(f64::total_cmp)?));
    let Some((least, greatest)) = range() else { return drawing(f, &title, SEEN, None) };
    let today = report.retrain_cost;
    let inside = today >= least && today <= greatest;
    let told = format!("a training costs {}", report.unit.phrase(today));
    let lines = over_others(ways, |way| line(report, way));
    let owner = lines.last().into_iter().flat_map(|owner| owner.points.iter().map(|(_, over)| *over));
    let cap = beyond(owner, 3.0);
    let seen = format!("{SEEN}{}", cut(&lines, cap));
    let plot = Plot {
        caption: Caption { id: "price", title: title.clone(), seen: seen.clone() },
        across: Across::Price { least, greatest },
        across_label: format!("price of a training, {} (logarithmic)", report.unit.axis()),
        up_label: report.unit.axis().to_owned(),
        zero: true,
        cap,
        lines,
        spans: Vec::new(),
        marks: if inside { vec![Mark { at: today, class: "today", told }] } else { Vec::new() },
    };
    drawing(f, &title, &seen, (!plot.is_empty()).then_some(&plot))
}

fn line(report: &Report, way: &Way<'_>) -> Line {
    let prices = report.prices.iter().filter(|at| drawable(at.retrain_cost) && at.retrain_cost > 1e-12);
    let over = prices
        .map(|at| (at.retrain_cost, at.over_optimum.get(&way.outcome.name).copied().unwrap_or(f64::NAN)));
    Line { label: way.label.clone(), class: class(way.role), points: over.collect(), steps: false }
}
