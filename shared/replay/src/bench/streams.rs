//! The streams that come with the crate; `shared/replay/streams/README.md` says where they are from.

use super::matrix::Matrix;
use super::unreadable::Unreadable;

/// The stream without any drift: whoever retrains there was misled by noise.
pub const CONTROL: &str = "station";

/// The name and the text of each, real ones first.
pub const BUNDLED: &[(&str, &str)] = &[
    ("elec", include_str!("../../streams/elec.csv")),
    ("weather", include_str!("../../streams/weather.csv")),
    ("power", include_str!("../../streams/power.csv")),
    ("bike", include_str!("../../streams/bike.csv")),
    ("posture", include_str!("../../streams/posture.csv")),
    ("insects", include_str!("../../streams/insects.csv")),
    ("gas", include_str!("../../streams/gas.csv")),
    ("flights", include_str!("../../streams/flights.csv")),
    ("sea", include_str!("../../streams/sea.csv")),
    ("circle", include_str!("../../streams/circle.csv")),
    ("gauss", include_str!("../../streams/gauss.csv")),
    ("covcon", include_str!("../../streams/covcon.csv")),
    ("hyper", include_str!("../../streams/hyper.csv")),
    ("station", include_str!("../../streams/station.csv")),
];

/// Reads them all.
///
/// # Errors
///
/// The name of one that cannot be read, and why; a test sees to it that there is none.
pub fn bundled() -> Result<Vec<Matrix>, (&'static str, Unreadable)> {
    BUNDLED.iter().map(|(name, text)| Matrix::read(text, name).map_err(|error| (*name, error))).collect()
}
