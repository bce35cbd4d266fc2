//! A metric of a story: values with gaps, in few characters.

use anyhow::{Context, bail};
use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use serde::Deserialize;

/// One metric, as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// Start of the first period.
    pub(crate) from: Timestamp,
    /// The values, period by period: `0.91`, `0.91x24` for 24 of them, `0.91+0.01x24` or `0.91-0.01x24` for 24 that
    /// rise or fall by a step, `_` or `_x3` for periods without one, `?` for a value that is not a number.
    pub(crate) values: String,
    /// How many samples each value summarises.
    #[serde(default)]
    pub(crate) samples: Option<f64>,
    /// How long after its period a value can be read; left out: at once.
    #[serde(default)]
    pub(crate) late: Duration,
}

/// A value and when it can be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Arrives {
    pub(crate) at: Timestamp,
    pub(crate) point: Point,
}

impl Written {
    /// Every value, oldest first.
    pub(crate) fn arrivals(&self, period: Duration) -> anyhow::Result<Vec<Arrives>> {
        let mut arrivals = Vec::new();
        let mut at = self.from;
        for word in self.values.split_whitespace() {
            for value in run(word).with_context(|| format!("`{word}` is not a value of a series"))? {
                let end = period.after(at);
                if let Some(value) = value {
                    let point = Point { at, value, samples: self.samples };
                    arrivals.push(Arrives { at: self.late.after(end), point });
                }
                at = end;
            }
        }
        Ok(arrivals)
    }
}

/// Most periods in one word: a year of 5 minutes. More is a slip of the pen.
const MOST: u32 = 105_408;

/// The values that one word stands for.
fn run(word: &str) -> anyhow::Result<Vec<Option<f64>>> {
    let (value, count) = match word.split_once('x') {
        Some((value, count)) => (value, count.parse::<u32>().context("after x stands how many")?),
        None => (word, 1),
    };
    if count == 0 || count > MOST {
        bail!("a value may stand for 1 to {MOST} periods");
    }
    if value == "_" {
        return Ok((0..count).map(|_| None).collect());
    }
    if value == "?" {
        return Ok((0..count).map(|_| Some(f64::NAN)).collect());
    }
    // A sign that is not the first character, nor of an exponent, begins the step.
    let step = value.char_indices().skip(1).find(|(at, letter)| {
        matches!(letter, '+' | '-') && !value.get(..*at).is_some_and(|before| before.ends_with(['e', 'E']))
    });
    let (first, step) = match step {
        Some((at, _)) => value.split_at(at),
        None => (value, "0"),
    };
    let first: f64 = first.parse().context("write a number, `_` or `?`")?;
    let step: f64 = step.parse().context("a step is a number")?;
    Ok((0..count).map(|index| Some(first + step * f64::from(index))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_for_values() {
        assert_eq!(run("0.9").unwrap(), [Some(0.9)]);
        assert_eq!(run("0.9x2").unwrap(), [Some(0.9), Some(0.9)]);
        assert_eq!(run("1+0.5x3").unwrap(), [Some(1.0), Some(1.5), Some(2.0)]);
        assert_eq!(run("-1-0.5x2").unwrap(), [Some(-1.0), Some(-1.5)]);
        assert_eq!(run("1e-3").unwrap(), [Some(0.001)]);
        assert_eq!(run("_x2").unwrap(), [None, None]);
        assert!(run("?").unwrap()[0].unwrap().is_nan());
        for wrong in ["", "x3", "0.9x", "0.9x0", "bad", "1+x2", "0.9x999999"] {
            assert!(run(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_gap_takes_its_period() {
        let from: Timestamp = "2026-11-02T00:00:00Z".parse().unwrap();
        let late = "2h".parse().unwrap();
        let written = Written { from, values: "1 _ 3".into(), samples: Some(9.0), late };
        let told: Vec<String> = written
            .arrivals("1h".parse().unwrap())
            .unwrap()
            .iter()
            .map(|arrives| format!("{} of {} at {}", arrives.point.value, arrives.point.at, arrives.at))
            .collect();
        assert_eq!(
            told,
            [
                "1 of 2026-11-02T00:00:00Z at 2026-11-02T03:00:00Z",
                "3 of 2026-11-02T02:00:00Z at 2026-11-02T05:00:00Z"
            ]
        );
    }
}
