//! A metric that worsens steadily.

use alloc::vec::Vec;

use super::About;
use super::series;
use crate::detect::{Direction, trend};
use crate::finding::{Finding, Judgement};
use crate::policy::{Trend, Worse};

pub(super) fn find(about: About<'_>, rule: &Trend) -> Finding {
    let values = match series::read(about, &rule.source, rule.window(about.facts.now)) {
        Ok(values) => values,
        Err(finding) => return finding,
    };
    let needed = usize::try_from(rule.periods).unwrap_or(usize::MAX);
    let newest: Vec<f64> = values
        .get(values.len().saturating_sub(needed)..)
        .unwrap_or_default()
        .iter()
        .map(|value| value.value)
        .collect();
    // A trend over fewer values than asked for is another question.
    let Some(found) = trend::Trend::of(&newest).filter(|_| newest.len() == needed) else {
        return series::lacking(about, &rule.source, newest.len(), rule.periods);
    };
    let (direction, sign) = match rule.worse {
        Worse::Higher => (Direction::Up, 1.0),
        Worse::Lower => (Direction::Down, -1.0),
    };
    let worsening = series::finite(sign * found.slope * f64::from(rule.periods.saturating_sub(1)));
    let judgement = Judgement::Trend {
        values: rule.periods,
        worsening,
        at_least: rule.at_least,
        confidence: 1.0 - found.p_value(direction),
        needed: rule.confidence,
    };
    let enough = worsening > 0.0 && worsening >= rule.at_least;
    if enough && found.is_significant(direction, rule.confidence) {
        Finding::Shown(judgement)
    } else {
        Finding::NotShown(judgement)
    }
}
