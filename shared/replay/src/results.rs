//! All benchmarks on one page, in Markdown: `RESULTS.md`, which is made anew and compared before each change is taken.

mod debt;
mod guarantee;
mod streams;

use std::fmt;

/// What came of each benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// Rules on streams of which every outcome is known.
    pub streams: crate::bench::report::Report,
    /// The published simulation.
    pub debt: crate::debt::Report,
    /// The promise of the measured account.
    pub guarantee: crate::guarantee::Report,
}

impl Results {
    /// Whether everything is as it must be, whatever the figures are.
    #[must_use]
    pub fn hold(&self) -> bool {
        self.debt.check.holds() && self.guarantee.holds()
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Results\n")?;
        writeln!(f, "This page is what `cargo run --release -- bench --results` prints.")?;
        writeln!(
            f,
            "`.ci/run` makes it anew and compares, so that no figure here is older than the code.\n"
        )?;
        streams::write(f, &self.streams)?;
        debt::write(f, &self.debt)?;
        guarantee::write(f, &self.guarantee)
    }
}
