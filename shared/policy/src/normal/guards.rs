//! What may stand in the way.

use rekindle_decision::policy::{AfterFailure, AfterFutility, Budget, Data, Guards, MaxStarts, Source};
use rekindle_decision::schedule::Window;
use serde_json::Value;

use super::Fields;

pub(super) fn guards(guards: &Guards) -> Value {
    let Guards {
        cooldown,
        in_flight,
        freshness,
        blackout,
        budgets,
        data,
        after_failure,
        after_futility,
        max_starts,
        min_age,
        max_age,
        ask_first,
        blind_for,
    } = guards;
    let mut fields = Fields::default();
    fields.put("cooldown", cooldown);
    fields.put("in_flight", in_flight);
    fields.maybe("freshness", freshness.as_ref());
    let mut windows: Vec<Value> = blackout.iter().map(window).collect();
    windows.sort_by_cached_key(ToString::to_string);
    fields.maybe("blackout", Some(windows).filter(|windows| !windows.is_empty()));
    for budget in budgets {
        let name = if budget.fleet.is_some() { "fleet_budget" } else { "budget" };
        fields.put(name, self::budget(budget));
    }
    fields.maybe("data", data.as_ref().map(self::data));
    fields.maybe("after_failure", after_failure.as_ref().map(failure));
    fields.maybe("after_futility", after_futility.as_ref().map(futility));
    fields.maybe("max_starts", max_starts.as_ref().map(most));
    fields.maybe("min_age", min_age.as_ref());
    fields.maybe("max_age", max_age.as_ref());
    fields.put("ask_first", ask_first);
    fields.put("blind_for", blind_for);
    fields.value()
}

fn window(window: &Window) -> Value {
    let Window { opens, length } = window;
    let mut fields = Fields::default();
    fields.put("cron", opens.text());
    fields.put("for", length);
    fields.put("timezone", opens.timezone());
    fields.value()
}

fn budget(budget: &Budget) -> Value {
    let Budget { fleet, amount, per, per_run, mode } = budget;
    let mut fields = Fields::default();
    fields.maybe("fleet", fleet.as_ref());
    fields.put("amount", amount);
    fields.put("per", per);
    fields.put("per_run", per_run);
    fields.put("mode", mode);
    fields.value()
}

fn data(data: &Data) -> Value {
    let Data { source, at_least, max_age } = data;
    let mut fields = source_fields(source);
    fields.put("at_least", at_least);
    fields.maybe("max_age", max_age.as_ref());
    fields.value()
}

fn failure(after: &AfterFailure) -> Value {
    let AfterFailure { wait, times, up_to, give_up_after } = after;
    let mut fields = Fields::default();
    fields.put("wait", wait);
    fields.put("times", times);
    fields.put("up_to", up_to);
    fields.put("give_up_after", give_up_after);
    fields.value()
}

fn futility(after: &AfterFutility) -> Value {
    let AfterFutility { source, worse, min_gain, give_up_after, compare } = after;
    let mut fields = source_fields(source);
    fields.put("worse", worse);
    fields.put("min_gain", min_gain);
    fields.put("give_up_after", give_up_after);
    fields.put("compare", compare);
    fields.value()
}

fn source_fields(source: &Source) -> Fields {
    let Source { metric, label_delay, min_samples, history } = source;
    let mut fields = Fields::default();
    fields.put("metric", metric);
    fields.length("label_delay", *label_delay);
    fields.maybe("min_samples", min_samples.as_ref());
    fields.put("history", history);
    fields
}

fn most(most: &MaxStarts) -> Value {
    let MaxStarts { starts, within } = most;
    let mut fields = Fields::default();
    fields.put("starts", starts);
    fields.put("within", within);
    fields.value()
}
