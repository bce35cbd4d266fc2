//! Where AWS is, in a build without it.

use jiff::Timestamp;
use rekindle_decision::facts::Series;
use rekindle_decision::policy::{Alarms, Metric};
use rekindle_decision::signal::AlarmState;
use rekindle_policy::Text;
use rekindle_replay::history::Training;

use super::{Past, Span};

/// There is none: this can be named, and cannot be had.
pub(super) enum Nowhere {}

impl Past for Nowhere {
    fn now(&self) -> Timestamp {
        match *self {}
    }

    fn documents(&mut self, _: &str) -> anyhow::Result<Vec<Text>> {
        match *self {}
    }

    fn values(&mut self, _: &Metric, _: Span, _: bool) -> Series {
        match *self {}
    }

    fn alarm_names(&mut self, _: &Alarms) -> anyhow::Result<Vec<String>> {
        match *self {}
    }

    fn changes(&mut self, _: &str, _: Span) -> anyhow::Result<Vec<(Timestamp, AlarmState)>> {
        match *self {}
    }

    fn trainings(&mut self, _: &str, _: Timestamp) -> anyhow::Result<Vec<Training>> {
        match *self {}
    }
}
