//! What people read of each blocker: what it is, in which numbers, when it goes, and what to do where time does not help.

use insta::assert_snapshot;
use rekindle_decision::decide;
use rekindle_decision::facts::{Facts, Gap};
use rekindle_decision::finding::Finding;
use rekindle_decision::policy::CountsAs;
use rekindle_decision::ruling::{Blocker, Decision, Reason, Ruling, Shortage};
use rekindle_decision::signal::AlarmState;
use rekindle_decision::span::Span;
use rekindle_decision::state::Suspension;

use crate::make::{
    alarm, at, counts, found, length, policy, sighting, suspension, unless, waits_for, with_alarm,
};

/// The sentence of a hold for each alone, one below the other.
fn told(blockers: impl IntoIterator<Item = Blocker>) -> String {
    let text = |blocker: Blocker| {
        let (alarm_, since) = ("churn-psi".to_owned(), at("01:00:00"));
        let finding = Finding::InAlarm { alarm: alarm_, since };
        let because = vec![Reason::Trigger { trigger: "drift".into(), finding, remembered: None }];
        let look_again_at = blocker.until();
        let ruling = decide(&policy([("drift", alarm("drift"))]), &Facts::at(at("12:00:00")));
        let decision = Decision::Hold { because, waiting_on: vec![blocker] };
        let sentence = Ruling { decision, look_again_at, ..ruling }.sentence();
        // What asked is the same in each.
        let asked =
            "; would otherwise start because drift: alarm churn-psi in ALARM since 2026-11-02 01:00 UTC";
        sentence.replace(asked, "; ...") + "\n"
    };
    blockers.into_iter().map(text).collect()
}

#[test]
fn what_a_person_must_change() {
    assert_snapshot!(told([
        Blocker::Suspended { by_hand: None },
        Blocker::Suspended { by_hand: Some(suspension(None)) },
        Blocker::Suspended {
            by_hand: Some(Suspension { by: None, reason: None, ..suspension(None) })
        },
        Blocker::Approval { decision: "a4c91ca8405684749cc91b3cad6eef06".into() },
        Blocker::GivenUp { failures: 5 },
        Blocker::GivenUp { failures: 1 },
        Blocker::Futile { trainings: 2, best: -0.004, min_gain: 0.01 },
        Blocker::FutileUnread { gap: Gap::Forbidden },
        Blocker::Refused {
            at: at("11:00:00"),
            code: "ValidationException".into(),
            message: "Could not find image".into(),
            until: None,
        },
        Blocker::Ledger { error: "timed out".into() },
    ]), @"
    Held: the policy is suspended; change its mode to go on; .... Looking again at every sweep.
    Held: ada suspended the model 2026-11-02 06:00 UTC (release week); resume it to go on; .... Looking again at every sweep.
    Held: somebody suspended the model 2026-11-02 06:00 UTC; resume it to go on; .... Looking again at every sweep.
    Held: a person must agree: confirm decision a4c91ca8405684749cc91b3cad6eef06; .... Looking again at every sweep.
    Held: given up after 5 failed trainings in a row; mend the cause, then close the breaker, or ask for a training with force; .... Looking again at every sweep.
    Held: given up after 1 failed training in a row; mend the cause, then close the breaker, or ask for a training with force; .... Looking again at every sweep.
    Held: the last 2 trainings gained -0.004 at best and 0.01 is asked for; look for another cause, then close the breaker, change the policy, or ask for a training with force; .... Looking again at every sweep.
    Held: whether the last trainings helped is not known: reading it is forbidden; check the function's role; .... Looking again at every sweep.
    Held: SageMaker refused this start at 2026-11-02 11:00 UTC (ValidationException: Could not find image); mend it, then change the policy, close the breaker, or ask for a training by hand; .... Looking again at every sweep.
    Held: the ledger cannot be read: timed out; .... Looking again at every sweep.
    ");
}

#[test]
fn what_only_waits() {
    assert_snapshot!(told([
        Blocker::Cooldown {
            until: at("2026-11-03T06:00:00Z"),
            started: at("06:00:00"),
            cooldown: length("24h"),
        },
        Blocker::Suspended { by_hand: Some(suspension(Some("16:00:00"))) },
        Blocker::Refused {
            at: at("11:00:00"),
            code: "ValidationException".into(),
            message: "no objects".into(),
            until: Some(at("13:00:00")),
        },
        Blocker::Blackout { until: at("16:00:00"), opens: "cron(0 8 * * ? *)".into() },
        Blocker::Backoff { until: at("15:00:00"), failures: 3 },
        Blocker::Backoff { until: at("07:00:00"), failures: 1 },
        Blocker::MaxStarts { until: at("15:00:00"), starts: 2, within: length("7d") },
        Blocker::MinAge { until: at("2026-11-03T06:00:00Z"), trained: at("06:00:00") },
        Blocker::InFlight {
            generation: 7,
            decision: "earlier".into(),
            since: at("11:40:00"),
            waiting: None,
        },
        Blocker::InFlight {
            generation: 7,
            decision: "earlier".into(),
            since: at("11:40:00"),
            waiting: Some(waits_for("ResourceLimitExceeded: the limit is 0 instances")),
        },
    ]), @"
    Held: cooldown of 1d until 2026-11-03 06:00 UTC (started 2026-11-02 06:00 UTC); .... Looking again after 2026-11-03 06:00 UTC.
    Held: ada suspended the model 2026-11-02 06:00 UTC (release week), until 2026-11-02 16:00 UTC; .... Looking again after 2026-11-02 16:00 UTC.
    Held: SageMaker refused this start at 2026-11-02 11:00 UTC (ValidationException: no objects); it is tried again at 2026-11-02 13:00 UTC, should input have been late; .... Looking again after 2026-11-02 13:00 UTC.
    Held: blackout until 2026-11-02 16:00 UTC (cron(0 8 * * ? *)); .... Looking again after 2026-11-02 16:00 UTC.
    Held: 3 failed trainings in a row; waiting until 2026-11-02 15:00 UTC; .... Looking again after 2026-11-02 15:00 UTC.
    Held: 1 failed training in a row; waiting until 2026-11-02 07:00 UTC; .... Looking again after 2026-11-02 07:00 UTC.
    Held: 2 starts within 7d, no more until 2026-11-02 15:00 UTC; .... Looking again after 2026-11-02 15:00 UTC.
    Held: the model was trained 2026-11-02 06:00 UTC and is to serve until 2026-11-03 06:00 UTC at least; .... Looking again after 2026-11-03 06:00 UTC.
    Held: generation 7 has been in flight since 2026-11-02 11:40 UTC; .... Looking again at every sweep.
    Held: generation 7 has been waiting to start since 2026-11-02 11:40 UTC (ResourceLimitExceeded: the limit is 0 instances); .... Looking again at every sweep.
    ");
}

#[test]
fn money() {
    let budget = |fleet: Option<&str>, spent: &str, run: &str, per: Span| Blocker::Budget {
        fleet: fleet.map(Into::into),
        spent: spent.parse().unwrap(),
        run: run.parse().unwrap(),
        amount: "30 USD".parse().unwrap(),
        per,
        until: per.end(at("12:00:00")),
    };
    assert_snapshot!(told([
        budget(None, "25 USD", "10 USD", Span::Month),
        budget(Some("ml"), "45 USD", "30 USD", Span::Week),
        budget(None, "0 USD", "30.50 USD", Span::Day),
        Blocker::BudgetUnread { fleet: "ml".into(), gap: Gap::Failed { error: "timed out".into() } },
    ]), @"
    Held: the budget, 30.00 USD a month, has 5.00 USD left and a run costs 10.00 USD; the next month begins 2026-12-01 00:00 UTC; .... Looking again after 2026-12-01 00:00 UTC.
    Held: the budget of fleet ml, 30.00 USD a week, has 0.00 USD left and a run costs 30.00 USD; the next week begins 2026-11-09 00:00 UTC; .... Looking again after 2026-11-09 00:00 UTC.
    Held: the budget, 30.00 USD a day, is less than one run costs, 30.50 USD; change one of them; .... Looking again after 2026-11-03 00:00 UTC.
    Held: what fleet ml has spent is not known: reading it failed: timed out; .... Looking again at every sweep.
    ");
}

#[test]
fn data() {
    let shortages = [
        Shortage::TooLittle { have: 120.0, need: 5_000.0 },
        Shortage::TooOld { newest: at("2026-10-30T12:00:00Z"), age: length("3d"), allowed: length("1d") },
        Shortage::Nothing,
        Shortage::Unread { gap: Gap::Forbidden },
    ];
    assert_snapshot!(told(shortages.map(Blocker::Data)), @"
    Held: 120 of 5000 needed to learn from has arrived since the last training; .... Looking again at every sweep.
    Held: the newest data to learn from is of 2026-10-30 12:00 UTC, 3d old, and 1d is allowed; .... Looking again at every sweep.
    Held: no data to learn from has arrived; .... Looking again at every sweep.
    Held: how much there is to learn from is not known: reading it is forbidden; check the function's role; .... Looking again at every sweep.
    ");
}

#[test]
fn what_cannot_be_told() {
    let finding = Finding::Unread { gap: Gap::PartialData };
    assert_snapshot!(told([Blocker::Blind { trigger: "accuracy".into(), finding }]), @"Held: accuracy cannot be told: CloudWatch gave only a part of the data; speaking for a start: drift: alarm churn-psi in ALARM since 2026-11-02 01:00 UTC. Looking again at every sweep.");
}

#[test]
fn an_alarm_that_a_start_has_answered() {
    let policy = policy([("drift", counts(CountsAs::Edge, alarm("drift")))]);
    let mut facts = with_alarm("12:00:00", AlarmState::Alarm);
    facts.state.last_started = Some(at("02:00:00"));
    let ruling = decide(&policy, &facts);
    assert_snapshot!(format!("{}\n{}", ruling.sentence(), ruling.tree_text()), @"
    Rest: drift: alarm drift in ALARM since 2026-11-02 01:00 UTC (answered by the start of 2026-11-02 02:00 UTC).
    quiet   any
      quiet   drift: alarm drift in ALARM since 2026-11-02 01:00 UTC (answered by the start of 2026-11-02 02:00 UTC)
    ");
}

#[test]
fn an_alarm_that_something_forbids() {
    let mut policy = policy(["drift", "incident"].map(|name| (name, alarm(name))));
    policy.start_when = unless("drift", "incident");
    let mut facts = with_alarm("12:00:00", AlarmState::Alarm);
    facts.alarms.insert("incident".into(), found(AlarmState::Alarm, "11:00:00"));
    let ruling = decide(&policy, &facts);
    assert_snapshot!(format!("{}\n{}", ruling.sentence(), ruling.tree_text()), @"
    Rest: not enough for a training job: only drift: alarm drift in ALARM since 2026-11-02 01:00 UTC.
    quiet   all
      fired   drift: alarm drift in ALARM since 2026-11-02 01:00 UTC
      quiet   not
        fired   incident: alarm incident in ALARM since 2026-11-02 11:00 UTC
    ");
}

#[test]
fn one_sign_where_two_are_asked_for() {
    let mut policy = policy(["drift", "psi"].map(|name| (name, alarm(name))));
    policy.start_when = crate::make::all(&["drift", "psi"], Some("2d"));
    let mut facts = with_alarm("12:00:00", AlarmState::Ok);
    facts.alarms.insert("psi".into(), found(AlarmState::Ok, "11:00:00"));
    facts.state.sightings.insert("drift".into(), sighting("11:30:00", false));
    let ruling = decide(&policy, &facts);
    assert_snapshot!(format!("{}\n{}", ruling.sentence(), ruling.tree_text()), @"
    Rest: not enough for a training job: only drift: alarm drift OK since 2026-11-02 01:00 UTC (last seen fired 2026-11-02 11:30 UTC).
    quiet   all within 2d
      fired   drift: alarm drift OK since 2026-11-02 01:00 UTC (last seen fired 2026-11-02 11:30 UTC)
      quiet   psi: alarm psi OK since 2026-11-02 11:00 UTC
    ");
}
