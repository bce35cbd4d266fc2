//! `DescribeAlarms`.

use std::collections::BTreeSet;

use aws_smithy_types::DateTime;
use rekindle_aws::Invocation;
use rekindle_decision::facts::{AlarmFact, Gap};
use rekindle_decision::signal::AlarmState;
use rekindle_turn::World;

use crate::canned::{Answer, Canned, cbor, holds};

const SINCE: i64 = 1_793_599_808;

fn page(kind: &str, alarms: &[(&str, &str, Option<&str>)], token: Option<&str>) -> Answer {
    cbor(|out| {
        out.map(1 + usize::from(token.is_some())).str(kind).array(alarms.len());
        for (name, state, suppressed) in alarms {
            out.map(3 + usize::from(suppressed.is_some()))
                .str("AlarmName")
                .str(name)
                .str("StateValue")
                .str(state);
            out.str("StateUpdatedTimestamp").timestamp(&DateTime::from_secs(SINCE));
            if let Some(by) = suppressed {
                out.str("ActionsSuppressedBy").str(by);
            }
        }
        if let Some(token) = token {
            out.str("NextToken").str(token);
        }
    })
}

async fn read(answers: Vec<Answer>, names: &[&str]) -> (Vec<AlarmFact>, Canned) {
    let canned = Canned::new(answers);
    let clients = canned.clients(0).await;
    let wanted: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
    let mut facts = Invocation::new(&clients, "t").alarms(&wanted).await;
    (names.iter().map(|name| facts.remove(*name).expect("an answer for every name")).collect(), canned)
}

fn found(state: AlarmState, suppressed_by: Option<&str>) -> AlarmFact {
    let since = jiff::Timestamp::from_second(SINCE).unwrap();
    AlarmFact::Found { state, since, suppressed_by: suppressed_by.map(ToOwned::to_owned) }
}

#[tokio::test]
async fn metric_and_composite_alarms_are_asked_for_and_every_page_is_read() {
    let first = page("MetricAlarms", &[("a", "ALARM", None)], Some("more"));
    let second = page("CompositeAlarms", &[("b", "OK", None), ("c", "ALARM", Some("WaitPeriod"))], None);
    let (facts, canned) = read(vec![first, second], &["a", "b", "c", "d"]).await;
    assert_eq!(
        facts,
        [
            found(AlarmState::Alarm, None),
            found(AlarmState::Ok, None),
            found(AlarmState::Alarm, Some("WaitPeriod")),
            AlarmFact::Absent,
        ]
    );
    let asked = canned.asked();
    assert!(
        holds(&asked[0], "CompositeAlarm") && holds(&asked[0], "MetricAlarm") && holds(&asked[1], "more")
    );
}

#[tokio::test]
async fn a_state_that_nobody_knows_is_a_gap() {
    let (facts, _) = read(vec![page("MetricAlarms", &[("a", "BROKEN", None)], None)], &["a"]).await;
    assert!(
        matches!(&facts[0], AlarmFact::Unread { gap: Gap::Failed { error } } if error.contains("BROKEN"))
    );
}

#[tokio::test]
async fn more_than_a_hundred_names_are_more_than_one_call() {
    let names: Vec<String> = (0..101).map(|at| format!("alarm-{at:03}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let empty = || page("MetricAlarms", &[], None);
    let (facts, canned) = read(vec![empty(), empty()], &names).await;
    assert!(facts.iter().all(|fact| *fact == AlarmFact::Absent));
    assert_eq!(canned.asked().len(), 2);
}

#[tokio::test]
async fn a_name_that_cloudwatch_does_not_take_blinds_nobody_else() {
    let refusal = || {
        let (_, kind, body) = cbor(|out| {
            out.map(2).str("__type").str("ValidationError").str("message").str("too long");
        });
        (400, kind, body)
    };
    let good = page("MetricAlarms", &[("a", "OK", None)], None);
    let (facts, _) = read(vec![refusal(), refusal(), good], &["a", "b"]).await;
    assert_eq!(facts[0], found(AlarmState::Ok, None));
    assert!(matches!(&facts[1], AlarmFact::Unread { .. }), "{:?}", facts[1]);
}
