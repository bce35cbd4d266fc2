//! What goes wrong in the month, and when. The review is not told: it must find out.

use jiff::Timestamp;

use crate::faults::Faults;

/// The first instant of the month: Sunday, 1 November 2026.
pub(crate) const FIRST: Timestamp = on(1, 0, 0);

/// The first instant after it.
pub(crate) const END: Timestamp = on(31, 0, 0);

/// While somebody else's experiments leave eight machines of the quota.
pub(crate) const CROWDED: (Timestamp, Timestamp) = (on(9, 2, 0), on(9, 12, 0));

/// Training jobs that may run at a time, usually and while it is crowded.
pub(crate) const QUOTAS: (usize, usize) = (120, 8);

/// The training image of a family is broken from here until somebody repairs it.
pub(crate) const BROKEN_IMAGE: Timestamp = on(23, 0, 0);

/// The region is down.
pub(crate) const DOWN: (Timestamp, Timestamp) = (on(16, 2, 20), on(16, 8, 20));

/// The labels of a family are broken from here until somebody repairs them: no training helps.
pub(crate) const BROKEN_LABELS: Timestamp = on(19, 0, 0);

/// A time of the month.
pub(crate) const fn on(day: i64, hour: i64, minute: i64) -> Timestamp {
    const FIRST_SECOND: i64 = 1_793_491_200;
    Timestamp::constant(FIRST_SECOND + ((day - 1) * 24 + hour) * 3_600 + minute * 60, 0)
}

/// Whether the region is down.
pub(crate) fn is_down(at: Timestamp) -> bool {
    at >= DOWN.0 && at < DOWN.1
}

/// What is usual: little, but never nothing.
pub(crate) const USUAL: Faults = Faults {
    slow: 100,
    fail: 10,
    lose: 10,
    late: 5,
    kill: 5,
    deaf: 50,
    mute: 200,
    twice: 200,
    tardy: 100,
    echo: 10,
    ..Faults::none()
};

/// No call comes through, and nothing is told.
pub(crate) const REGION_DOWN: Faults = Faults { fail: 10_000, mute: 10_000, ..Faults::none() };
