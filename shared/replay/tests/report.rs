//! What is promised of the report of a replay, as text and as a page.
#![cfg(test)]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rekindle_decision::duration::Duration;
use rekindle_replay::report::{AtPrice, Held, Knowledge, Outcome, Report, Start, Unit};
use roxmltree::{Document, Node, ParsingOptions};

const HOSTILE: &str = "</title></style></script><script>alert('&amp;')</script>\"\u{1b}[31m\u{0}";

fn after(periods: usize, period: Duration) -> Timestamp {
    let start: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    let seconds = i64::try_from(periods).unwrap() * i64::try_from(period.seconds()).unwrap();
    start + SignedDuration::from_secs(seconds)
}

fn outcome(name: &str, periods: usize, starts: &[usize], period: Duration) -> Outcome {
    let trained = f64::from(u32::try_from(starts.len()).unwrap());
    let slope = 1.5 / (trained + 1.0);
    let total = |nth: usize| slope * f64::from(u32::try_from(nth).unwrap());
    let start = |nth: &usize| Start {
        at: after(nth + 1, period),
        period: *nth,
        because: format!("staying stale has cost more than {nth} USD"),
    };
    let (training_cost, staleness_cost) = (trained * 12.5, total(periods));
    Outcome {
        name: name.to_owned(),
        starts: starts.iter().map(start).collect(),
        training_cost,
        staleness_cost,
        total: training_cost + staleness_cost,
        over_optimum: (training_cost + staleness_cost) / 60.0,
        stale: Duration::from_seconds(period.seconds() * u64::try_from(periods / 10).unwrap()),
        false_starts: starts.len() / 3,
        holds: BTreeMap::new(),
        loss: (0..periods).map(|nth| 0.1 + 0.01 * f64::from(u32::try_from(nth % 13).unwrap())).collect(),
        cumulative: (1..=periods).map(total).collect(),
    }
}

/// So many periods, with a start in each tenth.
fn report(periods: usize, period: &str) -> Report {
    let period: Duration = period.parse().unwrap();
    let starts: Vec<usize> = (0..periods).step_by(10).skip(1).collect();
    let of = |name: &str, starts: &[usize]| outcome(name, periods, starts, period);
    let mut policy = of("policy", &starts);
    policy.holds = BTreeMap::from([("budget", 1), ("cooldown", 3)].map(|(by, times)| (by.to_owned(), times)));
    let held =
        |from, to, by: &str| Held { from: after(from, period), to: after(to, period), by: by.to_owned() };
    let names = ["never", "periodic (every 21)", "break_even"];
    let price = |retrain_cost: f64| AtPrice {
        retrain_cost,
        over_optimum: names.iter().map(|name| ((*name).to_owned(), 1.0 + retrain_cost / 50.0)).collect(),
    };
    Report {
        model: "churn".to_owned(),
        history: "churn.csv".to_owned(),
        from: after(0, period),
        to: after(periods, period),
        period,
        unit: Unit::Usd,
        retrain_cost: 12.5,
        world: Knowledge::Measured,
        fresh: vec![0.1; periods],
        policy,
        rivals: vec![
            of("never", &[]),
            of("periodic (every 21)", &starts),
            of("break_even", &[20.min(periods)]),
            of("optimum", &[30.min(periods)]),
        ],
        prices: [1.0, 12.5, 100.0].map(price).to_vec(),
        held: vec![held(5, 9, "cooldown"), held(12, 14, "cooldown"), held(13, 30, "budget")],
    }
}

/// The page, read as XML; and what must hold for any.
fn read(page: &str, look: impl FnOnce(&Document<'_>)) {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(page, options).unwrap_or_else(|error| panic!("{error}:\n{page}"));
    for node in document.descendants().filter(Node::is_element) {
        for attribute in node.attributes() {
            let value = attribute.value();
            assert!(!matches!(attribute.name(), "src" | "href"), "{value}");
            assert!(!attribute.name().starts_with("on"), "{value}");
            for number in ["NaN", "inf"] {
                assert!(!value.contains(number) || attribute.name() == "content", "{value}");
            }
        }
    }
    for outside in ["http:", "https:", "//cdn", "@import", "url(http"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(ids.len(), once.len(), "{ids:?}");
    for drawing in document.descendants().filter(|node| node.attribute("role") == Some("img")) {
        let names = drawing.attribute("aria-labelledby").unwrap();
        assert!(names.split(' ').all(|name| ids.contains(&name)), "{names}");
    }
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("script")).count(), 1);
    look(&document);
}

/// What is told of the marks of one kind in one drawing.
fn told<'a>(document: &'a Document<'_>, drawing: &str, class: &str) -> Vec<&'a str> {
    let drawing = document.descendants().find(|node| node.attribute("id") == Some(drawing));
    let marks = drawing.into_iter().flat_map(|drawing| drawing.descendants());
    let marks = marks.filter(|node| node.attribute("class") == Some(class));
    marks.filter_map(|mark| mark.children().find(|child| child.has_tag_name("title"))?.text()).collect()
}

#[test]
fn the_text_of_a_measured_world() {
    insta::assert_snapshot!(report(90, "1d").text());
}

#[test]
fn the_text_of_an_assumed_world_without_money() {
    let mut report = report(200, "1h");
    report.unit = Unit::Periods;
    report.world = Knowledge::Assumed { ageing: "a straight line of 0.004 a day, on 60 values".to_owned() };
    for way in report.rivals.iter_mut().chain([&mut report.policy]) {
        way.total += 20.0;
    }
    insta::assert_snapshot!(report.text());
}

#[test]
fn every_start_and_every_hold_is_in_the_page() {
    let report = report(90, "1d");
    read(&report.html(), |page| {
        for room in ["desk", "phone"] {
            for drawing in ["loss", "guards"] {
                let starts = told(page, &format!("{drawing}-{room}"), "mark start");
                assert_eq!(starts.len(), report.policy.starts.len());
                for (start, told) in report.policy.starts.iter().zip(starts) {
                    assert!(told.contains(&start.because), "{told}");
                    assert!(told.starts_with(&start.at.strftime("%Y-%m-%d %H:%M UTC").to_string()), "{told}");
                }
            }
            assert_eq!(told(page, &format!("loss-{room}"), "held").len(), 3);
            assert_eq!(told(page, &format!("guards-{room}"), "held bar").len(), 3);
            assert_eq!(told(page, &format!("price-{room}"), "mark today").len(), 1);
        }
        let listed = page.descendants().filter(|node| node.has_tag_name("time")).count();
        assert_eq!(listed, report.policy.starts.len());
        let rows = page.descendants().filter(|node| node.has_tag_name("tr")).count();
        assert_eq!(rows, 1 + 1 + report.rivals.len());
    });
}

#[test]
fn what_hangs_on_an_assumption_says_so() {
    let mut report = report(90, "1d");
    assert!(!report.html().contains("(assumed)") && !report.text().to_string().contains("assumed"));
    report.world = Knowledge::Assumed { ageing: "a straight line".to_owned() };
    let (page, text) = (report.html(), report.text().to_string().replace('\n', " "));
    for said in ["optimum (assumed)", "a straight line"] {
        assert!(page.contains(said) && text.contains(said), "{said}");
    }
    for said in ["freshest model (assumed)", "times assumed optimum", "times the assumed optimum"] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn what_others_wrote_stays_text() {
    let mut report = report(90, "1d");
    let hostile = || HOSTILE.to_owned();
    (report.model, report.history, report.policy.name) = (hostile(), hostile(), hostile());
    report.world = Knowledge::Assumed { ageing: hostile() };
    report.policy.holds = BTreeMap::from([(hostile(), 2)]);
    for way in &mut report.rivals {
        way.name = hostile();
    }
    for start in &mut report.policy.starts {
        start.because = hostile();
    }
    for held in &mut report.held {
        held.by = hostile();
    }
    read(&report.html(), |_| ());
    let text = report.text().to_string();
    assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{text:?}");
}

#[test]
fn little_or_nothing_is_a_page_too() {
    let mut nothing = report(0, "1d");
    (nothing.rivals, nothing.prices, nothing.held) = (Vec::new(), Vec::new(), Vec::new());
    read(&nothing.html(), |page| {
        assert!(page.descendants().all(|node| node.attribute("role") != Some("img")));
    });
    assert!(!nothing.text().to_string().is_empty());
    for periods in [0, 1, 2] {
        let report = report(periods, "5m");
        read(&report.html(), |_| ());
        assert!(report.text().to_string().contains("optimum"));
    }
}

#[test]
fn figures_that_are_none_are_left_out() {
    for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN] {
        let mut some = report(90, "1d");
        some.policy.loss[3] = none;
        some.policy.cumulative[89] = none;
        some.fresh[0] = none;
        some.prices[0].retrain_cost = none;
        some.prices[1].over_optimum.insert("never".to_owned(), none);
        some.rivals[1].total = none;
        read(&some.html(), |_| ());

        let mut all = report(90, "1d");
        (all.fresh, all.retrain_cost) = (vec![none; 90], none);
        for way in all.rivals.iter_mut().chain([&mut all.policy]) {
            (way.loss, way.cumulative) = (vec![none; 90], vec![none; 90]);
            (way.training_cost, way.staleness_cost, way.total, way.over_optimum) = (none, none, none, none);
        }
        for at in &mut all.prices {
            (at.retrain_cost, at.over_optimum) = (none, BTreeMap::new());
        }
        read(&all.html(), |_| ());
        let text = all.text().to_string();
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
}

#[test]
fn a_start_outside_the_time_is_at_its_edge() {
    let mut report = report(90, "1d");
    report.policy.starts[0].at = Timestamp::MIN;
    report.policy.starts[1].at = Timestamp::MAX;
    (report.held[0].from, report.held[1].to) = (Timestamp::MIN, Timestamp::MAX);
    read(&report.html(), |page| {
        assert_eq!(told(page, "loss-desk", "mark start").len(), report.policy.starts.len());
    });
}

#[test]
fn a_year_of_five_minutes_is_a_small_page() {
    let mut report = report(105_120, "5m");
    report.policy.starts.truncate(40);
    let page = report.html();
    assert!(page.len() < 400_000, "{}", page.len());
    read(&page, |_| ());
}

#[test]
fn the_same_report_is_the_same_page() {
    assert_eq!(report(90, "1d").html(), report(90, "1d").html());
}
