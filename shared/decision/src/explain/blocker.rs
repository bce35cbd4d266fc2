//! What stands in the way, in words: what it is, in which numbers, and what to do where time alone does not help.

use core::fmt;

use super::{Minute, count, figure};
use crate::ruling::{Blocker, Shortage};

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suspended { by_hand: None } => {
                f.write_str("the policy is suspended; change its mode to go on")
            }
            Self::Suspended { by_hand: Some(suspension) } => {
                let by = suspension.by.as_deref().unwrap_or("somebody");
                write!(f, "{by} suspended the model {}", Minute(suspension.at))?;
                if let Some(reason) = &suspension.reason {
                    write!(f, " ({reason})")?;
                }
                match suspension.until {
                    Some(until) => write!(f, ", until {}", Minute(until)),
                    None => f.write_str("; resume it to go on"),
                }
            }
            Self::InFlight { generation, since, waiting: None, .. } => {
                write!(f, "generation {generation} has been in flight since {}", Minute(*since))
            }
            Self::InFlight { generation, since, waiting: Some(waiting), .. } => write!(
                f,
                "generation {generation} has been waiting to start since {} ({waiting})",
                Minute(*since)
            ),
            Self::Cooldown { until, started, cooldown } => {
                write!(f, "cooldown of {cooldown} until {} (started {})", Minute(*until), Minute(*started))
            }
            Self::Blind { trigger, finding } => write!(f, "{trigger} cannot be told: {finding}"),
            Self::Blackout { until, opens } => {
                write!(f, "blackout until {} ({opens})", Minute(*until))
            }
            Self::Budget { fleet, spent, run, amount, per, until } => {
                match fleet {
                    Some(fleet) => write!(f, "the budget of fleet {fleet}")?,
                    None => f.write_str("the budget")?,
                }
                if run > amount {
                    // Waiting would be in vain.
                    let per = per.word();
                    return write!(
                        f,
                        ", {amount} a {per}, is less than one run costs, {run}; change one of them"
                    );
                }
                write!(
                    f,
                    ", {amount} a {}, has {} left and a run costs {run}; the next {} begins {}",
                    per.word(),
                    amount.less(*spent),
                    per.word(),
                    Minute(*until)
                )
            }
            Self::BudgetUnread { fleet, gap } => {
                write!(f, "what fleet {fleet} has spent is not known: {gap}")
            }
            Self::Data(shortage) => write!(f, "{shortage}"),
            Self::Backoff { until, failures } => write!(
                f,
                "{} in a row; waiting until {}",
                count(*failures, "failed training"),
                Minute(*until)
            ),
            Self::GivenUp { failures } => write!(
                f,
                "given up after {} in a row; mend the cause, then close the breaker, or ask for a training with force",
                count(*failures, "failed training")
            ),
            Self::Futile { trainings, best, min_gain } => write!(
                f,
                "the last {} gained {} at best and {} is asked for; look for another cause, then close the \
                 breaker, change the policy, or ask for a training with force",
                count(*trainings, "training"),
                figure(*best),
                figure(*min_gain)
            ),
            Self::FutileUnread { gap } => write!(f, "whether the last trainings helped is not known: {gap}"),
            Self::MaxStarts { until, starts, within } => {
                write!(f, "{} within {within}, no more until {}", count(*starts, "start"), Minute(*until))
            }
            Self::MinAge { until, trained } => write!(
                f,
                "the model was trained {} and is to serve until {} at least",
                Minute(*trained),
                Minute(*until)
            ),
            Self::Approval { decision } => {
                write!(f, "a person must agree: confirm decision {decision}")
            }
            Self::Ledger { error } => write!(f, "the ledger cannot be read: {error}"),
            Self::Refused { at, code, message, until } => {
                write!(f, "SageMaker refused this start at {} ({code}: {message}); ", Minute(*at))?;
                match until {
                    Some(until) => {
                        write!(f, "it is tried again at {}, should input have been late", Minute(*until))
                    }
                    None => f.write_str(
                        "mend it, then change the policy, close the breaker, or ask for a training by hand",
                    ),
                }
            }
        }
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLittle { have, need } => {
                let (have, need) = (figure(*have), figure(*need));
                write!(f, "{have} of {need} needed to learn from has arrived since the last training")
            }
            Self::TooOld { newest, age, allowed } => write!(
                f,
                "the newest data to learn from is of {}, {age} old, and {allowed} is allowed",
                Minute(*newest)
            ),
            Self::Nothing => f.write_str("no data to learn from has arrived"),
            Self::Unread { gap } => write!(f, "how much there is to learn from is not known: {gap}"),
        }
    }
}
