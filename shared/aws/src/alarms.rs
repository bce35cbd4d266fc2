//! Alarms as CloudWatch knows them now.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::Client;
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

async fn describe(client: &Client, names: &[&String]) -> Result<BTreeMap<String, AlarmFact>, (Gap, Blame)> {
    let mut found = BTreeMap::new();
    let mut pages = client
        .describe_alarms()
        .max_records(i32::try_from(NAMES).unwrap_or(i32::MAX))
        .set_alarm_names(Some(names.iter().map(ToString::to_string).collect()))
        // Without this, composite alarms are left out without a word.
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unread("DescribeAlarms", names.len(), &error))?;
        for alarm in page.metric_alarms() {
            let since = alarm.state_transitioned_timestamp().or_else(|| alarm.state_updated_timestamp());
            let fact = fact(alarm.state_value(), since, None);
            found.insert(alarm.alarm_name().unwrap_or_default().to_owned(), fact);
        }
        for alarm in page.composite_alarms() {
            let since = alarm.state_transitioned_timestamp().or_else(|| alarm.state_updated_timestamp());
            let suppressed = alarm.actions_suppressed_by().map(|by| by.as_str().to_owned());
            let fact = fact(alarm.state_value(), since, suppressed);
            found.insert(alarm.alarm_name().unwrap_or_default().to_owned(), fact);
        }
    }
    Ok(found)
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
