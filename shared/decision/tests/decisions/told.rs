//! What people read of each finding: the sentence of a ruling on it alone, and its line in the tree.

use insta::assert_snapshot;
use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap};
use rekindle_decision::finding::{Age, Arrived, Finding, Judgement, Lacking, Measure, Monitored};
use rekindle_decision::policy::{Limit, MOutOfN};
use rekindle_decision::ruling::{Blocker, Decision, Node, Reason, Ruling};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::truth::Truth;
use rstest::rstest;

use crate::make::{alarm, at, length, policy};

/// A ruling on one trigger of which this was found.
fn ruling(finding: Finding) -> Ruling {
    let truth = finding.truth();
    let look_again_at = finding.until();
    let (trigger, remembered) = ("it".to_owned(), None);
    let decision = match truth {
        Truth::Fired => Decision::Start {
            because: vec![Reason::Trigger { trigger, finding: finding.clone(), remembered }],
        },
        Truth::Quiet => Decision::Rest,
        Truth::Unknown => {
            let waiting_on = vec![Blocker::Blind { trigger, finding: finding.clone() }];
            Decision::Hold { because: vec![], waiting_on }
        }
    };
    let leaf = Node {
        label: "it".into(),
        truth,
        finding: Some(finding),
        remembered: None,
        answered: None,
        cancelled: false,
        parts: vec![],
    };
    let tree = Node { label: "any".into(), finding: None, parts: vec![leaf.clone()], ..leaf };
    Ruling {
        decision,
        tree,
        look_again_at,
        ..decide(&policy([("it", alarm("it"))]), &Facts::at(at("12:00:00")))
    }
}

/// The sentence and the line of each, one below the other.
fn told(findings: impl IntoIterator<Item = Finding>) -> String {
    let text = |finding| {
        let ruling = ruling(finding);
        let tree = ruling.tree_text();
        format!("{}\n{}\n", ruling.sentence(), tree.lines().nth(1).unwrap())
    };
    findings.into_iter().map(text).collect()
}

#[test]
fn ticks() {
    let (tick, deadline, next) = (at("03:00:00"), at("09:00:00"), Some(at("2026-11-09T03:00:00Z")));
    assert_snapshot!(told([
        Finding::TickDue { at: tick },
        Finding::TickAnswered { at: tick, next, told: false, cancelled: false },
        Finding::TickAnswered { at: tick, next: None, told: true, cancelled: false },
        Finding::TickMissed { at: tick, deadline, next },
        Finding::TickMissed { at: tick, deadline, next: None },
        Finding::NoTick { next },
        Finding::NoTick { next: None },
    ]), @"
    Start generation 1: it: scheduled for 2026-11-02 03:00 UTC.
      fired   it: scheduled for 2026-11-02 03:00 UTC
    Rest: nothing asked for a training job.
      quiet   it: the tick of 2026-11-02 03:00 UTC was answered by a later start, the next is 2026-11-09 03:00 UTC
    Rest: it: the tick of 2026-11-02 03:00 UTC was answered by a later start.
      quiet   it: the tick of 2026-11-02 03:00 UTC was answered by a later start
    Rest: it: the tick of 2026-11-02 03:00 UTC was wanted until 2026-11-02 09:00 UTC and is dropped, the next is 2026-11-09 03:00 UTC.
      quiet   it: the tick of 2026-11-02 03:00 UTC was wanted until 2026-11-02 09:00 UTC and is dropped, the next is 2026-11-09 03:00 UTC
    Rest: it: the tick of 2026-11-02 03:00 UTC was wanted until 2026-11-02 09:00 UTC and is dropped.
      quiet   it: the tick of 2026-11-02 03:00 UTC was wanted until 2026-11-02 09:00 UTC and is dropped
    Rest: nothing asked for a training job.
      quiet   it: no tick since the last start, the next is 2026-11-09 03:00 UTC
    Rest: nothing asked for a training job.
      quiet   it: no tick since the last start
    ");
}

#[test]
fn alarms() {
    let (alarm, since) = ("churn-psi".to_owned(), at("01:00:00"));
    let unclear = |state, suppressed_by: Option<&str>| Finding::AlarmUnclear {
        alarm: alarm.clone(),
        state,
        suppressed_by: suppressed_by.map(Into::into),
    };
    assert_snapshot!(told([
        Finding::InAlarm { alarm: alarm.clone(), since },
        Finding::NotInAlarm { alarm: alarm.clone(), since, claimed: None },
        Finding::NotInAlarm { alarm: alarm.clone(), since, claimed: Some(at("00:30:00")) },
        Finding::AlarmSettling { alarm: alarm.clone(), since, until: at("02:00:00") },
        unclear(AlarmState::InsufficientData, None),
        unclear(AlarmState::Alarm, Some("WaitPeriod")),
        Finding::NoSuchAlarm { alarm: alarm.clone() },
        Finding::NoSuchAlarm { alarm: "churn-* team=ml".into() },
    ]), @"
    Start generation 1: it: alarm churn-psi in ALARM since 2026-11-02 01:00 UTC.
      fired   it: alarm churn-psi in ALARM since 2026-11-02 01:00 UTC
    Rest: nothing asked for a training job.
      quiet   it: alarm churn-psi OK since 2026-11-02 01:00 UTC
    Rest: it: an event said that alarm churn-psi went to ALARM at 2026-11-02 00:30 UTC, but CloudWatch says OK since 2026-11-02 01:00 UTC.
      quiet   it: an event said that alarm churn-psi went to ALARM at 2026-11-02 00:30 UTC, but CloudWatch says OK since 2026-11-02 01:00 UTC
    Rest: it: alarm churn-psi in ALARM since 2026-11-02 01:00 UTC, counts from 2026-11-02 02:00 UTC.
      quiet   it: alarm churn-psi in ALARM since 2026-11-02 01:00 UTC, counts from 2026-11-02 02:00 UTC
    Held: it cannot be told: alarm churn-psi is INSUFFICIENT_DATA. Looking again at every sweep.
      unknown it: alarm churn-psi is INSUFFICIENT_DATA
    Held: it cannot be told: alarm churn-psi is ALARM with its actions suppressed (WaitPeriod). Looking again at every sweep.
      unknown it: alarm churn-psi is ALARM with its actions suppressed (WaitPeriod)
    Held: it cannot be told: there is no alarm named churn-psi. Looking again at every sweep.
      unknown it: there is no alarm named churn-psi
    Held: it cannot be told: there is no alarm named churn-* team=ml. Looking again at every sweep.
      unknown it: there is no alarm named churn-* team=ml
    ");
}

#[test]
fn monitoring_runs() {
    let run = |status: &str| Monitored {
        schedule: "churn-quality".into(),
        status: status.into(),
        scheduled: at("01:00:00"),
    };
    assert_snapshot!(told([
        Finding::MonitorFired(run("CompletedWithViolations")),
        Finding::MonitorQuiet(run("Completed")),
        Finding::MonitorUnclear(run("Failed")),
        Finding::NoMonitorRun { schedule: "churn-quality".into() },
    ]), @"
    Start generation 1: it: the run of monitoring schedule churn-quality of 2026-11-02 01:00 UTC ended CompletedWithViolations.
      fired   it: the run of monitoring schedule churn-quality of 2026-11-02 01:00 UTC ended CompletedWithViolations
    Rest: nothing asked for a training job.
      quiet   it: the run of monitoring schedule churn-quality of 2026-11-02 01:00 UTC ended Completed
    Held: it cannot be told: the run of monitoring schedule churn-quality of 2026-11-02 01:00 UTC ended Failed and says nothing of the data; look for the reason in SageMaker. Looking again at every sweep.
      unknown it: the run of monitoring schedule churn-quality of 2026-11-02 01:00 UTC ended Failed and says nothing of the data; look for the reason in SageMaker
    Held: it cannot be told: no run of monitoring schedule churn-quality has finished. Looking again at every sweep.
      unknown it: no run of monitoring schedule churn-quality has finished
    ");
}

#[test]
fn arrivals() {
    let last = Some(at("01:00:00"));
    let files = Arrived { count: 3, needed: 2, last, ..Arrived::default() };
    let bytes = Arrived { count: 1, needed: 2, bytes: 400, needed_bytes: 1_000, last };
    assert_snapshot!(told([
        Finding::Arrived(files),
        Finding::Arriving(bytes),
        Finding::Arriving(Arrived { needed: 2, ..Arrived::default() }),
        Finding::Settling { arrived: files, until: at("01:10:00") },
        Finding::NoResult { ruleset: "churn-rows".into() },
        Finding::DataAsAsked { passed: true, at: at("01:00:00") },
        Finding::DataOtherwise { passed: false, at: at("01:00:00") },
    ]), @"
    Start generation 1: it: 3 of 2 arrived since the last start, the newest 2026-11-02 01:00 UTC.
      fired   it: 3 of 2 arrived since the last start, the newest 2026-11-02 01:00 UTC
    Rest: nothing asked for a training job.
      quiet   it: 1 of 2 arrived since the last start, 400 of 1000 bytes, the newest 2026-11-02 01:00 UTC
    Rest: nothing asked for a training job.
      quiet   it: 0 of 2 arrived since the last start
    Rest: it: 3 of 2 arrived since the last start, the newest 2026-11-02 01:00 UTC; counts from 2026-11-02 01:10 UTC if nothing more comes.
      quiet   it: 3 of 2 arrived since the last start, the newest 2026-11-02 01:00 UTC; counts from 2026-11-02 01:10 UTC if nothing more comes
    Held: it cannot be told: no result of ruleset churn-rows has come yet. Looking again at every sweep.
      unknown it: no result of ruleset churn-rows has come yet
    Start generation 1: it: the data passed at 2026-11-02 01:00 UTC.
      fired   it: the data passed at 2026-11-02 01:00 UTC
    Rest: nothing asked for a training job.
      quiet   it: the data failed at 2026-11-02 01:00 UTC
    ");
}

fn measure(limit: Limit, baseline: Option<f64>, newest: Option<f64>, values: u32) -> Measure {
    let periods = MOutOfN { m: 3, n: 5 };
    Measure { breaching: values, values, periods, newest, limit, baseline }
}

/// What was computed has more digits than anybody reads; what an owner wrote is shown as it was written.
#[rstest]
#[case::three_per_cent_more(0.8 + 0.8 * 0.03, "0.824")]
#[case::less_than_nought(-0.824_000_000_000_000_1, "-0.824")]
#[case::a_third(1.0 / 3.0, "0.333333")]
#[case::a_third_of_many(100_000.0 / 3.0, "33333.3")]
#[case::a_third_of_more(10_000_000.0 / 3.0, "3333333")]
#[case::nearly_one(0.999_999_99, "1")]
#[case::hardly_anything(0.000_012_345_678, "0.0000123457")]
#[case::less_than_that(0.000_000_012_345_678, "1.23457e-8")]
#[case::as_it_was_written(0.82, "0.82")]
#[case::written_with_six_digits(0.123_456, "0.123456")]
#[case::a_whole_number(1_234_567.0, "1234567")]
#[case::nought(0.0, "0")]
fn a_limit_is_shown_in_six_digits(#[case] limit: f64, #[case] shown: &str) {
    let finding = Finding::Breached(measure(Limit::Below(limit), None, Some(limit), 5));
    let told = finding.to_string();
    assert_eq!(told, format!("5 of 5 periods below {shown}, 3 needed (newest {shown})"));
    assert_eq!(Limit::Outside(limit, limit).to_string(), format!("outside {shown} to {shown}"));
    // The record has all digits.
    let kept: Finding = serde_json::from_str(&serde_json::to_string(&finding).unwrap()).unwrap();
    assert_eq!(kept, finding);
}

#[test]
fn metrics() {
    let below = Limit::Below(0.82);
    assert_snapshot!(told([
        Finding::Breached(measure(below, None, Some(0.79), 5)),
        Finding::Breached(measure(Limit::Above(1_500.0), Some(1_200.0), Some(1_600.5), 3)),
        Finding::Within(measure(Limit::Outside(0.1, 0.9), None, Some(0.5), 1)),
        Finding::Within(measure(Limit::Below(0.873), Some(0.9), None, 0)),
        Finding::TooFewValues(measure(below, None, None, 0)),
        Finding::TooFewValues(Measure { periods: MOutOfN { m: 1, n: 1 }, ..measure(below, None, None, 1) }),
        Finding::Stale { newest: at("06:00:00"), age: length("6h"), freshness: length("3h") },
        Finding::NoBaseline { lacking: Lacking::Values { values: 1, needed: 24 } },
        Finding::NoBaseline { lacking: Lacking::Values { values: 0, needed: 1 } },
        Finding::NoBaseline { lacking: Lacking::Training },
        Finding::NoBaseline { lacking: Lacking::Reported { metric: "validation:accuracy".into() } },
        Finding::NoLimit,
        Finding::NoBaseline { lacking: Lacking::History },
        Finding::NoBaseline { lacking: Lacking::Trained },
        Finding::TooFew { values: 1, needed: 10 },
        Finding::TooFew { values: 0, needed: 1 },
        Finding::TooEarly { values: 1, needed: 10, until: at("21:00:00") },
        Finding::Uncounted { values: 1 },
        Finding::Uncounted { values: 3 },
    ]), @"
    Start generation 1: it: 5 of 5 periods below 0.82, 3 needed (newest 0.79).
      fired   it: 5 of 5 periods below 0.82, 3 needed (newest 0.79)
    Start generation 1: it: 3 of 5 periods above 1500, 3 needed (newest 1600.5, 3 values, baseline 1200).
      fired   it: 3 of 5 periods above 1500, 3 needed (newest 1600.5, 3 values, baseline 1200)
    Rest: nothing asked for a training job.
      quiet   it: 1 of 5 periods outside 0.1 to 0.9, 3 needed (newest 0.5, 1 value)
    Rest: nothing asked for a training job.
      quiet   it: 0 of 5 periods below 0.873, 3 needed (no values, baseline 0.9)
    Held: it cannot be told: 0 values in 5 periods. Looking again at every sweep.
      unknown it: 0 values in 5 periods
    Held: it cannot be told: 1 value in 1 period. Looking again at every sweep.
      unknown it: 1 value in 1 period
    Held: it cannot be told: newest value is of 2026-11-02 06:00 UTC, 6h old, and 3h is allowed. Looking again at every sweep.
      unknown it: newest value is of 2026-11-02 06:00 UTC, 6h old, and 3h is allowed
    Held: it cannot be told: the baseline needs 24 values since the last training, and there is 1. Looking again at every sweep.
      unknown it: the baseline needs 24 values since the last training, and there is 1
    Held: it cannot be told: the baseline needs 1 value since the last training, and there are 0. Looking again at every sweep.
      unknown it: the baseline needs 1 value since the last training, and there are 0
    Held: it cannot be told: the baseline is what the last training reported, and none of ours has ended well yet; ask for one by hand. Looking again at every sweep.
      unknown it: the baseline is what the last training reported, and none of ours has ended well yet; ask for one by hand
    Held: it cannot be told: the last training reported no metric validation:accuracy to measure from; check the name. Looking again at every sweep.
      unknown it: the last training reported no metric validation:accuracy to measure from; check the name
    Held: it cannot be told: the policy's limit is not a number; mend the policy. Looking again at every sweep.
      unknown it: the policy's limit is not a number; mend the policy
    Held: it cannot be told: the first values since the last training are older than the history that is read; write a longer `history`. Looking again at every sweep.
      unknown it: the first values since the last training are older than the history that is read; write a longer `history`
    Held: it cannot be told: the baseline begins with the last training, and when that was is not known; write `trained` into the policy. Looking again at every sweep.
      unknown it: the baseline begins with the last training, and when that was is not known; write `trained` into the policy
    Held: it cannot be told: 1 mature value since the model serves, 10 needed. Looking again at every sweep.
      unknown it: 1 mature value since the model serves, 10 needed
    Held: it cannot be told: 0 mature values since the model serves, 1 needed. Looking again at every sweep.
      unknown it: 0 mature values since the model serves, 1 needed
    Rest: nothing asked for a training job.
      quiet   it: 1 mature value since the model serves, 10 needed; early until 2026-11-02 21:00 UTC
    Held: it cannot be told: 1 value, and of none is it known how many losses it stands for; write `trials` into the policy. Looking again at every sweep.
      unknown it: 1 value, and of none is it known how many losses it stands for; write `trials` into the policy
    Held: it cannot be told: 3 values, and of none is it known how many losses it stands for; write `trials` into the policy. Looking again at every sweep.
      unknown it: 3 values, and of none is it known how many losses it stands for; write `trials` into the policy
    ");
}

#[test]
fn limits_that_hang_on_something() {
    use rekindle_decision::policy::{Baseline, Change};
    let change = Change::By(0.02);
    let limits = [Limit::Fallen(change, Baseline::Training), Limit::Risen(change, Baseline::Training)];
    assert_eq!(
        limits.map(|limit| limit.to_string()),
        ["fallen from the baseline", "risen from the baseline"]
    );
}

#[test]
fn judgements() {
    let trend = |worsening, at_least| Judgement::Trend {
        values: 10,
        worsening,
        at_least,
        confidence: 0.999_96,
        needed: 0.95,
    };
    let challenger = Judgement::Challenger {
        better: 3,
        values: 5,
        periods: MOutOfN { m: 3, n: 5 },
        margin: 0.02,
        newest: (0.81, 0.86),
    };
    let detector = |statistic, level, periods, since| Judgement::Detector {
        method: "evidence".into(),
        periods,
        statistic,
        level,
        since,
    };
    let costs = |share| Judgement::BreakEven {
        excess: 18.504,
        ahead: 4.2,
        cost: 22.0,
        reference: 0.031_25,
        periods: 36,
        share,
    };
    assert_snapshot!(told([
        Finding::Shown(trend(0.034, 0.02)),
        Finding::NotShown(trend(-0.034, 0.0)),
        Finding::Shown(challenger),
        Finding::Shown(detector(231.4, 200.0, 36, Some(at("11:00:00")))),
        Finding::NotShown(detector(1.5, 200.0, 1, None)),
        Finding::NotShown(detector(0.0, 5.0, 2, None)),
        Finding::NotShown(detector(0.0, 0.0, 3, None)),
        Finding::Shown(costs(1.0)),
        Finding::Shown(costs(0.8)),
    ]), @"
    Start generation 1: it: 0.034 worse over 10 values (0.02 needed), confidence 1.000 of 0.95 needed.
      fired   it: 0.034 worse over 10 values (0.02 needed), confidence 1.000 of 0.95 needed
    Rest: nothing asked for a training job.
      quiet   it: 0.034 better over 10 values, confidence 1.000 of 0.95 needed
    Start generation 1: it: the challenger was better by more than 0.02 in 3 of 5 periods, 3 needed (newest 0.86 against 0.81).
      fired   it: the challenger was better by more than 0.02 in 3 of 5 periods, 3 needed (newest 0.86 against 0.81)
    Start generation 1: it: evidence raised its alarm in the period of 2026-11-02 11:00 UTC (231.4 of 200 after 36 periods since the last training).
      fired   it: evidence raised its alarm in the period of 2026-11-02 11:00 UTC (231.4 of 200 after 36 periods since the last training)
    Rest: nothing asked for a training job.
      quiet   it: evidence at 1.5 of 200 after 1 period since the last training
    Rest: nothing asked for a training job.
      quiet   it: evidence at 0 of 5 after 2 periods since the last training
    Rest: nothing asked for a training job.
      quiet   it: evidence has nothing to compare yet after 3 periods since the last training
    Start generation 1: it: staying stale has cost 18.50 USD in 36 periods since the last training and 4.20 USD more are ahead, a training costs 22.00 USD (a fresh model loses 0.0312).
      fired   it: staying stale has cost 18.50 USD in 36 periods since the last training and 4.20 USD more are ahead, a training costs 22.00 USD (a fresh model loses 0.0312)
    Start generation 1: it: staying stale has cost 18.50 USD in 36 periods since the last training and 4.20 USD more are ahead, a training costs 22.00 USD (a fresh model loses 0.0312; trainings save 80 % of what is above it).
      fired   it: staying stale has cost 18.50 USD in 36 periods since the last training and 4.20 USD more are ahead, a training costs 22.00 USD (a fresh model loses 0.0312; trainings save 80 % of what is above it)
    ");
}

#[test]
fn ages() {
    let age =
        |age: &str| Age { trained: at("2026-10-03T12:00:00Z"), age: length(age), allowed: length("30d") };
    assert_snapshot!(told([
        Finding::TooOld(age("30d")),
        Finding::YoungEnough(age("29d12h")),
        Finding::AgeUnknown,
    ]), @"
    Start generation 1: it: trained 2026-10-03 12:00 UTC, 30d old, and 30d is allowed.
      fired   it: trained 2026-10-03 12:00 UTC, 30d old, and 30d is allowed
    Rest: nothing asked for a training job.
      quiet   it: trained 2026-10-03 12:00 UTC, 29d12h old, and 30d is allowed
    Held: it cannot be told: when the model was trained is not known; write `trained` into the policy, or ask for a training by hand. Looking again at every sweep.
      unknown it: when the model was trained is not known; write `trained` into the policy, or ask for a training by hand
    ");
}

#[test]
fn gaps() {
    let gaps = [
        Gap::PartialData,
        Gap::InternalError,
        Gap::Forbidden,
        Gap::Failed { error: "timed out".into() },
        Gap::NotAsked,
    ];
    assert_snapshot!(told(gaps.map(|gap| Finding::Unread { gap })), @"
    Held: it cannot be told: CloudWatch gave only a part of the data. Looking again at every sweep.
      unknown it: CloudWatch gave only a part of the data
    Held: it cannot be told: CloudWatch could not answer. Looking again at every sweep.
      unknown it: CloudWatch could not answer
    Held: it cannot be told: reading it is forbidden; check the function's role. Looking again at every sweep.
      unknown it: reading it is forbidden; check the function's role
    Held: it cannot be told: reading it failed: timed out. Looking again at every sweep.
      unknown it: reading it failed: timed out
    Held: it cannot be told: it was not read. Looking again at every sweep.
      unknown it: it was not read
    ");
}

#[test]
fn numbers_are_told_with_as_many_digits_as_say_something() {
    let needed = |level: f64| {
        let judgement =
            Judgement::Trend { values: 2, worsening: level, at_least: 0.0, confidence: 1.0, needed: 0.9 };
        judgement.to_string().split_once(" over").unwrap().0.replace(" worse", "").replace(" better", "")
    };
    let numbers = [
        0.0,
        123_456.7,
        1_000.4,
        999.96,
        123.45,
        12.345,
        1.234_5,
        0.123_45,
        0.01,
        0.012_345,
        0.001_234_5,
        0.000_1,
        0.000_099_9,
        -1e-9,
    ];
    assert_eq!(
        numbers.map(needed),
        [
            "0", "123457", "1000", "1000", "123.5", "12.35", "1.234", "0.1235", "0.01", "0.0123", "0.001234",
            "0.0001", "9.99e-5", "1.00e-9"
        ]
    );
    assert_eq!(needed(f64::INFINITY), "inf");
}
