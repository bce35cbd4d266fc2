//! What arrives: objects, and results about data.

use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::finding::{Arrived, Finding};
use rekindle_decision::pattern::Pattern;
use rekindle_decision::policy::{CountsAs, DataQuality, Events, Objects, Outcome, Policy, Watch};
use rekindle_decision::signal::{Arrival, Signal, What};
use rekindle_decision::state::{Aside, Phase, State, Tally};
use rstest::rstest;
use serde_json::json;

use crate::make::{at, counts, finding, length, policy, running, starting, verdict};

/// Three objects and a thousand bytes, and none for ten minutes.
fn files() -> Policy {
    let watch = Watch::Objects(Objects {
        bucket: "data".into(),
        prefix: "churn/".into(),
        suffix: ".parquet".into(),
        count: 3,
        bytes: 1_000,
        quiet_for: length("10m"),
    });
    policy([("files", watch.into())])
}

fn object(id: &str, instant: &str, size: u64) -> Signal {
    let what = What::Object { bucket: "data".into(), key: format!("churn/{id}.parquet"), size };
    Signal::Arrived(Arrival { id: id.into(), at: at(instant), what, replay: None })
}

/// One object of 400 bytes at each of these times.
fn told(now: &str, instants: &[&str]) -> Facts {
    let mut facts = Facts::at(at(now));
    facts.signals = instants.iter().map(|instant| object(instant, instant, 400)).collect();
    facts
}

fn arrived(count: u64, bytes: u64, last: Option<&str>) -> Arrived {
    Arrived { count, needed: 3, bytes, needed_bytes: 1_000, last: last.map(at) }
}

#[rstest]
#[case::nothing(&[], Finding::Arriving(arrived(0, 0, None)))]
#[case::too_few(&["01:00:00", "01:01:00"], Finding::Arriving(arrived(2, 800, Some("01:01:00"))))]
#[case::enough(&["01:00:00", "01:01:00", "01:02:00"], Finding::Arrived(arrived(3, 1_200, Some("01:02:00"))))]
#[case::in_any_order(&["01:02:00", "01:00:00", "01:01:00"], Finding::Arrived(arrived(3, 1_200, Some("01:02:00"))))]
#[case::one_of_them_twice(&["01:00:00", "01:01:00", "01:01:00"], Finding::Arriving(arrived(2, 800, Some("01:01:00"))))]
fn objects_that_arrived(#[case] instants: &[&str], #[case] expected: Finding) {
    let fires = matches!(expected, Finding::Arrived(_));
    let ruling = decide(&files(), &told("02:00:00", instants));
    assert_eq!(finding(&ruling, "files"), expected);
    assert_eq!(verdict(&ruling), if fires { "start" } else { "rest" });
}

#[rstest]
#[case::a_byte_too_few(999, false)]
#[case::exactly_enough(1_000, true)]
fn there_must_be_enough_bytes_too(#[case] bytes: u64, #[case] fires: bool) {
    let mut facts = Facts::at(at("02:00:00"));
    facts.signals =
        vec![object("a", "01:00:00", 0), object("b", "01:00:00", 1), object("c", "01:00:00", bytes - 1)];
    assert_eq!(verdict(&decide(&files(), &facts)), if fires { "start" } else { "rest" });
}

#[rstest]
#[case::a_moment_too_soon("01:11:59.999999999", "rest")]
#[case::exactly_when_it_is_quiet("01:12:00", "start")]
fn a_data_set_must_have_settled(#[case] now: &str, #[case] expected: &str) {
    let ruling = decide(&files(), &told(now, &["01:00:00", "01:01:00", "01:02:00"]));
    assert_eq!(verdict(&ruling), expected);
    if expected == "rest" {
        let until = at("01:12:00");
        let arrived = arrived(3, 1_200, Some("01:02:00"));
        assert_eq!(finding(&ruling, "files"), Finding::Settling { arrived, until });
        assert_eq!(ruling.look_again_at, Some(until));
    }
}

#[rstest]
#[case::another_bucket("date", "churn/a.parquet")]
#[case::another_prefix("data", "chur/a.parquet")]
#[case::another_suffix("data", "churn/a.csv")]
fn an_object_does_not_count_from(#[case] bucket: &str, #[case] key: &str) {
    let what = What::Object { bucket: bucket.into(), key: key.into(), size: 5 };
    let other = Arrival { id: "a".into(), at: at("01:00:00"), what, replay: None };
    assert!(!files().hears(&other));
    let mut facts = Facts::at(at("02:00:00"));
    facts.signals.push(Signal::Arrived(other));
    assert_eq!(finding(&decide(&files(), &facts), "files"), Finding::Arriving(arrived(0, 0, None)));
}

/// Two events of our feature store.
fn backfills() -> Policy {
    let pattern = Pattern::parse(&json!({"source": ["features"]})).unwrap();
    let watch = Watch::Events(Box::new(Events { pattern, count: 2, quiet_for: length("0s") }));
    policy([("backfills", watch.into())])
}

fn event(id: &str, source: &str) -> Signal {
    let what = What::Event { event: json!({"source": source}) };
    Signal::Arrived(Arrival { id: id.into(), at: at("01:00:00"), what, replay: None })
}

#[rstest]
#[case::of_none(&[], 0, "rest")]
#[case::of_one(&["features"], 1, "rest")]
#[case::of_one_and_another(&["features", "billing"], 1, "rest")]
#[case::of_two(&["features", "features"], 2, "start")]
fn events_are_counted_by_their_pattern(#[case] sources: &[&str], #[case] count: u64, #[case] expected: &str) {
    let mut facts = Facts::at(at("02:00:00"));
    facts.signals = sources.iter().zip(["a", "b"]).map(|(source, id)| event(id, source)).collect();
    let ruling = decide(&backfills(), &facts);
    let last = (count > 0).then(|| at("01:00:00"));
    let arrived = Arrived { count, needed: 2, bytes: 0, needed_bytes: 0, last };
    let found = if expected == "start" { Finding::Arrived(arrived) } else { Finding::Arriving(arrived) };
    assert_eq!((finding(&ruling, "backfills"), verdict(&ruling).as_str()), (found, expected));
}

#[test]
fn a_policy_hears_of_what_it_counts() {
    let Signal::Arrived(arrival) = object("a", "01:00:00", 5) else { panic!("an arrival") };
    assert!(files().hears(&arrival));
    assert_eq!(files().counting(&arrival).collect::<Vec<_>>(), ["files"]);
}

#[rstest]
#[case::before_the_last_start("01:00:00", 0)]
#[case::at_the_last_start("01:30:00", 0)]
#[case::after_it("01:30:01", 1)]
fn an_object(#[case] instant: &str, #[case] counted: u64) {
    let mut facts = told("02:00:00", &[instant]);
    facts.state.last_started = Some(at("01:30:00"));
    let Finding::Arriving(found) = finding(&decide(&files(), &facts), "files") else { panic!("arriving") };
    assert_eq!(found.count, counted);
}

#[test]
fn what_arrived_is_kept_in_the_ledger() {
    let ruling = decide(&files(), &told("02:00:00", &["01:01:00", "01:00:00"]));
    let expected = Tally {
        count: 2,
        bytes: 800,
        first: at("01:00:00"),
        last: at("01:01:00"),
        passed: None,
        // Digests: a key may be long, and a row of the ledger may not.
        seen: vec!["9f42b082586ef9e7".into(), "a7d7b218a3111c56".into()],
        aside: None,
    };
    assert_eq!(ruling.arrivals, [("files".to_owned(), expected)].into());
    // The next one makes it enough; one of them comes twice.
    let mut later = told("02:00:00", &["01:01:00", "01:02:00"]);
    later.state.arrivals = ruling.arrivals;
    let ruling = decide(&files(), &later);
    assert_eq!(finding(&ruling, "files"), Finding::Arrived(arrived(3, 1_200, Some("01:02:00"))));
}

#[rstest]
#[case::as_an_edge(CountsAs::Edge)]
#[case::as_a_level(CountsAs::Level)]
#[case::as_a_latch(CountsAs::Latch)]
fn objects_are_counted_from_the_last_start_on(#[case] counts_as: CountsAs) {
    let mut policy = files();
    let trigger = policy.triggers["files"].clone();
    policy.triggers.insert("files".into(), counts(counts_as, trigger));
    let mut facts = told("02:00:00", &["01:00:00", "01:01:00", "01:02:00"]);
    let started = decide(&policy, &facts);
    assert_eq!(verdict(&started), "start");
    // The ledger is not swept by a start; what stands in it is older than the start.
    facts = told("02:30:00", &["02:10:00"]);
    facts.state.arrivals = started.arrivals;
    facts.state.last_started = Some(at("02:00:00"));
    let ruling = decide(&policy, &facts);
    assert_eq!(finding(&ruling, "files"), Finding::Arriving(arrived(1, 400, Some("02:10:00"))));
    assert_eq!(ruling.arrivals["files"].count, 1);
    assert_eq!(verdict(&ruling), "rest");
}

/// Three objects have led to a start at 02:00, and a fourth comes while it waits for quota.
fn during_a_start() -> Facts {
    let mut facts = told("02:00:00", &["01:00:00", "01:01:00", "01:02:00"]);
    let started = decide(&files(), &facts);
    assert_eq!(verdict(&started), "start");
    facts = told("02:30:00", &["02:10:00"]);
    facts.state.arrivals = started.arrivals;
    facts.state.phase = starting("02:00:00", Some("Quota: none"));
    let ruling = decide(&files(), &facts);
    assert_eq!(finding(&ruling, "files"), Finding::Arriving(arrived(1, 400, Some("02:10:00"))));
    facts.signals.clear();
    facts.state.arrivals = ruling.arrivals;
    facts
}

#[test]
fn what_a_start_in_flight_answers_is_put_aside() {
    let facts = during_a_start();
    let aside = Aside { since: at("02:00:00"), count: 3, bytes: 1_200 };
    assert_eq!(facts.state.arrivals["files"].aside, Some(aside));
    // The wait goes on, and it stays aside.
    let ruling = decide(&files(), &facts);
    assert_eq!((ruling.arrivals["files"].count, ruling.arrivals["files"].bytes), (1, 400));
    // Nothing has come since the job runs: what is aside is all there is.
    let mut alone = during_a_start();
    (alone.state.phase, alone.state.last_started) = (running("02:00:00"), Some(at("02:00:00")));
    let tally = alone.state.arrivals.get_mut("files").unwrap();
    (tally.count, tally.bytes, tally.last, tally.aside) = (3, 1_200, at("01:50:00"), None);
    let tally = &decide(&files(), &alone).arrivals["files"];
    assert_eq!((tally.count, tally.bytes, tally.aside), (0, 0, Some(aside)));
    assert_eq!(finding(&ruling, "files"), Finding::Arriving(arrived(1, 400, Some("02:10:00"))));
    assert_eq!(ruling.arrivals["files"].aside, Some(aside));
}

#[rstest]
#[case::is_answered_by_the_job_that_comes_of_it(Some("02:00:00"), 1, 400)]
#[case::is_answered_by_a_later_one(Some("02:05:00"), 1, 400)]
#[case::counts_again_if_the_start_comes_to_nothing(None, 4, 1_600)]
#[case::counts_again_if_only_an_earlier_start_came_to_be(Some("00:30:00"), 4, 1_600)]
fn what_was_put_aside(#[case] started: Option<&str>, #[case] count: u64, #[case] bytes: u64) {
    let mut facts = during_a_start();
    facts.state.phase = Phase::Idle;
    facts.state.last_started = started.map(at);
    let ruling = decide(&files(), &facts);
    let tally = &ruling.arrivals["files"];
    assert_eq!((tally.count, tally.bytes, tally.aside), (count, bytes, None));
}

#[test]
fn only_the_newest_identities_are_remembered() {
    let mut facts = Facts::at(at("02:00:00"));
    facts.signals = (0..State::SEEN + 2).map(|number| object(&number.to_string(), "01:00:00", 1)).collect();
    let tally = &decide(&files(), &facts).arrivals["files"];
    assert_eq!((tally.count, tally.seen.len()), (258, 256));
    // The oldest two are forgotten, and would count again.
    facts.state.arrivals = [("files".to_owned(), tally.clone())].into();
    facts.signals = ["257", "0", "1"].iter().map(|id| object(id, "01:00:00", 1)).collect();
    assert_eq!(decide(&files(), &facts).arrivals["files"].count, 260);
}

/// A result of the ruleset.
fn result(id: &str, instant: &str, passed: bool) -> Signal {
    let what = What::DataQuality { rulesets: vec!["other".into(), "rows".into()], passed, score: None };
    Signal::Arrived(Arrival { id: id.into(), at: at(instant), what, replay: None })
}

fn rows(on: Outcome, counts_as: CountsAs, quiet_for: &str) -> Policy {
    let watch = Watch::DataQuality(DataQuality { ruleset: "rows".into(), on, quiet_for: length(quiet_for) });
    policy([("rows", counts(counts_as, watch.into()))])
}

#[rstest]
#[case::passed(Outcome::Passed, true, "start")]
#[case::failed_and_passed_is_asked(Outcome::Passed, false, "rest")]
#[case::failed(Outcome::Failed, false, "start")]
#[case::passed_and_failed_is_asked(Outcome::Failed, true, "rest")]
fn a_result(#[case] on: Outcome, #[case] passed: bool, #[case] expected: &str) {
    let mut facts = Facts::at(at("02:00:00"));
    facts.signals.push(result("one", "01:00:00", passed));
    let ruling = decide(&rows(on, CountsAs::Edge, "0s"), &facts);
    let at = at("01:00:00");
    let as_asked = Finding::DataAsAsked { passed, at };
    let found = if expected == "start" { as_asked } else { Finding::DataOtherwise { passed, at } };
    assert_eq!((finding(&ruling, "rows"), verdict(&ruling).as_str()), (found, expected));
}

#[test]
fn without_a_result_nothing_is_asked() {
    let ruling = decide(&rows(Outcome::Passed, CountsAs::Edge, "0s"), &Facts::at(at("02:00:00")));
    let none = Arrived { needed: 1, ..Arrived::default() };
    assert_eq!((finding(&ruling, "rows"), verdict(&ruling).as_str()), (Finding::Arriving(none), "rest"));
}

#[test]
fn without_a_result_how_the_data_is_cannot_be_told() {
    let policy = rows(Outcome::Passed, CountsAs::Level, "0s");
    let mut facts = Facts::at(at("02:00:00"));
    for started in [None, Some(at("01:00:00"))] {
        facts.state.last_started = started;
        let ruling = decide(&policy, &facts);
        let none = Finding::NoResult { ruleset: "rows".into() };
        assert_eq!((finding(&ruling, "rows"), verdict(&ruling).as_str()), (none, "hold blind"));
    }
    // One that is not as asked is a result.
    facts.signals.push(result("one", "00:30:00", false));
    assert_eq!(verdict(&decide(&policy, &facts)), "rest");
}

#[test]
fn a_result_of_another_ruleset_is_not_heard() {
    let what = What::DataQuality { rulesets: vec!["other".into()], passed: true, score: None };
    let other = Arrival { id: "a".into(), at: at("01:00:00"), what, replay: None };
    assert!(!rows(Outcome::Passed, CountsAs::Edge, "0s").hears(&other));
}

#[rstest]
#[case::the_newest_passed(&[("01:00:00", false), ("01:30:00", true)], "start")]
#[case::the_newest_failed(&[("01:00:00", true), ("01:30:00", false)], "rest")]
#[case::one_that_comes_late_hides_nothing(&[("01:30:00", true), ("01:00:00", false)], "start")]
#[case::one_that_comes_late_mends_nothing(&[("01:30:00", false), ("01:00:00", true)], "rest")]
#[case::of_one_instant_the_one_told_last(&[("01:30:00", false), ("01:30:00", true)], "start")]
fn of_several_results_the_newest_decides(#[case] results: &[(&str, bool)], #[case] expected: &str) {
    let mut facts = Facts::at(at("02:00:00"));
    for (number, (instant, passed)) in results.iter().enumerate() {
        facts.signals.push(result(&number.to_string(), instant, *passed));
    }
    assert_eq!(verdict(&decide(&rows(Outcome::Passed, CountsAs::Edge, "0s"), &facts)), expected);
}

#[rstest]
#[case::a_moment_too_soon("01:09:59.999999999", "rest")]
#[case::exactly_quiet("01:10:00", "start")]
fn a_result_settles(#[case] now: &str, #[case] expected: &str) {
    let mut facts = Facts::at(at(now));
    facts.signals.push(result("one", "01:00:00", true));
    let ruling = decide(&rows(Outcome::Passed, CountsAs::Edge, "10m"), &facts);
    assert_eq!(verdict(&ruling), expected);
    if expected == "rest" {
        let arrived = Arrived { count: 1, needed: 1, last: Some(at("01:00:00")), ..Arrived::default() };
        assert_eq!(finding(&ruling, "rows"), Finding::Settling { arrived, until: at("01:10:00") });
    }
}

#[test]
fn what_comes_with_a_clock_ahead_of_ours_counts_at_once_where_nothing_is_to_settle() {
    let mut facts = Facts::at(at("00:59:59"));
    facts.signals.push(result("one", "01:00:00", true));
    assert_eq!(verdict(&decide(&rows(Outcome::Passed, CountsAs::Edge, "0s"), &facts)), "start");
    let mut files = files();
    let Watch::Objects(watch) = &mut files.triggers.get_mut("files").unwrap().watch else {
        panic!("objects")
    };
    watch.quiet_for = length("0s");
    assert_eq!(verdict(&decide(&files, &told("01:00:00", &["01:00:00", "01:01:00", "01:02:00"]))), "start");
}

#[rstest]
#[case::as_an_edge_only_what_came_since_the_start(CountsAs::Edge, "rest")]
#[case::as_a_level_the_newest_there_ever_was(CountsAs::Level, "start")]
fn after_a_start(#[case] counts_as: CountsAs, #[case] expected: &str) {
    let policy = rows(Outcome::Passed, counts_as, "0s");
    let mut facts = Facts::at(at("01:00:00"));
    facts.signals.push(result("one", "01:00:00", true));
    let first = decide(&policy, &facts);
    let mut later = Facts::at(at("03:00:00"));
    later.state.arrivals = first.arrivals;
    later.state.last_started = Some(at("02:00:00"));
    assert_eq!(verdict(&decide(&policy, &later)), expected);
    // A result of before the start that is delivered after it.
    later.signals.push(result("two", "01:30:00", true));
    assert_eq!(verdict(&decide(&policy, &later)), expected);
}

#[rstest]
#[case::enough_of_both(&[400, 400, 400], true)]
#[case::more_than_enough(&[400, 400, 400, 400], true)]
#[case::exactly_enough(&[400, 300, 300], true)]
#[case::too_few_and_large(&[900, 900], false)]
#[case::enough_and_small(&[400, 300, 299], false)]
fn both_the_number_and_the_size_must_be_enough(#[case] sizes: &[u64], #[case] fires: bool) {
    let mut facts = Facts::at(at("02:00:00"));
    facts.signals = sizes
        .iter()
        .enumerate()
        .map(|(number, size)| object(&number.to_string(), "01:00:00", *size))
        .collect();
    assert_eq!(matches!(finding(&decide(&files(), &facts), "files"), Finding::Arrived(_)), fires);
}

#[test]
fn what_comes_after_that_during_the_same_start_is_counted_on() {
    let mut facts = during_a_start();
    facts.signals = vec![object("02:20:00", "02:20:00", 100)];
    let ruling = decide(&files(), &facts);
    assert_eq!(finding(&ruling, "files"), Finding::Arriving(arrived(2, 500, Some("02:20:00"))));
    assert_eq!(ruling.arrivals["files"].aside, Some(Aside { since: at("02:00:00"), count: 3, bytes: 1_200 }));
    // Nothing that came before it: nothing is put aside.
    facts.state.arrivals.clear();
    assert_eq!(decide(&files(), &facts).arrivals["files"].aside, None);
}

#[test]
fn what_came_before_a_start_is_put_aside_though_it_is_told_late() {
    let late = || vec![object("01:59:00", "01:59:00", 100)];
    let mut facts = during_a_start();
    facts.signals = late();
    let ruling = decide(&files(), &facts);
    assert_eq!(finding(&ruling, "files"), Finding::Arriving(arrived(1, 400, Some("02:10:00"))));
    assert_eq!(ruling.arrivals["files"].aside, Some(Aside { since: at("02:00:00"), count: 4, bytes: 1_300 }));
    // The first to be put aside, after one that came later was told earlier.
    facts.state.arrivals.get_mut("files").unwrap().aside = None;
    let ruling = decide(&files(), &facts);
    assert_eq!(ruling.arrivals["files"].aside, Some(Aside { since: at("02:00:00"), count: 1, bytes: 100 }));
    // Alone, while the job runs, it is put aside and nothing counts.
    let mut alone = during_a_start();
    (alone.state.phase, alone.state.last_started) = (running("02:00:00"), Some(at("02:00:00")));
    alone.state.arrivals.clear();
    alone.signals = late();
    let tally = &decide(&files(), &alone).arrivals["files"];
    let aside = Aside { since: at("02:00:00"), count: 1, bytes: 100 };
    assert_eq!((tally.count, tally.bytes, tally.aside), (0, 0, Some(aside)));
    // Alone, it is counted until the start is made, and put aside by what comes after.
    facts.state.arrivals.clear();
    facts.state.arrivals = decide(&files(), &facts).arrivals;
    assert_eq!((facts.state.arrivals["files"].count, facts.state.arrivals["files"].aside), (1, None));
    facts.signals =
        [vec![object("01:58:00", "01:58:00", 100)], vec![object("02:20:00", "02:20:00", 100)]].concat();
    let tally = &decide(&files(), &facts).arrivals["files"];
    assert_eq!((tally.count, tally.aside.map(|aside| aside.count)), (1, Some(2)));
}

#[rstest]
#[case::as_a_level_it_is_what_there_is(CountsAs::Level, true)]
#[case::as_an_edge_it_is_over(CountsAs::Edge, false)]
fn a_result_from_before_the_last_start(#[case] counts_as: CountsAs, #[case] kept: bool) {
    let policy = rows(Outcome::Passed, counts_as, "0s");
    let mut facts = Facts::at(at("02:00:00"));
    facts.signals.push(result("one", "01:00:00", true));
    facts.state.arrivals = decide(&policy, &facts).arrivals;
    facts.signals.clear();
    facts.state.last_started = Some(at("02:00:00"));
    facts.now = at("03:00:00");
    let ruling = decide(&policy, &facts);
    assert_eq!(ruling.arrivals.contains_key("rows"), kept);
    assert_eq!(finding(&ruling, "rows") == Finding::DataAsAsked { passed: true, at: at("01:00:00") }, kept);
}
