//! From values to pixels.

use super::calendar;
use super::plot::Across;
use crate::report::number::{count, fixed, plain};

/// A value on an axis that is written out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// The value.
    pub(super) at: f64,
    /// As it is written.
    pub(super) label: String,
}

/// Where a value is along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    log: bool,
    /// The least and the greatest value.
    values: (f64, f64),
    /// Where those are, in pixels.
    pixels: (f64, f64),
}

impl Scale {
    /// A linear scale that ends at values that are written out, and those; from a base up, if there is one. None if there
    /// is neither a value nor a base.
    pub(super) fn up(
        values: impl Iterator<Item = f64>,
        base: Option<f64>,
        most: usize,
        pixels: (f64, f64),
    ) -> Option<(Self, Vec<Tick>)> {
        let range = base.map(|base| (base, base));
        let (least, greatest) = values.fold(range, |range, value| {
            Some(range.map_or((value, value), |(least, greatest): (f64, f64)| {
                (least.min(value), greatest.max(value))
            }))
        })?;
        // A line without ups and downs is drawn in the middle.
        let apart = if greatest - least > 1e-9 * greatest.abs().max(least.abs()) {
            greatest - least
        } else {
            greatest.abs().max(1e-6)
        };
        let (least, greatest) = if greatest - least < apart {
            (least - if base.is_some() { 0.0 } else { apart / 2.0 }, greatest + apart / 2.0)
        } else {
            (least, greatest)
        };
        let (step, decimals) = step((greatest - least) / count(most.max(1)));
        let (low, high) = ((least / step).floor(), (greatest / step).ceil());
        let mut ticks = Vec::new();
        let mut nth = low;
        while nth <= high && ticks.len() <= most + 2 {
            ticks.push(Tick { at: nth * step, label: fixed(nth * step, decimals) });
            nth += 1.0;
        }
        Some((Self { log: false, values: (low * step, high * step), pixels }, ticks))
    }

    /// The scale across, and what is written out along it.
    pub(super) fn across(across: &Across, most: usize, pixels: (f64, f64)) -> (Self, Vec<Tick>) {
        match *across {
            Across::Time { from, to } => {
                let span = to.duration_since(from).as_secs_f64().max(1.0);
                (Self { log: false, values: (0.0, span), pixels }, calendar::ticks(from, to, most))
            }
            Across::Price { least, greatest } => {
                let scale = Self { log: true, values: (least, greatest.max(least * 1.01)), pixels };
                (scale, scale.decades(most))
            }
        }
    }

    /// Where a value is, in pixels; what is beyond the ends is at them.
    pub(super) fn at(&self, value: f64) -> f64 {
        self.within(value, 0.0)
    }

    /// Where a value is, in pixels, also if it is beyond the ends, but for what is so far away that nobody can tell.
    pub(super) fn beyond(&self, value: f64) -> f64 {
        self.within(value, 20.0)
    }

    fn within(&self, value: f64, lengths: f64) -> f64 {
        let place = |value: f64| if self.log { libm::log10(value.max(f64::MIN_POSITIVE)) } else { value };
        let (least, greatest) = (place(self.values.0), place(self.values.1));
        let share = ((place(value) - least) / (greatest - least)).clamp(-lengths, 1.0 + lengths);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    /// Powers of ten, with what is between them if there are few.
    fn decades(&self, most: usize) -> Vec<Tick> {
        let (least, greatest) = self.values;
        let inside = |between: &[f64]| {
            let mut ticks = Vec::new();
            let mut power = 1e-12;
            while power <= greatest {
                for factor in between {
                    let at = power * factor;
                    if at >= least * 0.999 && at <= greatest * 1.001 {
                        ticks.push(Tick { at, label: rounded(at) });
                    }
                }
                power *= 10.0;
            }
            ticks
        };
        let finest = [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]];
        let mut ticks = Vec::new();
        for between in finest {
            ticks = inside(between);
            if ticks.len() <= most + 1 {
                return ticks;
            }
        }
        let every = ticks.len().div_ceil(most.max(1)).max(1);
        ticks.into_iter().step_by(every).collect()
    }
}

/// One, two or five times a power of ten, at least so much; and the decimals it needs.
fn step(least: f64) -> (f64, usize) {
    let (mut power, mut decimals) = (1e-9, 9_usize);
    while power * 10.0 <= least && power < 1e15 {
        (power, decimals) = (power * 10.0, decimals.saturating_sub(1));
    }
    for factor in [1.0, 2.0, 5.0] {
        if power * factor >= least * 0.999_999 {
            return (power * factor, decimals);
        }
    }
    (power * 10.0, decimals.saturating_sub(1))
}

/// A round number without zeros at its end.
fn rounded(value: f64) -> String {
    let text = plain(value);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(values: &[f64], base: Option<f64>) -> Vec<String> {
        let (_, ticks) = Scale::up(values.iter().copied(), base, 5, (100.0, 0.0)).unwrap();
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn values_are_written_out_in_round_steps() {
        assert_eq!(up(&[3.0, 655.0], Some(0.0)), ["0", "200", "400", "600", "800"]);
        assert_eq!(up(&[0.118, 0.162], None), ["0.11", "0.12", "0.13", "0.14", "0.15", "0.16", "0.17"]);
        assert_eq!(
            up(&[0.0], Some(0.0)),
            ["0.0000000", "0.0000001", "0.0000002", "0.0000003", "0.0000004", "0.0000005"]
        );
        assert_eq!(up(&[1.04, 2.1], Some(1.0)), ["1.0", "1.5", "2.0", "2.5"]);
        assert!(Scale::up(std::iter::empty(), None, 5, (0.0, 1.0)).is_none());
    }

    #[test]
    fn a_line_without_ups_and_downs_is_in_the_middle() {
        let (scale, _) = Scale::up([0.2, 0.2].into_iter(), None, 5, (100.0, 0.0)).unwrap();
        assert!((scale.at(0.2) - 50.0).abs() < 15.0, "{scale:?}");
    }

    #[test]
    fn prices_are_written_out_by_powers_of_ten() {
        let ticks = |least, greatest| {
            let (_, ticks) = Scale::across(&Across::Price { least, greatest }, 8, (0.0, 100.0));
            ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>()
        };
        assert_eq!(ticks(1.0, 100.0), ["1", "2", "5", "10", "20", "50", "100"]);
        assert_eq!(ticks(0.01, 1_000.0), ["0.01", "0.1", "1", "10", "100", "1,000"]);
        assert_eq!(ticks(5.0, 5.0), ["5"]);
    }
}
