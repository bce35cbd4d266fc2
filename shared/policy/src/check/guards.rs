//! What may stand in the way of a start.

use rekindle_decision::duration::Duration;
use rekindle_decision::policy::{AfterFailure, AfterFutility, Budget, Data, Guards, MaxStarts};
use rekindle_decision::schedule::{Kind, Window};
use rekindle_decision::state::State;

use super::metric::{self, Late};
use super::question::from_nought;
use super::{fill, trigger};
use crate::document::{
    AfterFailureText, AfterFutilityText, BlackoutText, BudgetText, DataText, Document, FleetBudgetText,
    GuardsText, MaxStartsText,
};
use crate::fault::{Fault, Spot};

const HOUR: Duration = Duration::from_seconds(3_600);
const DAY: Duration = Duration::from_seconds(86_400);

pub(super) fn guards(written: &GuardsText, faults: &mut Vec<Fault>) -> Guards {
    let spot = Spot::of(["guards"]);
    let blackout = written.blackout.iter().enumerate();
    Guards {
        cooldown: written.cooldown.unwrap_or(Guards::COOLDOWN),
        in_flight: written.in_flight,
        freshness: written.freshness,
        blackout: blackout
            .filter_map(|(at, window)| blackout_window(window, &spot.at("blackout").item(at), faults))
            .collect(),
        budgets: budgets(written, &spot, faults),
        data: written.data.as_ref().map(|data| self::data(data, &spot.at("data"), faults)),
        after_failure: written
            .after_failure
            .map(|after| after_failure(after, &spot.at("after_failure"), faults)),
        after_futility: written
            .after_futility
            .as_ref()
            .map(|after| after_futility(after, &spot.at("after_futility"), faults)),
        max_starts: written.max_starts.map(|most| max_starts(most, &spot.at("max_starts"), faults)),
        min_age: written.min_age,
        max_age: written.max_age,
        ask_first: written.ask_first,
        blind_for: written.blind_for.unwrap_or(Guards::BLIND_FOR),
    }
}

fn blackout_window(written: &BlackoutText, spot: &Spot, faults: &mut Vec<Fault>) -> Option<Window> {
    if written.length.seconds() == 0 {
        faults.push(spot.at("for").fault("a blackout of 0s is none").hint("write such as `for: 12h`"));
    }
    // The field is called cron: its six fields alone say enough.
    let text = written.cron.as_str();
    let text = if text.contains('(') { text.to_owned() } else { format!("cron({text})") };
    let opens = trigger::expression(&text, written.timezone.as_deref(), spot, "cron", faults)?;
    if opens.kind() == Kind::Rate {
        let fault = spot.at("cron").fault("a rate does not say when the blackout opens");
        faults.push(fault.hint("write a time on the clock, such as `cron(0 18 ? * FRI *)`"));
        return None;
    }
    Some(Window { opens, length: written.length })
}

/// Starts that are counted one by one: a limit beyond them would never hold anything.
const COUNTED: u64 = State::STARTS as u64;

fn budgets(written: &GuardsText, spot: &Spot, faults: &mut Vec<Fault>) -> Vec<Budget> {
    let runs = |budget: &BudgetText| budget.amount.micros().checked_div(budget.per_run.micros());
    if let Some(runs) = written.budget.as_ref().and_then(runs).filter(|runs| *runs > COUNTED) {
        let fault = spot
            .at("budget")
            .at("amount")
            .fault(format!("the budget is of {runs} runs, and the newest {COUNTED} are counted"));
        faults.push(fault.hint("write it for a shorter span, or as a `fleet_budget` of this model alone"));
    }
    let own = written.budget.as_ref().map(|BudgetText { amount, per, per_run, mode }| Budget {
        fleet: None,
        amount: *amount,
        per: *per,
        per_run: *per_run,
        mode: *mode,
    });
    let fleet = written.fleet_budget.as_ref().map(|written| {
        let FleetBudgetText { fleet, amount, per, per_run, mode } = written;
        let spot = spot.at("fleet_budget").at("fleet");
        if fleet.trim().is_empty() {
            faults.push(spot.fault("the name of the fleet is empty"));
        }
        fill::only_model(fleet, &spot, faults);
        Budget { fleet: Some(fleet.clone()), amount: *amount, per: *per, per_run: *per_run, mode: *mode }
    });
    own.into_iter().chain(fleet).collect()
}

fn data(written: &DataText, spot: &Spot, faults: &mut Vec<Fault>) -> Data {
    let late = Late { label_delay: written.label_delay, min_samples: None, history: written.history };
    let source = metric::source(&written.metric, late, spot, faults);
    metric::counts(&written.metric, &spot.at("metric"), faults);
    from_nought(written.at_least, &spot.at("at_least"), faults);
    Data { source, at_least: written.at_least, max_age: written.max_age }
}

fn after_failure(written: AfterFailureText, spot: &Spot, faults: &mut Vec<Fault>) -> AfterFailure {
    let after = AfterFailure {
        wait: written.wait.unwrap_or(HOUR),
        times: written.times.unwrap_or(2),
        // A longer first wait is the longest one, unless the owner says otherwise.
        up_to: written.up_to.unwrap_or_else(|| DAY.max(written.wait.unwrap_or_default())),
        give_up_after: written.give_up_after.unwrap_or(5),
    };
    if after.times == 0 {
        let fault = spot.at("times").fault("a wait 0 times as long is none");
        faults.push(fault.hint("write 1 to wait as long after each, or 2 to double it"));
    }
    if after.up_to < after.wait {
        let message = format!("the longest wait, {}, is shorter than the first, {}", after.up_to, after.wait);
        faults.push(spot.at("up_to").fault(message).hint(format!("write at least {}", after.wait)));
    }
    after
}

fn after_futility(written: &AfterFutilityText, spot: &Spot, faults: &mut Vec<Fault>) -> AfterFutility {
    let late =
        Late { label_delay: written.label_delay, min_samples: written.min_samples, history: written.history };
    let source = metric::source(&written.metric, late, spot, faults);
    from_nought(written.min_gain, &spot.at("min_gain"), faults);
    for (field, number) in [("give_up_after", written.give_up_after), ("compare", written.compare)] {
        if number == Some(0) {
            faults.push(spot.at(field).fault("0 is too few").hint("write a number from 1 upward"));
        }
    }
    let (least, most) = (AfterFutility::LEAST, AfterFutility::MOST);
    match written.compare {
        Some(compare @ 1..) if compare < least && written.min_samples.is_none() => {
            let message = format!("{compare} before and {compare} after cannot be told from chance");
            let hint = format!(
                "write {least} or more; or `min_samples`, if the metric is a share of the samples it counts"
            );
            faults.push(spot.at("compare").fault(message).hint(hint));
        }
        Some(compare) if compare > most => {
            let message = format!("each of {compare} values would be compared with each of the others");
            faults.push(spot.at("compare").fault(message).hint(format!("write {most} or fewer")));
        }
        Some(_) | None => {}
    }
    AfterFutility {
        source,
        worse: written.worse,
        min_gain: written.min_gain,
        give_up_after: written.give_up_after.unwrap_or(3),
        compare: written.compare.unwrap_or(24),
    }
}

fn max_starts(written: MaxStartsText, spot: &Spot, faults: &mut Vec<Fault>) -> MaxStarts {
    let MaxStartsText { starts, within } = written;
    if starts == 0 {
        let fault = spot.at("starts").fault("0 starts would be no training at all");
        faults.push(fault.hint("write `mode: suspended` to hold everything"));
    }
    if u64::from(starts) > COUNTED {
        let fault = spot
            .at("starts")
            .fault(format!("the newest {COUNTED} starts are counted, and {starts} are more"));
        faults.push(fault.hint("write fewer, within a shorter time"));
    }
    if within.seconds() == 0 {
        faults.push(
            spot.at("within").fault("a window of 0s holds no start").hint("write such as `within: 7d`"),
        );
    }
    MaxStarts { starts, within }
}

/// A metric's newest value grows one period old before the next one comes.
pub(super) fn fresh_enough(document: &Document, faults: &mut Vec<Fault>) {
    let Some(freshness) = document.guards.freshness else { return };
    for (name, written) in &document.triggers {
        let Some(metric) = written.metric.as_ref().filter(|metric| metric.period > freshness) else {
            continue;
        };
        let message = format!(
            "a freshness of {freshness} leaves the trigger `{name}` blind: its newest value becomes {} old",
            metric.period
        );
        faults.push(
            Fault::at(["guards", "freshness"], message)
                .hint(format!("write more than {}, with time for the values to arrive", metric.period)),
        );
    }
}
