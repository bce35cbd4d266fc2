//! `DescribeAlarms` by prefix, and the tags of what it finds.

use std::collections::{BTreeMap, BTreeSet};

use rekindle_aws::Invocation;
use rekindle_decision::facts::{AlarmFact, AlarmSet, Gap};
use rekindle_decision::policy::Alarms;
use rekindle_turn::World;

use crate::canned::{Answer, Canned, cbor, holds};

fn page(kind: &str, names: &[&str], token: Option<&str>) -> Answer {
    cbor(|out| {
        out.map(1 + usize::from(token.is_some())).str(kind).array(names.len());
        for name in names {
            out.map(4)
                .str("AlarmName")
                .str(name)
                .str("AlarmArn")
                .str(&arn(name))
                .str("StateValue")
                .str("ALARM");
            out.str("StateUpdatedTimestamp").timestamp(&aws_smithy_types::DateTime::from_secs(1_793_599_808));
        }
        if let Some(token) = token {
            out.str("NextToken").str(token);
        }
    })
}

fn arn(name: &str) -> String {
    format!("arn:aws:cloudwatch:eu-central-1:100000000001:alarm:{name}")
}

fn tags(pairs: &[(&str, &str)]) -> Answer {
    cbor(|out| {
        out.map(1).str("Tags").array(pairs.len());
        for (key, value) in pairs {
            out.map(2).str("Key").str(key).str("Value").str(value);
        }
    })
}

fn refusal() -> Answer {
    let (_, kind, body) = cbor(|out| {
        out.map(2).str("__type").str("AccessDenied").str("message").str("no");
    });
    (403, kind, body)
}

fn prefix(prefix: &str, tags: &[(&str, &str)]) -> Alarms {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Alarms::Prefix { prefix: prefix.to_owned(), tags }
}

async fn read(canned: &Canned, which: &[&Alarms]) -> BTreeMap<String, AlarmSet> {
    let clients = canned.clients(0).await;
    let which: BTreeSet<Alarms> = which.iter().map(|which| (*which).clone()).collect();
    Invocation::new(&clients, "t").alarm_sets(&which).await
}

fn names(set: &AlarmSet) -> Vec<&str> {
    match set {
        AlarmSet::Complete { alarms } => {
            assert!(alarms.values().all(|fact| matches!(fact, AlarmFact::Found { .. })));
            alarms.keys().map(String::as_str).collect()
        }
        AlarmSet::Unread { gap } => panic!("{gap:?}"),
    }
}

#[tokio::test]
async fn alarms_of_both_kinds_are_asked_for_by_prefix_and_every_page_is_read() {
    let all = prefix("churn-", &[]);
    let answers = [
        page("MetricAlarms", &["churn-a", "churn-b"], Some("more")),
        page("CompositeAlarms", &["churn-c"], None),
    ];
    let canned = Canned::new(answers);
    let sets = read(&canned, &[&all]).await;
    assert_eq!(names(&sets[&all.key()]), ["churn-a", "churn-b", "churn-c"]);
    let asked = canned.asked();
    assert_eq!(asked.len(), 2, "no tag is wanted, and none is read");
    assert!(holds(&asked[0], "AlarmNamePrefix") && holds(&asked[0], "churn-"));
    assert!(
        holds(&asked[0], "CompositeAlarm") && holds(&asked[0], "MetricAlarm") && holds(&asked[1], "more")
    );
}

#[tokio::test]
async fn a_prefix_is_read_once_and_its_tags_are_kept() {
    let (all, marked) = (prefix("churn-", &[]), prefix("churn-", &[("retrain", "yes"), ("team", "growth")]));
    let alarms = || page("MetricAlarms", &["churn-a", "churn-b", "churn-c"], None);
    let canned = Canned::new([
        alarms(),
        tags(&[("retrain", "yes"), ("team", "growth"), ("else", "x")]),
        tags(&[("retrain", "yes")]),
        tags(&[("retrain", "no"), ("team", "growth")]),
        alarms(),
    ]);
    let clients = canned.clients(0).await;
    let world = Invocation::new(&clients, "t");
    for _ in 0..2 {
        let sets = world.alarm_sets(&[all.clone(), marked.clone()].into()).await;
        assert_eq!(names(&sets[&all.key()]), ["churn-a", "churn-b", "churn-c"]);
        assert_eq!(names(&sets[&marked.key()]), ["churn-a"]);
    }
    let asked = canned.asked();
    assert_eq!(asked.len(), 5, "the second look took the tags that were kept");
    assert!(holds(&asked[1], &arn("churn-a")));
}

#[tokio::test]
async fn a_tag_that_cannot_be_read_is_a_gap_for_the_set_and_for_no_other() {
    let (all, marked) = (prefix("churn-", &[]), prefix("churn-", &[("retrain", "yes")]));
    let alarms = page("MetricAlarms", &["churn-a", "churn-b"], None);
    let canned = Canned::new([alarms, tags(&[("retrain", "yes")]), refusal()]);
    let sets = read(&canned, &[&all, &marked]).await;
    assert_eq!(names(&sets[&all.key()]), ["churn-a", "churn-b"]);
    assert!(
        matches!(&sets[&marked.key()], AlarmSet::Unread { gap: Gap::Failed { error } } if error.contains("AccessDenied")),
        "{sets:?}"
    );
}

#[tokio::test]
async fn a_prefix_that_cannot_be_read_is_a_gap_and_one_that_nobody_has_is_empty() {
    let (broken, empty) = (prefix("a-", &[]), prefix("b-", &[("retrain", "yes")]));
    let canned = Canned::new([refusal(), page("MetricAlarms", &[], None)]);
    let sets = read(&canned, &[&broken, &empty]).await;
    assert!(matches!(&sets[&broken.key()], AlarmSet::Unread { .. }));
    assert!(names(&sets[&empty.key()]).is_empty());
}

#[tokio::test]
async fn more_than_a_hundred_alarms_are_a_gap_with_a_name() {
    let all: Vec<String> = (0..101).map(|n| format!("churn-{n:03}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    for (count, whole) in [(100, true), (101, false)] {
        let first = page("MetricAlarms", &all[..60], Some("more"));
        let canned = Canned::new([first, page("CompositeAlarms", &all[60..count], None)]);
        let wanted = prefix("churn-", &[]);
        let sets = read(&canned, &[&wanted]).await;
        match &sets[&wanted.key()] {
            AlarmSet::Complete { alarms } => assert!(whole && alarms.len() == 100),
            AlarmSet::Unread { gap } => {
                let error = "the names of more than 100 alarms begin with churn-".to_owned();
                assert_eq!((whole, gap), (false, &Gap::Failed { error }));
            }
        }
    }
}
