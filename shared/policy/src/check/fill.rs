//! `{model}` filled in, wherever something of AWS is named.

use std::collections::BTreeMap;

use rekindle_decision::policy::{Alarms, Guards, Metric, Policy, Source, Watch};
use serde_json::Value;

use crate::fault::{Fault, Spot};
use crate::training;

/// What stands for the model's name.
pub(crate) const MODEL: &str = "{model}";

/// The policy of one model.
pub(super) fn for_model(base: &Policy, model: String) -> Policy {
    let fill = Fill { model: &model };
    let mut policy = base.clone();
    for trigger in policy.triggers.values_mut() {
        fill.watch(&mut trigger.watch);
    }
    fill.guards(&mut policy.guards);
    Policy { model, ..policy }
}

struct Fill<'a> {
    model: &'a str,
}

impl Fill<'_> {
    fn text(&self, text: &mut String) {
        if text.contains(MODEL) {
            *text = text.replace(MODEL, self.model);
        }
    }

    fn texts(&self, texts: &mut BTreeMap<String, String>) {
        for text in texts.values_mut() {
            self.text(text);
        }
    }

    fn metric(&self, metric: &mut Metric) {
        self.text(&mut metric.namespace);
        self.text(&mut metric.name);
        self.texts(&mut metric.dimensions);
    }

    fn source(&self, source: &mut Source) {
        self.metric(&mut source.metric);
    }

    fn watch(&self, watch: &mut Watch) {
        match watch {
            Watch::Schedule(schedule) => schedule.rule.iter_mut().for_each(|rule| self.text(rule)),
            Watch::Alarm(alarm) => match &mut alarm.which {
                Alarms::Name(name) => self.text(name),
                Alarms::Prefix { prefix, tags } => {
                    self.text(prefix);
                    self.texts(tags);
                }
            },
            Watch::Monitor(monitor) => self.text(&mut monitor.schedule),
            Watch::DataQuality(quality) => self.text(&mut quality.ruleset),
            Watch::Objects(objects) => {
                self.text(&mut objects.bucket);
                self.text(&mut objects.prefix);
                self.text(&mut objects.suffix);
            }
            // Its pattern is filled in where it is compiled.
            Watch::Events(events) => {
                events.pattern = events.pattern.fill(&|text| text.replace(MODEL, self.model));
            }
            Watch::Metric(rule) => {
                self.source(&mut rule.source);
                rule.reported_as.iter_mut().for_each(|name| self.text(name));
            }
            Watch::Trend(rule) => self.source(&mut rule.source),
            Watch::Challenger(rule) => {
                self.source(&mut rule.source);
                self.metric(&mut rule.challenger);
            }
            Watch::Detector(rule) => {
                self.source(&mut rule.source);
                rule.trials.iter_mut().for_each(|trials| self.metric(trials));
            }
            Watch::BreakEven(rule) => {
                self.source(&mut rule.source);
                rule.traffic.iter_mut().for_each(|traffic| self.metric(traffic));
                rule.shadow.iter_mut().for_each(|shadow| self.metric(shadow));
            }
        }
    }

    fn guards(&self, guards: &mut Guards) {
        for fleet in guards.budgets.iter_mut().filter_map(|budget| budget.fleet.as_mut()) {
            self.text(fleet);
        }
        guards.data.iter_mut().for_each(|data| self.source(&mut data.source));
        guards.after_futility.iter_mut().for_each(|after| self.source(&mut after.source));
    }
}

/// A misspelt `{model}` would name another alarm or metric, and be found out only when that cannot be read.
pub(super) fn only_model(text: &str, spot: &Spot, faults: &mut Vec<Fault>) {
    for whole in training::holes(text).into_iter().filter(|whole| *whole != MODEL) {
        let fault = spot.fault(format!("{whole} cannot be filled in"));
        faults.push(fault.hint("the one placeholder here is {model}"));
    }
}

/// The same, in every text inside a value.
pub(super) fn only_model_inside(value: &Value, spot: &Spot, faults: &mut Vec<Fault>) {
    match value {
        Value::String(text) => only_model(text, spot, faults),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                only_model_inside(item, &spot.item(index), faults);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                only_model_inside(value, &spot.at(name), faults);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
