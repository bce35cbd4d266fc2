//! The report as text.

use std::fmt;

use super::{Report, Tally};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "The promise of break-even with a measured reference: {} random worlds, seed {}",
            self.all.instances, self.seed
        )?;
        writeln!(f, "Fresher models are never worse in them; the promise is (2 + d) x the optimum.\n")?;
        writeln!(
            f,
            "{:<12} {:>9} {:>6} {:>14} {:>13}",
            "shape", "worlds", "above", "of the promise", "of optimum"
        )?;
        for (shape, tally) in &self.shapes {
            line(f, shape, tally)?;
        }
        line(f, &"all", &self.all)?;
        writeln!(f, "\nabove: worlds in which the rule cost more than was promised.")?;
        writeln!(f, "of the promise, of optimum: the largest cost as a multiple of each.")?;
        let verdict = if self.holds() { "The promise was kept." } else { "The promise was NOT kept." };
        writeln!(f, "{verdict}")
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &dyn fmt::Display, tally: &Tally) -> fmt::Result {
    let Tally { instances, above, largest_of_bound, largest_ratio } = tally;
    writeln!(f, "{name:<12} {instances:>9} {above:>6} {largest_of_bound:>14.3} {largest_ratio:>13.3}")
}
