//! A history in the making: what several files and answers tell, in any order and perhaps twice.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::Metric;
use rekindle_decision::signal::{AlarmState, Signal};

use super::{AlarmChange, History, Training};

/// A history in the making: what several files and answers tell, in any order and perhaps twice.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    series: BTreeMap<Metric, BTreeMap<Timestamp, Point>>,
    alarms: BTreeMap<(Timestamp, String), AlarmState>,
    signals: Vec<(Timestamp, Signal)>,
    /// Where the signals of each identity stand.
    identities: BTreeMap<String, Vec<usize>>,
    trainings: BTreeMap<Timestamp, Duration>,
    left_out: LeftOut,
}

/// What was told and is not in the history.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Values that another value of the same period replaced, which was told later.
    pub replaced: u64,
    /// Values that are not a number.
    pub without_value: u64,
    /// Lines of a log that are no decisions.
    pub not_decisions: u64,
    /// Decisions of a log about other models.
    pub other_models: u64,
    /// Series of a log that the policy does not name, by their name, and in how many decisions.
    pub unknown: BTreeMap<String, u64>,
}

impl Collected {
    /// A value. It belongs to the period its instant lies in, and of two in one period the one told last counts. One that is
    /// not a finite number is none.
    pub fn point(&mut self, metric: &Metric, point: Point) {
        if !point.value.is_finite() {
            self.left_out.without_value += 1;
            return;
        }
        if !self.series.contains_key(metric) {
            self.series.insert(metric.clone(), BTreeMap::new());
        }
        let Some(series) = self.series.get_mut(metric) else { return };
        let at = period_of(metric, point.at);
        let mut point = Point { at, ..point };
        if let Some(before) = series.get(&at) {
            if before.value.total_cmp(&point.value).is_eq() {
                // Somebody who does not know the number of samples takes nothing back.
                point.samples = point.samples.or(before.samples);
            } else {
                self.left_out.replaced += 1;
            }
        }
        series.insert(at, point);
    }

    /// An alarm's change of state. Of two of one alarm at one instant the one told last counts.
    pub fn alarm(&mut self, change: AlarmChange) {
        self.alarms.insert((change.at, change.name), change.state);
    }

    /// An event that wakes a function. One that is told twice is one; an alarm's is a change of the alarm.
    pub fn signal(&mut self, at: Timestamp, signal: Signal) {
        if let Signal::Alarmed(change) = signal {
            return self.alarm(AlarmChange { at: change.since, name: change.name, state: change.state });
        }
        // Two of one identity that say different things are two: an event whose sender gave it no id has that of its instant.
        if let Some(identity) = signal.identity() {
            let told = self.identities.entry(identity).or_default();
            if told.iter().any(|nth| self.signals.get(*nth).is_some_and(|(_, told)| *told == signal)) {
                return;
            }
            told.push(self.signals.len());
        }
        self.signals.push((at, signal));
    }

    /// A training that ended well. Of two that began at one instant the one told last counts.
    pub fn training(&mut self, training: &Training) {
        self.trainings.insert(training.began, training.took);
    }

    /// What was left out of it until now.
    #[must_use]
    pub const fn left_out(&self) -> &LeftOut {
        &self.left_out
    }

    pub(super) const fn leaves_out(&mut self) -> &mut LeftOut {
        &mut self.left_out
    }

    /// All of it, oldest first.
    #[must_use]
    pub fn history(self) -> History {
        let Self { series, alarms, mut signals, trainings, .. } = self;
        signals.sort_by_key(|(at, _)| *at);
        let alarms = alarms.into_iter().map(|((at, name), state)| AlarmChange { at, name, state });
        let trainings = trainings.into_iter().map(|(began, took)| Training { began, took });
        History {
            series: series
                .into_iter()
                .map(|(metric, points)| (metric, points.into_values().collect()))
                .collect(),
            alarms: alarms.collect(),
            signals,
            trainings: trainings.collect(),
        }
    }
}

/// Start of the period of a metric that an instant lies in.
fn period_of(metric: &Metric, at: Timestamp) -> Timestamp {
    let period = i64::try_from(metric.period.seconds()).unwrap_or(i64::MAX).max(1);
    let start = at.as_second().div_euclid(period).saturating_mul(period);
    Timestamp::from_second(start).unwrap_or(Timestamp::MIN)
}
