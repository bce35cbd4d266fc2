//! The part on streams.

use std::fmt;

use crate::bench::report::{Report, Standing, mean};

/// The rule that is ours, and the same with constants that were chosen without the stream at hand.
const OURS: (&str, &str) = ("break_even", "break_even left out");

pub(super) fn write(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let (streams, costs) = (report.streams.len(), report.retrain_costs.len());
    writeln!(f, "## Streams of which every outcome is known\n")?;
    writeln!(f, "{streams} streams and {costs} costs of a retrain, seed {}: `rekindle bench`.", report.seed)?;
    writeln!(
        f,
        "Figures are costs in units of the best that could have been done: 1 is out of reach, lower is better."
    )?;
    writeln!(f, "*Worst* is the stream with the greatest mean.")?;
    writeln!(
        f,
        "*Retrains* and *false* are those on `station`, where nothing changes: all, and those beyond the optimum's.\n"
    )?;
    writeln!(
        f,
        "| rule | mean | worst | on | retrains | false | chosen on |\n|---|--:|--:|---|--:|--:|---|"
    )?;
    for Standing { policy, mean, worst, control, chosen_on, .. } in &report.standings {
        write!(f, "| {policy} | {mean:.3} |")?;
        match worst {
            Some(worst) => write!(f, " {:.3} | {} |", worst.mean, worst.stream)?,
            None => write!(f, " | |")?,
        }
        match control {
            Some(control) => write!(f, " {} | {} |", control.retrains, control.false_starts)?,
            None => write!(f, " | |")?,
        }
        writeln!(f, " {chosen_on} |")?;
    }
    writeln!(f, "\n`{}` has one set of constants for all streams, the one that policies have.", OURS.0)?;
    writeln!(
        f,
        "They were settled with these streams in sight; `{}` shows what that is worth: how much evidence is wanted is chosen anew for each stream, on the other {}.",
        OURS.1,
        streams.saturating_sub(1)
    )?;
    by_retrain_cost(f, report)?;
    by_stream(f, report)
}

fn by_retrain_cost(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(
        f,
        "\nThe mean over the streams at each cost of a retrain, in batches whose losses are all 1:\n"
    )?;
    write!(f, "| rule |")?;
    report.retrain_costs.iter().try_for_each(|cost| write!(f, " {cost} |"))?;
    write!(f, "\n|---|")?;
    report.retrain_costs.iter().try_for_each(|_| write!(f, "--:|"))?;
    writeln!(f)?;
    for Standing { policy, by_retrain_cost, .. } in &report.standings {
        write!(f, "| {policy} |")?;
        by_retrain_cost.iter().try_for_each(|mean| write!(f, " {mean:.3} |"))?;
        writeln!(f)?;
    }
    Ok(())
}

fn by_stream(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    writeln!(
        f,
        "\nThe mean over the costs on each stream, beside the best of all rules on that stream that are not break-even:\n"
    )?;
    writeln!(f, "| stream | {} | left out | best other | which |\n|---|--:|--:|--:|---|", OURS.0)?;
    for stream in &report.streams {
        let of = |policy: &str| {
            let cells = report.cells.iter().filter(|cell| cell.stream == *stream && cell.policy == policy);
            mean(cells.map(|cell| cell.ratio))
        };
        let others = report.standings.iter().filter(|standing| !standing.policy.starts_with(OURS.0));
        let others = others.map(|standing| (standing.policy, of(standing.policy)));
        let best = others.reduce(|best, other| if other.1 < best.1 { other } else { best });
        let (which, best) = best.unwrap_or(("", f64::NAN));
        writeln!(f, "| {stream} | {:.3} | {:.3} | {best:.3} | {which} |", of(OURS.0), of(OURS.1))?;
    }
    Ok(())
}
