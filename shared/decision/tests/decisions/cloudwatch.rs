//! CloudWatch's own behaviour: the two tables of "Configuring how CloudWatch alarms treat missing data" in the Amazon
//! CloudWatch User Guide, row for row.
//!
//! `0` is a value within the limit, `X` one beyond it, `-` none; the newest is on the right. Three periods are judged
//! and five are read.

use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_decision::policy::{Limit, MOutOfN, MissingData, Threshold};
use rekindle_decision::truth::Truth;
use rstest::rstest;

use crate::make::{at, hourly, metric, policy, sighting, threshold};

const NOW: &str = "12:00:00";

/// What the table says in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Ok,
    Alarm,
    InsufficientData,
    /// "Retain current state". We remember what fired, not what was quiet: a trigger that had not fired is unknown.
    Retain,
}

use Says::{Alarm, InsufficientData, Ok, Retain};

fn truth(m: u32, data: &str, missing_data: MissingData, fired_before: bool) -> Truth {
    let values: Vec<Option<f64>> = data
        .split(' ')
        .map(|word| match word {
            "0" => Some(1.0),
            "X" => Some(9.0),
            _ => None,
        })
        .collect();
    let periods = MOutOfN { m, n: 3 };
    let threshold = Threshold { periods, missing_data, ..threshold(Limit::Above(5.0)) };
    let mut facts = Facts::at(at(NOW));
    facts.metrics.insert("load".into(), hourly(NOW, &values));
    if fired_before {
        facts.state.sightings.insert("load".into(), sighting("11:00:00", true));
    }
    decide(&policy([("load", metric(threshold))]), &facts).tree.truth
}

fn check(m: u32, data: &str, row: [Says; 4]) {
    let columns =
        [MissingData::Missing, MissingData::Ignore, MissingData::Breaching, MissingData::NotBreaching];
    for (column, says) in columns.into_iter().zip(row) {
        for fired_before in [false, true] {
            let expected = match says {
                Ok => Truth::Quiet,
                Alarm => Truth::Fired,
                Retain if fired_before => Truth::Fired,
                InsufficientData | Retain => Truth::Unknown,
            };
            let found = truth(m, data, column, fired_before);
            assert_eq!(found, expected, "{m} of 3, {data}, {column:?}, fired before: {fired_before}");
        }
    }
}

#[rstest]
#[case("0 - X - X", [Ok, Ok, Ok, Ok])]
#[case("- - - - 0", [Ok, Ok, Ok, Ok])]
#[case("- - - - -", [InsufficientData, Retain, Alarm, Ok])]
#[case("0 X X - X", [Alarm, Alarm, Alarm, Alarm])]
#[case("- - X - -", [Alarm, Retain, Alarm, Ok])]
fn three_of_three(#[case] data: &str, #[case] missing_ignore_breaching_not_breaching: [Says; 4]) {
    check(3, data, missing_ignore_breaching_not_breaching);
}

#[rstest]
#[case("0 - X - X", [Alarm, Alarm, Alarm, Alarm])]
#[case("0 0 X 0 X", [Alarm, Alarm, Alarm, Alarm])]
#[case("0 - X - -", [Ok, Ok, Alarm, Ok])]
#[case("- - - - 0", [Ok, Ok, Alarm, Ok])]
#[case("- - - - X", [Alarm, Retain, Alarm, Ok])]
fn two_of_three(#[case] data: &str, #[case] missing_ignore_breaching_not_breaching: [Says; 4]) {
    check(2, data, missing_ignore_breaching_not_breaching);
}
