//! A table with values of metrics, changes of alarms or trainings: what its columns are called, and what its rows say.

use jiff::Timestamp;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::Metric;
use rekindle_decision::signal::AlarmState;

use super::collected::Collected;
use super::keys::{Keys, UnknownKey};
use super::{AlarmChange, Training};

/// What stands in one place of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// A text, perhaps of a number or an instant.
    Text(String),
    /// A number.
    Number(f64),
    /// An instant.
    At(Timestamp),
}

/// Something wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The column, counted from nought, where it is about one.
    pub(super) column: Option<usize>,
    pub(super) what: String,
    pub(super) hint: String,
}

/// The columns of a table, by their number from nought.
#[derive(Debug)]
pub(super) enum Columns {
    /// `time,metric,value` and perhaps `samples`.
    Long { time: usize, metric: usize, value: usize, samples: Option<usize> },
    /// `time` and the metrics.
    Wide { time: usize, series: Vec<Wide> },
    /// `time,alarm,state`.
    Alarms { time: usize, alarm: usize, state: usize },
    /// `time,training,took`.
    Trainings { time: usize, took: usize },
}

/// A metric that has a column of its own, and perhaps one for its numbers of samples.
#[derive(Debug)]
pub(super) struct Wide {
    metric: Metric,
    value: usize,
    samples: Option<usize>,
}

/// Ends the name of a column that has the numbers of samples of a metric with a column of its own.
const SAMPLES: &str = ".samples";

/// What tables there are.
const FORMS: &str = "a table has the columns `time,metric,value` and perhaps `samples`, or `time` and one for each metric, or \
                     `time,alarm,state`, or `time,training,took`";

/// What times there are.
const TIMES: &str = "write it as 2026-11-02T03:00:00Z, with its offset, or in seconds since 1970";

impl Columns {
    pub(super) fn of(headers: &[String], keys: &Keys) -> Result<Self, Wrong> {
        let place = |name: &str| headers.iter().position(|header| header == name);
        if let Some((again, header)) =
            headers.iter().enumerate().find(|(at, header)| place(header).is_some_and(|first| first < *at))
        {
            let what = format!("there are two columns `{header}`");
            return Err(Wrong { column: Some(again), what, hint: "take one of them out".to_owned() });
        }
        let Some(time) = place("time") else {
            let what = format!("there is no column `time`; there are {}", headers.join(", "));
            return Err(Wrong { column: None, what, hint: FORMS.to_owned() });
        };
        if let (Some(metric), Some(value)) = (place("metric"), place("value")) {
            only(headers, &["time", "metric", "value", "samples"])?;
            return Ok(Self::Long { time, metric, value, samples: place("samples") });
        }
        if let (Some(alarm), Some(state)) = (place("alarm"), place("state")) {
            only(headers, &["time", "alarm", "state"])?;
            return Ok(Self::Alarms { time, alarm, state });
        }
        if let (Some(_), Some(took)) = (place("training"), place("took")) {
            only(headers, &["time", "training", "took"])?;
            return Ok(Self::Trainings { time, took });
        }
        let mut series = Vec::new();
        for (at, header) in headers.iter().enumerate().filter(|(at, _)| *at != time) {
            let samples = header.strip_suffix(SAMPLES);
            if samples.is_some_and(|of| headers.iter().any(|header| header == of)) {
                continue;
            }
            let metric = keys.metric(samples.unwrap_or(header)).map_err(|unknown| wrong(at, unknown))?;
            if samples.is_some() {
                let what = format!("`{header}` has no column of values beside it");
                return Err(Wrong { column: Some(at), what, hint: FORMS.to_owned() });
            }
            let samples = place(&format!("{header}{SAMPLES}"));
            series.push(Wide { metric: metric.clone(), value: at, samples });
        }
        if series.is_empty() {
            let what = "there is a column `time`, and no other".to_owned();
            return Err(Wrong { column: None, what, hint: FORMS.to_owned() });
        }
        Ok(Self::Wide { time, series })
    }

    /// Takes a row into what was collected.
    pub(super) fn take(&self, row: &[Cell], keys: &Keys, into: &mut Collected) -> Result<(), Wrong> {
        match self {
            Self::Long { time, metric, value, samples } => {
                let at = instant(row, *time)?;
                let name = text(row, *metric, "a metric's name")?;
                let known = keys.metric(&name).map_err(|unknown| wrong(*metric, unknown))?;
                into.point(known, point(row, at, *value, *samples)?);
            }
            Self::Wide { time, series } => {
                let at = instant(row, *time)?;
                for Wide { metric, value, samples } in series {
                    // In a wide table every row has a place for every metric: an empty one says nothing.
                    if cell(row, *value) != &Cell::Empty {
                        into.point(metric, point(row, at, *value, *samples)?);
                    }
                }
            }
            Self::Alarms { time, alarm, state } => {
                let (at, name) = (instant(row, *time)?, text(row, *alarm, "an alarm's name")?);
                let word = text(row, *state, "a state")?;
                let known = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];
                let state = known.into_iter().find(|state| state.word() == word).ok_or_else(|| Wrong {
                    column: Some(*state),
                    what: format!("`{word}` is not the state of an alarm"),
                    hint: "write OK, ALARM or INSUFFICIENT_DATA".to_owned(),
                })?;
                into.alarm(AlarmChange { at, name, state });
            }
            Self::Trainings { time, took } => {
                let began = instant(row, *time)?;
                let took = text(row, *took, "a duration")?.parse().map_err(
                    |error: rekindle_decision::duration::NotADuration| Wrong {
                        column: Some(*took),
                        what: error.to_string(),
                        hint: "it is how long the training took, from when it began".to_owned(),
                    },
                )?;
                into.training(&Training { began, took });
            }
        }
        Ok(())
    }
}

fn only(headers: &[String], known: &[&str]) -> Result<(), Wrong> {
    if let Some(nameless) = headers.iter().position(String::is_empty) {
        let what = "a column without a name".to_owned();
        let hint =
            "take it out; pandas writes its index so, and none with `to_csv(file, index=False)`".to_owned();
        return Err(Wrong { column: Some(nameless), what, hint });
    }
    match headers.iter().enumerate().find(|(_, header)| !known.contains(&header.as_str())) {
        None => Ok(()),
        Some((at, header)) => Err(Wrong {
            column: Some(at),
            what: format!("there is no column `{header}` beside {}", known.join(", ")),
            hint: rekindle_policy::nearest(header, known.iter().copied())
                .map_or_else(|| "take it out".to_owned(), |meant| format!("did you mean `{meant}`?")),
        }),
    }
}

fn wrong(column: usize, unknown: UnknownKey) -> Wrong {
    Wrong { column: Some(column), what: unknown.to_string(), hint: unknown.hint }
}

fn cell(row: &[Cell], column: usize) -> &Cell {
    row.get(column).unwrap_or(&Cell::Empty)
}

fn point(row: &[Cell], at: Timestamp, value: usize, samples: Option<usize>) -> Result<Point, Wrong> {
    let value = number(row, value)?.unwrap_or(f64::NAN);
    let samples = samples.map_or(Ok(None), |samples| number(row, samples))?;
    Ok(Point { at, value, samples: samples.filter(|samples| samples.is_finite()) })
}

/// A number; nothing for a place that is empty.
fn number(row: &[Cell], column: usize) -> Result<Option<f64>, Wrong> {
    let wrong = |told: &str| Wrong {
        column: Some(column),
        what: format!("`{told}` is not a number"),
        hint: "write it as 0.91 or 9.1e-1, or leave the place empty".to_owned(),
    };
    match cell(row, column) {
        Cell::Empty => Ok(None),
        Cell::Number(number) => Ok(Some(*number)),
        Cell::Text(text) => text.trim().parse().map(Some).map_err(|_| wrong(text)),
        Cell::At(at) => Err(wrong(&at.to_string())),
    }
}

fn text(row: &[Cell], column: usize, what: &str) -> Result<String, Wrong> {
    match cell(row, column) {
        Cell::Text(text) => Ok(text.trim().to_owned()),
        Cell::Number(number) => Ok(number.to_string()),
        Cell::At(at) => Ok(at.to_string()),
        Cell::Empty => Err(Wrong {
            column: Some(column),
            what: format!("{what} is missing"),
            hint: "every row needs one".to_owned(),
        }),
    }
}

/// An instant: as such, as RFC 3339, or as seconds since 1970.
fn instant(row: &[Cell], column: usize) -> Result<Timestamp, Wrong> {
    let wrong = |told: &str, hint: &str| Wrong {
        column: Some(column),
        what: format!("`{told}` is not a time"),
        hint: hint.to_owned(),
    };
    let of_seconds = |seconds: f64, told: &str| {
        let milliseconds = (seconds * 1_000.0).round();
        #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates, and jiff refuses")]
        Timestamp::from_millisecond(milliseconds as i64)
            .ok()
            .filter(|_| seconds.is_finite())
            .ok_or_else(|| wrong(told, "a time in numbers is in seconds since 1970, not in milliseconds"))
    };
    match cell(row, column) {
        Cell::At(at) => Ok(*at),
        Cell::Number(seconds) => of_seconds(*seconds, &seconds.to_string()),
        Cell::Empty => Err(wrong("", "every row needs one")),
        Cell::Text(text) => {
            let text = text.trim();
            match text.parse::<f64>() {
                Ok(seconds) => of_seconds(seconds, text),
                Err(_) => text.parse().map_err(|_| wrong(text, TIMES)),
            }
        }
    }
}
