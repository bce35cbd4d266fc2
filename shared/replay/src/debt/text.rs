//! The report as text.

use std::fmt;

use super::contenders::CONTENDERS;
use super::play::Accounting;
use super::published::Unit;
use super::report::{AGAINST, Report};
use super::summary::{Group, Summary};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Learning-debt benchmark (arXiv 2604.06438): {} paths of each of 16 worlds (seed {}), 18 prices",
            self.paths, self.seed
        )?;
        for accounting in Accounting::ALL {
            for against in AGAINST {
                self.table(f, accounting, against)?;
            }
        }
        self.quiet(f)?;
        self.tuned(f)?;
        self.port(f)
    }
}

impl Report {
    fn table(&self, f: &mut fmt::Formatter<'_>, accounting: Accounting, against: &str) -> fmt::Result {
        writeln!(
            f,
            "\nCost in parts of {against}'s, {}, mean of the cells with a shift; (cells in which it is lower)\n",
            accounting.name()
        )?;
        write!(f, "  {:<22}", "")?;
        let of = |summary: &&Summary| summary.accounting == accounting && summary.against == against;
        for group in Group::ALL {
            let cells = self.summaries.iter().filter(of).find(|summary| summary.group == group);
            let head = format!("{group} {}", cells.map_or(0, |summary| summary.cells));
            write!(f, "{head:>15}")?;
        }
        writeln!(f)?;
        for contender in CONTENDERS {
            let line: Vec<_> =
                self.summaries.iter().filter(of).filter(|one| one.policy == contender.name).collect();
            if line.is_empty() {
                continue;
            }
            write!(f, "  {:<22}", contender.name)?;
            for one in &line {
                write!(f, "{:>9.4} ({:>3})", one.ratio, one.wins)?;
            }
            writeln!(f)?;
            if line.iter().any(|one| one.published.is_some()) {
                write!(f, "  {:<22}", "  published")?;
                for (ratio, wins) in line.iter().filter_map(|one| one.published.zip(one.published_wins)) {
                    write!(f, "{ratio:>9.4} ({wins:>3})")?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }

    /// What is trained although nothing shifts.
    fn quiet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nTrainings on a path without a shift, by the price in units of q75\n")?;
        for (nth, contender) in CONTENDERS.iter().enumerate() {
            let retrains = self.retrains_without_shift(Unit::Q75, contender.name);
            if nth == 0 {
                write!(f, "  {:<22}", "")?;
                retrains.iter().try_for_each(|(kappa, _)| write!(f, "{kappa:>9}"))?;
                writeln!(f)?;
            }
            write!(f, "  {:<22}", contender.name)?;
            retrains.iter().try_for_each(|(_, count)| write!(f, "{count:>9.1}"))?;
            writeln!(f)?;
        }
        Ok(())
    }

    fn tuned(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nThresholds of cusum_anew (seed {}); * = at the end of its grid\n", self.tuning_seed)?;
        for accounting in Accounting::ALL {
            for unit in Unit::ALL {
                write!(f, "  {:<22}", format!("{}, {}", accounting.name(), unit.name()))?;
                let of = self.chosen.iter().filter(|one| one.accounting == accounting && one.unit == unit);
                for one in of {
                    let mark = if one.inside { "" } else { "*" };
                    write!(f, "{:>9}", format!("{:.4}{mark}", one.threshold))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }

    /// Whether it is the published simulation.
    fn port(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nAgainst the published cells, in standard errors of the difference\n")?;
        for one in &self.check.deviations {
            let mark = if one.holds { "" } else { "  TOO FAR" };
            writeln!(
                f,
                "  {:<10}{:<22}{} cells: largest {:.2}, standard deviation {:.2}{mark}",
                one.accounting.name(),
                one.policy,
                one.cells,
                one.largest,
                one.spread
            )?;
        }
        writeln!(
            f,
            "\nSigned cost in parts of cusum_tuned's, where other sets of paths say that it must be\n"
        )?;
        for one in &self.check.intervals {
            let mark = if one.holds { "" } else { "  OUTSIDE" };
            let (group, policy) = (one.group, one.policy);
            writeln!(
                f,
                "  {group:<10}{policy:<22}{:.4} in {:.4} to {:.4}{mark}",
                one.ratio, one.least, one.most
            )?;
        }
        let verdict = if self.check.holds() { "This is" } else { "This is NOT" };
        writeln!(f, "\n{verdict} the published simulation.")
    }
}
