//! ADWIN: a window of the past that is cut wherever its two parts differ.
//!
//! Bifet and Gavaldà, "Learning from time-changing data with adaptive windowing" (2007), the second version, which keeps
//! an exponential histogram instead of the values. Parameters, defaults and arithmetic are those of `ADWIN` of the
//! river library, which it equals step for step.
//!
//! The bound is a normal approximation, and is made for means between nought and one: where the mean is in another
//! unit, divide it by its range first, or the part of the bound that does not depend on the spread is far too small or
//! far too large.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::{Batch, Direction, Reading};

/// The parameters of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The chance of a false alarm at one look. Default 0.002. Outside nought to one nothing is an alarm.
    pub delta: f64,
    /// At every how many periods the window is looked at. Default 32; nought counts as one.
    pub clock: u32,
    /// How many buckets of one size are kept before two are merged. Default 5; below two it counts as two, for with one
    /// of each size hardly any cut could be told from the next.
    pub max_buckets: u32,
    /// How many periods each part must have to be compared. Default 5; nought counts as one.
    pub min_window_length: u32,
    /// How many periods the window must exceed to be looked at. Default 10.
    pub grace_period: u32,
    /// Which way the mean must have moved to be an alarm. Default both, as in the library.
    ///
    /// The window is cut either way, since what came before a change for the better is no longer the past.
    pub direction: Direction,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            delta: 0.002,
            clock: 32,
            max_buckets: 5,
            min_window_length: 5,
            grace_period: 10,
            direction: Direction::Both,
        }
    }
}

/// The adaptive window over the mean of each period; every period has the same weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Adwin {
    settings: Settings,
    /// Buckets by size: those in row `i` hold 2^i periods each, the oldest of a row first. A later row is older.
    rows: Vec<VecDeque<Bucket>>,
    width: f64,
    total: f64,
    /// The squared deviations from the mean of the window, added up.
    squares: f64,
    ticks: u64,
    reading: Option<Reading>,
}

/// Neighbouring periods of which only what they add up to is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bucket {
    total: f64,
    squares: f64,
}

impl Adwin {
    /// A window that has seen nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let settings = Settings {
            clock: settings.clock.max(1),
            max_buckets: settings.max_buckets.max(2),
            min_window_length: settings.min_window_length.max(1),
            ..settings
        };
        let (width, total, squares) = (0.0, 0.0, 0.0);
        Self { settings, rows: Vec::new(), width, total, squares, ticks: 0, reading: None }
    }

    /// Adds one more period, and says whether it raises an alarm.
    pub fn step(&mut self, batch: Batch) -> bool {
        let Some(mean) = batch.mean() else { return false };
        self.insert(mean);
        self.merge();
        self.ticks = self.ticks.saturating_add(1);
        self.ticks.is_multiple_of(u64::from(self.settings.clock))
            && self.width > f64::from(self.settings.grace_period)
            && self.look()
    }

    /// How many periods the window holds.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// The mean of the window; nothing while it is empty.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.width > 0.0).then(|| self.total / self.width)
    }

    /// How far the newer part of the window was from the older one, in the direction that counts, and how far was too
    /// far, at the cut that was nearest to an alarm when the window was last looked at; nothing before that.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        self.reading
    }

    fn insert(&mut self, mean: f64) {
        let before = self.width;
        self.width += 1.0;
        if before > 0.0 {
            let deviation = mean - self.total / before;
            self.squares += before * deviation * deviation / self.width;
        }
        self.total += mean;
        push(&mut self.rows, 0, Bucket { total: mean, squares: 0.0 });
    }

    /// Where a row holds too many buckets, its two oldest become one in the next.
    fn merge(&mut self) {
        let most = usize::try_from(self.settings.max_buckets).unwrap_or(usize::MAX);
        let mut size = 1.0;
        let mut row = 0;
        while let Some(buckets) = self.rows.get_mut(row)
            && buckets.len() > most
            && let (Some(first), Some(second)) = (buckets.pop_front(), buckets.pop_front())
        {
            let difference = first.total / size - second.total / size;
            let between = size * size * difference * difference / (size + size);
            let squares = first.squares + second.squares + between;
            row = row.saturating_add(1);
            push(&mut self.rows, row, Bucket { total: first.total + second.total, squares });
            size += size;
        }
    }

    /// Drops the oldest bucket for as long as some cut shows a difference, and says whether one counts.
    fn look(&mut self) -> bool {
        self.reading = None;
        let mut alarm = false;
        while let Some((reading, differs)) = self.compare() {
            alarm |= reading.statistic > reading.level;
            self.reading = Some(self.reading.map_or(reading, |before| before.nearer(reading)));
            if !differs {
                break;
            }
            self.drop_oldest();
        }
        alarm
    }

    /// Compares the parts at each cut, from the oldest on, up to the first that differ.
    ///
    /// The reading is that of the cut nearest to an alarm. If the parts differ the way that counts, it is theirs.
    fn compare(&self) -> Option<(Reading, bool)> {
        let least = f64::from(self.settings.min_window_length);
        let (mut older, mut older_total) = (0.0, 0.0);
        let (mut newer, mut newer_total) = (self.width, self.total);
        let mut nearest: Option<Reading> = None;
        let mut size = sizes().zip(&self.rows).last().map_or(0.0, |(size, _)| size);
        for buckets in self.rows.iter().rev() {
            for bucket in buckets {
                older += size;
                newer -= size;
                older_total += bucket.total;
                newer_total -= bucket.total;
                if older < least || newer < least {
                    continue;
                }
                let change = newer_total / newer - older_total / older;
                let level = self.bound(older, newer);
                let reading = Reading { statistic: self.settings.direction.pick(change, -change), level };
                let nearer = nearest.map_or(reading, |before| before.nearer(reading));
                if change.abs() > level {
                    return Some((nearer, true));
                }
                nearest = Some(nearer);
            }
            size /= 2.0;
        }
        nearest.map(|reading| (reading, false))
    }

    /// How far the means of two parts of so many periods may be apart.
    fn bound(&self, older: f64, newer: f64) -> f64 {
        let Settings { delta, min_window_length, .. } = self.settings;
        // At nought the bound is infinite by itself.
        if !(0.0..1.0).contains(&delta) {
            return f64::INFINITY;
        }
        let least = f64::from(min_window_length);
        let doubt = libm::log(2.0 * libm::log(self.width) / delta);
        let parts = 1.0 / (older - least + 1.0) + 1.0 / (newer - least + 1.0);
        libm::sqrt(2.0 * parts * (self.squares / self.width) * doubt) + 2.0 / 3.0 * doubt * parts
    }

    fn drop_oldest(&mut self) {
        let Some((size, buckets)) = sizes().zip(&mut self.rows).last() else { return };
        if let Some(oldest) = buckets.pop_front() {
            self.width -= size;
            self.total -= oldest.total;
            let difference = oldest.total / size - self.total / self.width;
            let between = size * self.width * difference * difference / (size + self.width);
            self.squares -= oldest.squares + between;
        }
        if buckets.is_empty() {
            self.rows.pop();
        }
    }
}

/// How many periods a bucket holds, row by row.
fn sizes() -> impl Iterator<Item = f64> {
    core::iter::successors(Some(1.0), |size| Some(size + size))
}

fn push(rows: &mut Vec<VecDeque<Bucket>>, row: usize, bucket: Bucket) {
    match rows.get_mut(row) {
        Some(buckets) => buckets.push_back(bucket),
        None => rows.push(VecDeque::from([bucket])),
    }
}
