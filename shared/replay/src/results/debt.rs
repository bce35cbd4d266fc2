//! The part on the learning-debt benchmark.

use std::fmt;

use crate::debt::{Accounting, CONTENDERS, Group, Report, Summary};

/// The paper's baseline, and the same with a fair chance.
const AGAINST: [(&str, &str); 2] =
    [("cusum_tuned", "CUSUM as the paper tuned it"), ("cusum_anew", "CUSUM tuned anew on a finer grid")];

pub(super) fn write(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(f, "\n## Learning debt\n")?;
    writeln!(
        f,
        "The simulation of arXiv 2604.06438 with {} paths of each world (seed {}): `rekindle bench --debt`.",
        report.paths, report.seed
    )?;
    writeln!(
        f,
        "Figures are the mean of the cost in parts of another rule's over the cells in which something shifts, and in brackets the cells in which it is lower."
    )?;
    writeln!(
        f,
        "*Inside* are the cells in which the paper's CUSUM has a threshold inside its grid; *published* is what the paper's own table gives."
    )?;
    for accounting in Accounting::ALL {
        for (against, words) in AGAINST {
            writeln!(f, "\nAgainst {words}; gaps count {}:\n", accounting.name())?;
            table(f, report, accounting, against)?;
        }
    }
    let verdict = if report.check.holds() { "holds" } else { "DOES NOT HOLD" };
    writeln!(f, "\nThe check that this is the published simulation, cell by cell, {verdict}.")
}

fn table(f: &mut fmt::Formatter<'_>, report: &Report, accounting: Accounting, against: &str) -> fmt::Result {
    let of = |policy: &str| -> Vec<&Summary> {
        let of = report.summaries.iter().filter(|one| one.accounting == accounting);
        of.filter(|one| one.against == against && one.policy == policy).collect()
    };
    write!(f, "| rule |")?;
    for group in Group::ALL {
        let cells = report.summaries.iter().find(|one| one.group == group).map_or(0, |one| one.cells);
        write!(f, " {group} {cells} |")?;
    }
    writeln!(f, "\n|---|--:|--:|--:|--:|--:|")?;
    for contender in CONTENDERS {
        let own = of(contender.name);
        if own.is_empty() {
            continue;
        }
        write!(f, "| {} |", contender.name)?;
        own.iter().try_for_each(|one| write!(f, " {:.3} ({}) |", one.ratio, one.wins))?;
        writeln!(f)?;
        if own.iter().any(|one| one.published.is_some()) {
            write!(f, "| published |")?;
            for one in own {
                match one.published.zip(one.published_wins) {
                    Some((ratio, wins)) => write!(f, " {ratio:.3} ({wins}) |")?,
                    None => write!(f, " |")?,
                }
            }
            writeln!(f)?;
        }
    }
    Ok(())
}
