//! Alarms as CloudWatch knows them now.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::describe_alarms::builders::DescribeAlarmsFluentBuilder;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use rekindle_decision::facts::{AlarmFact, Gap};
use rekindle_decision::signal::AlarmState;

use crate::error::{Blame, unread};
use crate::time::from_sdk;

/// Names in one call: the most that `DescribeAlarms` takes.
const NAMES: usize = 100;

/// Reads the alarms of these names. What cannot be read is a gap, and never an alarm that is well.
pub(crate) async fn alarms(client: &Client, names: &BTreeSet<String>) -> BTreeMap<String, AlarmFact> {
    let names: Vec<&String> = names.iter().collect();
    let mut facts = BTreeMap::new();
    let mut open: Vec<&[&String]> = names.chunks(NAMES).collect();
    while let Some(part) = open.pop() {
        match describe(client, part).await {
            // One name that CloudWatch does not take fails the call for everybody in it: halve, until it is alone.
            Err((_, Blame::Request)) if part.len() > 1 => {
                open.extend(<[_; 2]>::from(part.split_at(part.len() / 2)));
            }
            Ok(found) => {
                for name in part {
                    let fact = found.get(*name).cloned().unwrap_or(AlarmFact::Absent);
                    facts.insert((*name).clone(), fact);
                }
            }
            Err((gap, _)) => {
                facts.extend(
                    part.iter().map(|name| ((*name).clone(), AlarmFact::Unread { gap: gap.clone() })),
                );
            }
        }
    }
    facts
}

/// One alarm as it was described.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) fact: AlarmFact,
}

async fn describe(client: &Client, names: &[&String]) -> Result<BTreeMap<String, AlarmFact>, (Gap, Blame)> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let asked = client.describe_alarms().set_alarm_names(Some(names));
    let found = all(asked, usize::MAX).await?;
    Ok(found.into_iter().map(|alarm| (alarm.name, alarm.fact)).collect())
}

/// Every page, until there are more than `enough`.
pub(crate) async fn all(
    asked: DescribeAlarmsFluentBuilder,
    enough: usize,
) -> Result<Vec<Described>, (Gap, Blame)> {
    let mut found = Vec::new();
    let mut pages = asked
        .max_records(i32::try_from(NAMES).unwrap_or(i32::MAX))
        // Without this, composite alarms are left out without a word.
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .into_paginator()
        .send();
    while found.len() <= enough
        && let Some(page) = pages.next().await
    {
        let page = page.map_err(|error| unread("DescribeAlarms", 1, &error))?;
        found.extend(page.metric_alarms().iter().map(|alarm| {
            let since = alarm.state_transitioned_timestamp().or_else(|| alarm.state_updated_timestamp());
            let fact = fact(alarm.state_value(), since, None);
            described(alarm.alarm_name(), alarm.alarm_arn(), fact)
        }));
        found.extend(page.composite_alarms().iter().map(|alarm| {
            let since = alarm.state_transitioned_timestamp().or_else(|| alarm.state_updated_timestamp());
            let suppressed = alarm.actions_suppressed_by().map(|by| by.as_str().to_owned());
            let fact = fact(alarm.state_value(), since, suppressed);
            described(alarm.alarm_name(), alarm.alarm_arn(), fact)
        }));
    }
    Ok(found)
}

fn described(name: Option<&str>, arn: Option<&str>, fact: AlarmFact) -> Described {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Described { name: text(name), arn: text(arn), fact }
}

fn fact(state: Option<&StateValue>, since: Option<&DateTime>, suppressed_by: Option<String>) -> AlarmFact {
    let unread = |error: String| AlarmFact::Unread { gap: Gap::Failed { error } };
    let state = match state {
        Some(StateValue::Ok) => AlarmState::Ok,
        Some(StateValue::Alarm) => AlarmState::Alarm,
        Some(StateValue::InsufficientData) => AlarmState::InsufficientData,
        Some(other) => return unread(format!("DescribeAlarms answered with the state {}", other.as_str())),
        None => return unread("DescribeAlarms answered without a state".to_owned()),
    };
    match since.and_then(from_sdk) {
        Some(since) => AlarmFact::Found { state, since, suppressed_by },
        None => unread("DescribeAlarms answered without the time of the state".to_owned()),
    }
}
