//! Between the SDK's instants and ours: in one place, by seconds and nanoseconds.

use aws_sdk_cloudwatch::primitives::DateTime;
use jiff::Timestamp;

/// The SDK's instant as ours; `None` outside of jiff's range (years -9999 to 9999).
pub(crate) fn from_sdk(instant: &DateTime) -> Option<Timestamp> {
    Timestamp::new(instant.secs(), i32::try_from(instant.subsec_nanos()).ok()?).ok()
}

/// Our instant as the SDK's.
pub(crate) fn to_sdk(instant: Timestamp) -> DateTime {
    let whole = DateTime::from_secs(instant.as_second());
    u32::try_from(instant.subsec_nanosecond())
        .map_or(whole, |nanos| DateTime::from_secs_and_nanos(instant.as_second(), nanos))
}
