//! Time zones, and what their clocks do.

use alloc::format;
use alloc::string::String;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use super::refusal::{NotASchedule, quoted};

/// The zone of a name, from the rules compiled in: the same name means the same instants on every machine.
pub(super) fn named(name: &str) -> Result<TimeZone, NotASchedule> {
    let zones = TimeZoneDatabase::bundled();
    match zones.get(name) {
        Ok(zone) if zone.iana_name() == Some(name) && !zone.is_unknown() => Ok(zone),
        _ => {
            let city =
                |zone: &str| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name));
            let near = zones
                .available()
                .find(|zone| zone.as_str().eq_ignore_ascii_case(name))
                .or_else(|| zones.available().find(|zone| city(zone.as_str())));
            let hint = match near {
                Some(near) => format!("write `{}`", near.as_str()),
                None => String::from("write an IANA name, such as `Europe/Berlin` or `UTC`"),
            };
            Err(NotASchedule::new(format!("there is no time zone {}", quoted(name)), hint))
        }
    }
}

/// The instant at which the clocks first show a time; none if they skip it.
pub(super) fn first(zone: &TimeZone, shown: DateTime) -> Option<Timestamp> {
    let instant = zone.to_ambiguous_timestamp(shown);
    if matches!(instant.offset(), AmbiguousOffset::Gap { .. }) {
        return None;
    }
    instant.earlier().ok()
}
