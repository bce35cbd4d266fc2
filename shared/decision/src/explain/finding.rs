//! What was found, in words and numbers.

use core::fmt;

use jiff::Timestamp;

use super::{Minute, count, figure, rounded};
use crate::facts::Gap;
use crate::finding::{Age, Arrived, Finding, Judgement, Lacking, Measure, Monitored};
use crate::policy::{Limit, MOutOfN};

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TickDue { at } => write!(f, "scheduled for {}", Minute(*at)),
            Self::TickAnswered { at, next, cancelled, .. } => {
                let by = if *cancelled { "cancelled" } else { "answered by a later start" };
                write!(f, "the tick of {} was {by}", Minute(*at))?;
                write_next(f, *next)
            }
            Self::TickMissed { at, deadline, next } => {
                write!(f, "the tick of {} was wanted until {} and is dropped", Minute(*at), Minute(*deadline))?;
                write_next(f, *next)
            }
            Self::NoTick { next } => {
                f.write_str("no tick since the last start")?;
                write_next(f, *next)
            }
            Self::InAlarm { alarm, since } => write!(f, "alarm {alarm} in ALARM since {}", Minute(*since)),
            Self::NotInAlarm { alarm, since, claimed: None } => {
                write!(f, "alarm {alarm} OK since {}", Minute(*since))
            }
            Self::NotInAlarm { alarm, since, claimed: Some(claimed) } => write!(
                f,
                "an event said that alarm {alarm} went to ALARM at {}, but CloudWatch says OK since {}",
                Minute(*claimed),
                Minute(*since)
            ),
            Self::AlarmUnclear { alarm, state, suppressed_by: None } => {
                write!(f, "alarm {alarm} is {}", state.word())
            }
            Self::AlarmUnclear { alarm, state, suppressed_by: Some(by) } => {
                write!(f, "alarm {alarm} is {} with its actions suppressed ({by})", state.word())
            }
            Self::AlarmSettling { alarm, since, until } => write!(
                f,
                "alarm {alarm} in ALARM since {}, counts from {}",
                Minute(*since),
                Minute(*until)
            ),
            Self::NoSuchAlarm { alarm } => write!(f, "there is no alarm named {alarm}"),
            Self::MonitorFired(run) | Self::MonitorQuiet(run) => write!(f, "{run}"),
            Self::MonitorUnclear(run) => {
                write!(f, "{run} and says nothing of the data; look for the reason in SageMaker")
            }
            Self::NoMonitorRun { schedule } => {
                write!(f, "no run of monitoring schedule {schedule} has finished")
            }
            Self::Arrived(arrived) | Self::Arriving(arrived) => write!(f, "{arrived}"),
            Self::Settling { arrived, until } => {
                write!(f, "{arrived}; counts from {} if nothing more comes", Minute(*until))
            }
            Self::DataAsAsked { passed, at } | Self::DataOtherwise { passed, at } => {
                write!(f, "the data {} at {}", if *passed { "passed" } else { "failed" }, Minute(*at))
            }
            Self::Breached(measure) | Self::Within(measure) => write!(f, "{measure}"),
            Self::TooFewValues(measure) => {
                write!(f, "{} in {}", count(measure.values, "value"), count(measure.periods.n, "period"))
            }
            Self::Stale { newest, age, freshness } => {
                write!(f, "newest value is of {}, {age} old, and {freshness} is allowed", Minute(*newest))
            }
            Self::NoBaseline { lacking } => write!(f, "{lacking}"),
            Self::Shown(judgement) | Self::NotShown(judgement) => write!(f, "{judgement}"),
            Self::TooEarly { values, needed, until } => write!(
                f,
                "{} since the model serves, {needed} needed; early until {}",
                count(*values, "mature value"),
                Minute(*until)
            ),
            Self::TooFew { values, needed } => {
                write!(f, "{} since the model serves, {needed} needed", count(*values, "mature value"))
            }
            Self::NoResult { ruleset } => write!(f, "no result of ruleset {ruleset} has come yet"),
            Self::Uncounted { values } => write!(
                f,
                "{}, and of none is it known how many losses it stands for; write `trials` into the policy",
                count(*values, "value")
            ),
            Self::TooOld(age) | Self::YoungEnough(age) => write!(f, "{age}"),
            Self::AgeUnknown => f.write_str(
                "when the model was trained is not known; write `trained` into the policy, or ask for a training by hand",
            ),
            Self::NoLimit => f.write_str("the policy's limit is not a number; mend the policy"),
            Self::Unread { gap } => write!(f, "{gap}"),
        }
    }
}

fn write_next(f: &mut fmt::Formatter<'_>, next: Option<Timestamp>) -> fmt::Result {
    match next {
        Some(next) => write!(f, ", the next is {}", Minute(next)),
        None => Ok(()),
    }
}

impl fmt::Display for Monitored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schedule, status, scheduled } = self;
        write!(f, "the run of monitoring schedule {schedule} of {} ended {status}", Minute(*scheduled))
    }
}

impl fmt::Display for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} arrived since the last start", self.count, self.needed)?;
        if self.needed_bytes > 0 {
            write!(f, ", {} of {} bytes", self.bytes, self.needed_bytes)?;
        }
        match self.last {
            Some(last) => write!(f, ", the newest {}", Minute(last)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Values { values, needed } => write!(
                f,
                "the baseline needs {} since the last training, and there {} {values}",
                count(*needed, "value"),
                if *values == 1 { "is" } else { "are" }
            ),
            Self::History => f.write_str(
                "the first values since the last training are older than the history that is read; write a longer \
                 `history`",
            ),
            Self::Trained => f.write_str(
                "the baseline begins with the last training, and when that was is not known; write `trained` into the \
                 policy",
            ),
            Self::Training => f.write_str(
                "the baseline is what the last training reported, and none of ours has ended well yet; ask for one by hand",
            ),
            Self::Reported { metric } => {
                write!(f, "the last training reported no metric {metric} to measure from; check the name")
            }
        }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trained {}, {} old, and {} is allowed", Minute(self.trained), self.age, self.allowed)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Below(limit) => write!(f, "below {}", rounded(*limit)),
            Self::Above(limit) => write!(f, "above {}", rounded(*limit)),
            Self::Outside(low, high) => write!(f, "outside {} to {}", rounded(*low), rounded(*high)),
            Self::Fallen(..) => f.write_str("fallen from the baseline"),
            Self::Risen(..) => f.write_str("risen from the baseline"),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MOutOfN { m, n } = self.periods;
        write!(f, "{} of {} {}, {m} needed", self.breaching, count(n, "period"), self.limit)?;
        // Fewer values than periods: the reader must know that the verdict stands on fewer than it seems.
        let few = self.values < n;
        match self.newest.map(rounded) {
            Some(newest) if few => write!(f, " (newest {newest}, {}", count(self.values, "value"))?,
            Some(newest) => write!(f, " (newest {newest}")?,
            None => f.write_str(" (no values")?,
        }
        match self.baseline {
            Some(baseline) => write!(f, ", baseline {})", figure(baseline)),
            None => f.write_str(")"),
        }
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trend { values, worsening, at_least, confidence, needed } => {
                let (way, size) =
                    if *worsening < 0.0 { ("better", -*worsening) } else { ("worse", *worsening) };
                write!(f, "{} {way} over {}", figure(size), count(*values, "value"))?;
                if *at_least > 0.0 {
                    write!(f, " ({} needed)", figure(*at_least))?;
                }
                write!(f, ", confidence {confidence:.3} of {needed} needed")
            }
            Self::Challenger { better, values, periods, margin, newest: (own, other) } => write!(
                f,
                "the challenger was better by more than {} in {better} of {}, {} needed (newest {} against {})",
                rounded(*margin),
                count(*values, "period"),
                periods.m,
                rounded(*other),
                rounded(*own)
            ),
            // Neither number is ever nought once there is something to compare.
            Self::Detector { method, periods, statistic, level, since: None }
                if *statistic <= 0.0 && *level <= 0.0 =>
            {
                let periods = count(*periods, "period");
                write!(f, "{method} has nothing to compare yet after {periods} since the last training")
            }
            Self::Detector { method, periods, statistic, level, since: None } => write!(
                f,
                "{method} at {} of {} after {} since the last training",
                figure(*statistic),
                figure(*level),
                count(*periods, "period")
            ),
            Self::Detector { method, periods, statistic, level, since: Some(since) } => write!(
                f,
                "{method} raised its alarm in the period of {} ({} of {} after {} since the last training)",
                Minute(*since),
                figure(*statistic),
                figure(*level),
                count(*periods, "period")
            ),
            Self::BreakEven { excess, ahead, cost, reference, periods, share } => {
                write!(
                    f,
                    "staying stale has cost {excess:.2} USD in {} since the last training and {ahead:.2} USD more \
                     are ahead, a training costs {cost:.2} USD (a fresh model loses {}",
                    count(*periods, "period"),
                    figure(*reference)
                )?;
                if *share < 1.0 {
                    write!(f, "; trainings save {:.0} % of what is above it", share * 100.0)?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartialData => f.write_str("CloudWatch gave only a part of the data"),
            Self::InternalError => f.write_str("CloudWatch could not answer"),
            Self::Forbidden => f.write_str("reading it is forbidden; check the function's role"),
            Self::Failed { error } => write!(f, "reading it failed: {error}"),
            Self::NotAsked => f.write_str("it was not read"),
        }
    }
}
