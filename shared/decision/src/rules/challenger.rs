//! A metric against another model's, period by period.

use super::About;
use super::series::{self, count};
use crate::finding::{Finding, Judgement};
use crate::policy::{Challenger, Worse};

pub(super) fn find(about: About<'_>, rule: &Challenger) -> Finding {
    let window = rule.window(about.facts.now);
    let both = series::read(about, &rule.source, window)
        .and_then(|own| Ok((own, series::second(about, "challenger", &rule.source, window)?)));
    let (own, other) = match both {
        Ok(both) => both,
        Err(finding) => return finding,
    };
    // Newest first, and only the periods that both have.
    let pairs = own.iter().rev().filter_map(|own| {
        let at = other.binary_search_by_key(&own.at, |other| other.at).ok()?;
        Some((own.value, other.get(at)?.value))
    });
    let n = usize::try_from(rule.periods.n).unwrap_or(usize::MAX);
    let pairs: alloc::vec::Vec<(f64, f64)> = pairs.take(n).collect();
    let better = |(own, other): &(f64, f64)| match rule.worse {
        Worse::Higher => own - other > rule.margin,
        Worse::Lower => other - own > rule.margin,
    };
    let (m, values) = (rule.periods.m, count(pairs.len()));
    let better = count(pairs.iter().filter(|pair| better(pair)).count());
    let Some(newest) = pairs.first().copied() else {
        return series::lacking(about, &rule.source, 0, rule.periods.n);
    };
    let judgement =
        Judgement::Challenger { better, values, periods: rule.periods, margin: rule.margin, newest };
    let lacking = rule.periods.n.saturating_sub(values);
    if better >= m {
        Finding::Shown(judgement)
    } else if better.saturating_add(lacking) >= m {
        // The periods that are lacking could make it enough.
        series::lacking(about, &rule.source, pairs.len(), rule.periods.n)
    } else {
        Finding::NotShown(judgement)
    }
}
