//! The report, for people.

use std::fmt::{self, Formatter};

use super::report::{Report, Standing};
use super::streams::CONTROL;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (streams, costs) = (self.streams.len(), self.retrain_costs.len());
        let (of_streams, of_costs) = (many(streams, "stream"), many(costs, "retrain cost"));
        writeln!(
            f,
            "{of_streams} x {of_costs} = {} cells, seed {}",
            streams.saturating_mul(costs),
            self.seed
        )?;
        writeln!(
            f,
            "Cost in units of the best that could have been done: 1 is out of reach, lower is better."
        )?;
        writeln!(f)?;
        self.overview(f)?;
        writeln!(f)?;
        self.by_retrain_cost(f)
    }
}

impl Report {
    fn overview(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = self.width();
        let stream = self.streams.iter().map(String::len).max().unwrap_or(0).max("stream".len());
        let is_controlled = self.streams.iter().any(|stream| stream == CONTROL);
        write!(f, "{:width$}  {:>6}  {:>6}  {:stream$}", "policy", "mean", "worst", "stream")?;
        if is_controlled {
            write!(f, "  {:>8}  {:>5}", "retrains", "false")?;
        }
        writeln!(f, "  chosen on")?;
        for standing in &self.standings {
            let Standing { policy, mean, worst, control, chosen_on, .. } = standing;
            let (at, worst) = worst.as_ref().map_or(("", f64::NAN), |worst| (&worst.stream, worst.mean));
            write!(f, "{policy:width$}  {mean:>6.3}  {worst:>6.3}  {at:stream$}")?;
            if let Some(control) = control {
                write!(f, "  {:>8}  {:>5}", control.retrains, control.false_starts)?;
            }
            writeln!(f, "  {chosen_on}")?;
        }
        if is_controlled {
            writeln!(f)?;
            writeln!(f, "worst: the stream with the greatest mean over the retrain costs.")?;
            writeln!(f, "retrains: on `{CONTROL}`, where nothing changes, over all retrain costs.")?;
            writeln!(f, "false: of these, the retrains beyond those of the optimum.")?;
        }
        Ok(())
    }

    fn by_retrain_cost(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = self.width();
        writeln!(f, "The mean over the streams at each retrain cost, in batches whose losses are all 1:")?;
        writeln!(f)?;
        write!(f, "{:width$}", "policy")?;
        for cost in &self.retrain_costs {
            write!(f, "  {cost:>6}")?;
        }
        for Standing { policy, by_retrain_cost, .. } in &self.standings {
            write!(f, "\n{policy:width$}")?;
            for mean in by_retrain_cost {
                write!(f, "  {mean:>6.3}")?;
            }
        }
        writeln!(f)
    }

    /// Of the first column.
    fn width(&self) -> usize {
        self.standings.iter().map(|standing| standing.policy.len()).max().unwrap_or(0).max("policy".len())
    }
}

/// How many there are of a thing.
fn many(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
