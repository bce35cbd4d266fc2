//! The part on the promise.

use std::fmt;

use crate::guarantee::{Report, Tally};

pub(super) fn write(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(f, "\n## The promise of break-even with a measured reference\n")?;
    writeln!(
        f,
        "{} random worlds in which fresher models are never worse (seed {}): `rekindle bench --guarantee`.",
        report.all.instances, report.seed
    )?;
    writeln!(
        f,
        "The promise is at most `2 + d` times the optimum, where `d` is the largest excess that the rule paid in one period, in prices."
    )?;
    writeln!(
        f,
        "*Above* counts the worlds in which it cost more; the other two are the largest cost in parts of the promise, and of the optimum.\n"
    )?;
    writeln!(f, "| worlds | how many | above | of the promise | of the optimum |\n|---|--:|--:|--:|--:|")?;
    for (shape, tally) in &report.shapes {
        line(f, shape, tally)?;
    }
    line(f, &"all", &report.all)
}

fn line(f: &mut fmt::Formatter<'_>, name: &dyn fmt::Display, tally: &Tally) -> fmt::Result {
    let Tally { instances, above, largest_of_bound, largest_ratio } = tally;
    writeln!(f, "| {name} | {instances} | {above} | {largest_of_bound:.3} | {largest_ratio:.3} |")
}
