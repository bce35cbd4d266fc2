//! What a model that was never deployed would have lost: not in any history, so assumed, and said how.
//!
//! A history holds what the deployed model scored, and no word of what a fresher one would have scored at that time. So this
//! assumes that the loss of a model in a period is what the period makes every model lose, and more by the same amount for
//! each period of its age:
//!
//! ```text
//! loss of a model of age a in period t  =  x(t) + s (a - a(t))
//! ```
//!
//! x(t) is the loss that was measured, a(t) the age of the model it was measured of, both in periods since its training
//! began, and s, nought or more, how much a model loses in each period it ages. Of the deployed model this is what was
//! measured. s is the median slope over pairs of values within the life of one model ([Theil-Sen](super::theil_sen)): what
//! happens between two models says nothing about ageing. Within a life, ageing and a world that grows harder for every model
//! cannot be told apart, so s takes both; a world that grows harder makes trainings look better than they are.

use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::Point;
use rekindle_decision::policy::Worse;

use super::Training;
use super::lives::{Life, at, lives};
use super::theil_sen::{self, Slope};

/// How values become losses, and when models served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct How {
    /// Length of a period.
    pub period: Duration,
    /// Which way is worse: values of which lower is worse are turned round.
    pub worse: Worse,
    /// How long after its training a model serves.
    pub serves_after: Duration,
}

/// What any model would have lost in any period, by an assumed ageing.
///
/// A matrix over trained and served periods that is never written down: each cell is found in the time of two binary
/// searches. [`World::assumed`](crate::replay::World::assumed) takes it as `Arc::new(move |model, period| ageing.loss(model,
/// period))`, with [`start`](Self::start), [`periods`](Self::periods) and [`text`](Self::text).
#[derive(Debug, Clone, PartialEq)]
pub struct Ageing {
    start: Timestamp,
    how: How,
    losses: Vec<(i64, f64)>,
    lives: Vec<Life>,
    fitted: Option<Slope>,
}

impl Ageing {
    /// Fits it to the measured values, oldest first and one a period, of models that were trained as told; nothing where
    /// there are no values. Values that are not finite are none.
    #[must_use]
    pub fn fit(points: &[Point], trainings: &[Training], how: How) -> Option<Self> {
        let start = points.first()?.at;
        let period = i64::try_from(how.period.seconds()).unwrap_or(i64::MAX).max(1);
        let losses: Vec<(i64, f64)> = points
            .iter()
            .filter(|point| point.value.is_finite())
            .map(|point| {
                let since = point.at.as_second().saturating_sub(start.as_second());
                (since.div_euclid(period), sign(how.worse) * point.value)
            })
            .collect();
        let lives = lives(start, how.period, trainings, how.serves_after);
        let fitted = theil_sen::slope(&stretches(&losses, &lives));
        Some(Self { start, how, losses, lives, fitted })
    }

    /// Start of the first period, which has the number nought.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// How many periods there are, with those that have no value.
    #[must_use]
    pub fn periods(&self) -> usize {
        let last = self.losses.last().and_then(|(period, _)| usize::try_from(*period).ok());
        last.map_or(0, |last| last.saturating_add(1))
    }

    /// What the model that was trained when a period was over would have lost in a later one, both by their numbers. Nothing
    /// where no loss was measured, or where the model was not yet trained.
    ///
    /// Losses are in the metric's unit; where lower values are worse, a loss is a value times minus one. By a line without an
    /// end, a model may lose less than can be lost: what is compared are differences, and cutting off would change them.
    #[must_use]
    pub fn loss(&self, trained: usize, period: usize) -> Option<f64> {
        let (trained, period) = (i64::try_from(trained).ok()?, i64::try_from(period).ok()?);
        if trained >= period {
            return None;
        }
        let measured = self.measured_at(period)?;
        let deployed = at(&self.lives, period)?.trained;
        // Of their ages, `period - trained` and `period - deployed`, the difference.
        #[expect(clippy::cast_precision_loss, reason = "a number of periods")]
        let older = deployed.saturating_sub(trained) as f64;
        Some(measured + self.worsening() * older)
    }

    /// What the deployed model lost in a period, where that was measured.
    #[must_use]
    pub fn measured(&self, period: usize) -> Option<f64> {
        self.measured_at(i64::try_from(period).ok()?)
    }

    fn measured_at(&self, period: i64) -> Option<f64> {
        let found = self.losses.binary_search_by_key(&period, |(period, _)| *period).ok()?;
        self.losses.get(found).map(|(_, loss)| *loss)
    }

    /// How much more a model loses with each period of its age, nought or more.
    #[must_use]
    pub fn worsening(&self) -> f64 {
        self.slope().max(0.0)
    }

    /// How much more, as it was measured: less than nought where models got better with age.
    #[must_use]
    pub fn slope(&self) -> f64 {
        self.fitted.map_or(0.0, |fitted| fitted.median)
    }

    /// How many models served while there were values.
    #[must_use]
    pub fn models(&self) -> usize {
        stretches(&self.losses, &self.lives).iter().filter(|stretch| !stretch.is_empty()).count()
    }

    /// What was fitted, and on how many values, in words.
    #[must_use]
    pub fn text(&self) -> String {
        let (values, models, period) = (self.losses.len(), self.models(), self.how.period);
        let on = format!("{} of {}", counted(values, "value"), counted(models, "model"));
        let Some(Slope { median, compared, pairs }) = self.fitted else {
            return format!("nothing could be fitted on {on}: losses count as the same at every age");
        };
        let of = if compared < pairs { format!("{compared} of {pairs} pairs") } else { counted_pairs(pairs) };
        let on = format!("the median slope over {of} within the life of one model (Theil-Sen), on {on}");
        let way = match self.how.worse {
            Worse::Higher => "rises",
            Worse::Lower => "falls",
        };
        if median > 0.0 {
            format!("the value {way} by {} with every {period} that a model ages: {on}", six(median))
        } else {
            format!("the value counts as the same at every age: {on}")
        }
    }

    /// What a person should know before they believe it.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.lives.len() < 2 {
            warnings.push(
                "the history has no training: every value counts as of one model that was trained when the history begins, \
                 and everything else that changed with time counts as its ageing"
                    .to_owned(),
            );
        }
        match self.fitted {
            None => warnings.push(
                "no model has two values in its life: how models age cannot be told, and no training can be seen to help"
                    .to_owned(),
            ),
            Some(Slope { median, .. }) if median <= 0.0 => warnings.push(format!(
                "models did not get worse with age (slope {}): nought is taken, by which a fresher model would have lost as \
                 much, and no training can be seen to help",
                six(median)
            )),
            Some(_) => {}
        }
        warnings
    }
}

/// What makes a loss of a value.
const fn sign(worse: Worse) -> f64 {
    match worse {
        Worse::Higher => 1.0,
        Worse::Lower => -1.0,
    }
}

/// The losses within each life.
fn stretches<'a>(losses: &'a [(i64, f64)], lives: &[Life]) -> Vec<&'a [(i64, f64)]> {
    let place = |period: i64| losses.partition_point(|(at, _)| *at < period);
    lives.iter().filter_map(|life| losses.get(place(life.from)..place(life.until))).collect()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn counted_pairs(pairs: u64) -> String {
    if pairs == 1 { "1 pair".to_owned() } else { format!("{pairs} pairs") }
}

/// A number in six digits at most.
fn six(number: f64) -> String {
    let short = format!("{number:.5e}").parse::<f64>().unwrap_or(number);
    // Minus nought is nought.
    (short + 0.0).to_string()
}
