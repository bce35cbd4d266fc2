//! When a policy was held back.

use rekindle_decision::duration::Duration;

use crate::fixtures::{Rule, Setting, matrix, world};

#[test]
fn a_cooldown_is_a_held_span_up_to_its_end() {
    let always_bad = || world(matrix(|_, _| 0.9));
    for (name, cooldown, days) in [("three days", "3d", 3), ("nine days", "9d", 9)] {
        let hourly = Setting { sweep_every: Duration::from_seconds(3_600), ..Setting::default() };
        let (lived, _) = hourly.replay(&Rule { cooldown, ..Rule::default() }.policy(), &always_bad());
        let cooled: Vec<_> = lived.held.iter().filter(|held| held.by == "cooldown").collect();
        let whole = Duration::from_seconds(days * 86_400);
        assert!(lived.starts.len() > 3, "{name}");
        for (start, next) in lived.starts.iter().zip(lived.starts.iter().skip(1)) {
            // While the job runs, what the old model did still asks; that is another span.
            let held = cooled.iter().find(|held| held.to == next.at).unwrap();
            // The first whole day of the new model ends on the second midnight after its start, and a turn that starts a job
            // takes part of a second: what was over then is seen by the next sweep.
            let midnights = 86_400 - start.at.as_second().rem_euclid(86_400).unsigned_abs() + 86_400;
            for (told, seconds, expected) in [
                ("from start to start", Duration::between(start.at, next.at).seconds(), whole.seconds()),
                ("held", Duration::between(held.from, held.to).seconds(), whole.seconds() - midnights),
            ] {
                let late = seconds.saturating_add(2).saturating_sub(expected);
                assert!((1..=3_604).contains(&late), "{name}, {told}: {seconds} s, not {expected} s");
            }
        }
        assert_eq!(lived.holds.get("cooldown").is_some_and(|holds| *holds > 0), !cooled.is_empty(), "{name}");
    }
}

#[test]
fn without_a_cooldown_nothing_is_held() {
    let (lived, _) = Setting::default().replay(&Rule::default().policy(), &world(matrix(|_, _| 0.9)));
    assert!(lived.starts.len() > 3);
    assert!(lived.held.iter().all(|held| held.by == "in_flight"), "{:?}", lived.held);
}
