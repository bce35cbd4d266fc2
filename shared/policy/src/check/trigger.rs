//! One trigger: its kind, and what goes with it.

use std::collections::BTreeMap;

use jiff::tz::TimeZoneDatabase;
use rekindle_decision::pattern::{NotAPattern, Pattern};
use rekindle_decision::policy::{
    Alarm, Alarms, DataQuality, Events, Monitor, Objects, Schedule, Trigger, Watch,
};
use rekindle_decision::schedule::{Expression, Kind, NotASchedule};

use super::{fill, question};
use crate::document::{
    AlarmText, DataQualityText, Document, EventText, Instant, KINDS, ObjectsText, TriggerText,
};
use crate::fault::{Fault, Spot, any_of};
use crate::problem::nearest;

pub(super) fn trigger(name: &str, written: &TriggerText, faults: &mut Vec<Fault>) -> Option<Trigger> {
    let before = faults.len();
    let spot = Spot::of(["triggers", name]);
    let known = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if name.is_empty() || !name.chars().all(known) {
        let fault = spot.fault(format!("`{name}` cannot be a trigger's name"));
        faults.push(fault.hint("use letters, digits, `_` and `-`"));
    }
    let kind = kind(written, &spot, faults)?;
    belonging(written, kind, &spot, faults);
    let watch = watch(written, &spot, faults)?;
    let counts_as = written.counts_as.unwrap_or_else(|| watch.usually());
    (faults.len() == before).then_some(Trigger { watch, counts_as })
}

/// The one kind of a trigger.
fn kind(written: &TriggerText, spot: &Spot, faults: &mut Vec<Fault>) -> Option<&'static str> {
    let kinds: Vec<&str> = written.kinds().filter(|(_, written)| *written).map(|(kind, _)| kind).collect();
    match kinds.as_slice() {
        [kind] => Some(kind),
        [] => {
            let part = written.parts().into_iter().find(|part| part.written && !part.of.is_empty());
            let hint = match part {
                Some(part) => format!("`{}` goes with {}", part.field, any_of(part.of)),
                None => format!("write one of {}", any_of(&KINDS)),
            };
            faults.push(spot.fault("the trigger has no kind").hint(hint));
            None
        }
        more => {
            let message = format!("a trigger has one kind, and this one has {}", more.join(" and "));
            faults.push(spot.fault(message).hint("make them two triggers"));
            None
        }
    }
}

/// A field that goes with another kind or question would be without effect.
fn belonging(written: &TriggerText, kind: &str, spot: &Spot, faults: &mut Vec<Fault>) {
    let question = written.questions().find(|(_, written)| *written).map(|(question, _)| question);
    let has = |field: &&str| {
        *field == kind || written.questions().any(|(question, written)| written && question == *field)
    };
    for part in written.parts().iter().filter(|part| part.written && !part.of.is_empty()) {
        if part.of.iter().any(has) {
            continue;
        }
        let of_kind = part.of.iter().any(|field| KINDS.contains(field));
        let own = if of_kind || kind != "metric" { kind } else { question.unwrap_or(kind) };
        // Without a question there is nothing the field could belong to yet; that is told on its own.
        if own == "metric" && !of_kind {
            continue;
        }
        let (field, of) = (part.field, any_of(part.of));
        let message = format!("`{field}` belongs to triggers with {of}, and this one has `{own}`");
        faults.push(spot.at(field).fault(message));
    }
}

fn watch(written: &TriggerText, spot: &Spot, faults: &mut Vec<Fault>) -> Option<Watch> {
    let quiet_for = written.quiet_for.unwrap_or_default();
    if let Some(expression) = &written.schedule {
        return schedule(expression, written, spot, faults);
    }
    if let Some(alarm) = &written.alarm {
        return Some(Watch::Alarm(Alarm { which: alarms(alarm, &spot.at("alarm"), faults)?, quiet_for }));
    }
    if let Some(monitor) = &written.monitor {
        let schedule = named(monitor, "monitoring schedule", &spot.at("monitor"), faults);
        return Some(Watch::Monitor(Monitor { schedule, on: written.on.unwrap_or_default() }));
    }
    if let Some(DataQualityText { ruleset, on }) = &written.data_quality {
        let ruleset = named(ruleset, "ruleset", &spot.at("data_quality").at("ruleset"), faults);
        return Some(Watch::DataQuality(DataQuality { ruleset, on: *on, quiet_for }));
    }
    if let Some(objects) = &written.objects {
        let spot = spot.at("objects");
        let ObjectsText { bucket, prefix, suffix, count, bytes } = objects;
        for (field, text) in [("prefix", prefix), ("suffix", suffix)] {
            fill::only_model(text, &spot.at(field), faults);
        }
        return Some(Watch::Objects(Objects {
            bucket: named(bucket, "bucket", &spot.at("bucket"), faults),
            prefix: prefix.clone(),
            suffix: suffix.clone(),
            count: at_least_one(*count, &spot.at("count"), faults),
            bytes: bytes.unwrap_or(0),
            quiet_for,
        }));
    }
    if let Some(EventText { pattern, count }) = &written.event {
        let spot = spot.at("event");
        fill::only_model_inside(pattern, &spot.at("pattern"), faults);
        let count = at_least_one(*count, &spot.at("count"), faults);
        return match Pattern::parse(pattern) {
            Ok(pattern) => Some(Watch::Events(Box::new(Events { pattern, count, quiet_for }))),
            Err(refused) => {
                let place = NotAPattern { hint: None, ..refused.clone() };
                faults.push(spot.at("pattern").fault(place.to_string()).maybe(refused.hint));
                None
            }
        };
    }
    question::question(written.metric.as_ref()?, written, spot, faults)
}

fn schedule(text: &str, written: &TriggerText, spot: &Spot, faults: &mut Vec<Fault>) -> Option<Watch> {
    let mut expression = expression(text, written.timezone.as_deref(), spot, "schedule", faults)?;
    if let Some(Instant(from)) = written.from {
        if expression.kind() == Kind::Rate {
            expression = expression.with_anchor(from);
        } else {
            let fault = spot.at("from").fault("`from` belongs to a `rate(...)`");
            faults.push(fault.hint("leave it out: this schedule knows its instants"));
        }
    }
    if let Some(rule) = &written.rule {
        named(rule, "rule", &spot.at("rule"), faults);
    }
    Some(Watch::Schedule(Box::new(Schedule {
        expression,
        deadline: written.deadline.unwrap_or(Schedule::DEADLINE),
        rule: written.rule.clone(),
    })))
}

/// A schedule expression in its time zone, told at the field that is wrong.
pub(super) fn expression(
    text: &str,
    timezone: Option<&str>,
    spot: &Spot,
    field: &str,
    faults: &mut Vec<Fault>,
) -> Option<Expression> {
    let zone = Expression::parse("rate(1 day)", timezone).map(drop);
    let (field, NotASchedule { problem, hint }) = match (zone, Expression::parse(text, timezone)) {
        (Err(wrong), _) => ("timezone", nearest_zone(timezone.unwrap_or_default(), wrong)),
        (Ok(()), Err(wrong)) => (field, wrong),
        (Ok(()), Ok(expression)) => return Some(expression),
    };
    faults.push(spot.at(field).fault(problem).maybe(hint));
    None
}

/// The time zone that is nearest in letters, where nothing better is known.
fn nearest_zone(name: &str, wrong: NotASchedule) -> NotASchedule {
    if !wrong.hint.as_ref().is_none_or(|hint| hint.contains("IANA")) {
        return wrong;
    }
    let zones: Vec<String> =
        TimeZoneDatabase::bundled().available().map(|zone| zone.as_str().to_owned()).collect();
    match nearest(name, zones.iter().map(String::as_str)) {
        Some(near) => NotASchedule { hint: Some(format!("did you mean `{near}`?")), ..wrong },
        None => wrong,
    }
}

fn alarms(written: &AlarmText, spot: &Spot, faults: &mut Vec<Fault>) -> Option<Alarms> {
    match written {
        AlarmText::Name(text) => {
            let Some(name) = alarm_name(text) else {
                let fault = spot.fault(format!("`{text}` is not the name of an alarm"));
                faults.push(fault.hint(
                    "write the alarm's name, or its ARN: `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`",
                ));
                return None;
            };
            fill::only_model(name, spot, faults);
            Some(Alarms::Name(name.to_owned()))
        }
        AlarmText::Prefix(alarms) => {
            if alarms.prefix.is_empty() {
                let fault = spot.at("prefix").fault("an empty prefix means every alarm there is");
                faults.push(fault.hint("write how the names begin, such as `prefix: \"{model}-\"`"));
            }
            fill::only_model(&alarms.prefix, &spot.at("prefix"), faults);
            for (key, value) in &alarms.tags {
                fill::only_model(value, &spot.at("tags").at(key), faults);
            }
            Some(Alarms::Prefix { prefix: alarms.prefix.clone(), tags: alarms.tags.clone() })
        }
    }
}

/// The name in the name or ARN of an alarm.
pub(crate) fn alarm_name(text: &str) -> Option<&str> {
    let name = if text.starts_with("arn:") {
        let mut parts = text.splitn(7, ':').skip(2);
        (parts.next() == Some("cloudwatch") && parts.nth(2) == Some("alarm")).then(|| parts.next())??
    } else {
        text
    };
    (!name.is_empty()).then_some(name)
}

/// A name of something of AWS, which may hold `{model}`.
fn named(name: &str, what: &str, spot: &Spot, faults: &mut Vec<Fault>) -> String {
    if name.trim().is_empty() {
        faults.push(spot.fault(format!("the name of the {what} is empty")));
    }
    fill::only_model(name, spot, faults);
    name.to_owned()
}

fn at_least_one(count: Option<u64>, spot: &Spot, faults: &mut Vec<Fault>) -> u64 {
    if count == Some(0) {
        faults.push(spot.fault("a count of 0 would always be reached").hint("write a number from 1 upward"));
    }
    count.unwrap_or(1)
}

/// A tick is of one trigger: of two that name its rule, the second would wait for ever.
pub(super) fn rules(document: &Document, faults: &mut Vec<Fault>) {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, trigger) in &document.triggers {
        let Some(rule) = &trigger.rule else { continue };
        if let Some(other) = first.insert(rule, name) {
            let message = format!("the rule `{rule}` already sends the ticks of `{other}`");
            faults.push(Fault::at(["triggers", name, "rule"], message).hint("make them one trigger"));
        }
    }
}
