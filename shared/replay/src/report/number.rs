//! Figures as people read them.

use rekindle_decision::duration::Duration;

use super::Unit;

/// What stands where a figure is not known.
pub(super) const UNKNOWN: &str = "–";

/// Beyond this a figure is no cost and no loss: it is not drawn, and written with its power of ten.
const BEYOND: f64 = 1e12;

/// Whether a figure can be drawn.
pub(super) fn drawable(value: f64) -> bool {
    value.abs() < BEYOND
}

/// A number of things for arithmetic.
pub(super) fn count(things: usize) -> f64 {
    f64::from(u32::try_from(things).unwrap_or(u32::MAX))
}

impl Unit {
    /// What something costs: `1,234.50 USD`, or a plain number where there is no money.
    pub(super) fn amount(self, value: f64) -> String {
        match self {
            Self::Usd if value.is_finite() => format!("{} USD", fixed(value, 2)),
            Self::Usd | Self::Periods => plain(value),
        }
    }

    /// The same inside a sentence, where cents are noise beside hundreds and a plain number needs a noun.
    pub(super) fn phrase(self, value: f64) -> String {
        match self {
            Self::Usd if value.is_finite() && value.abs() >= 100.0 => format!("{} USD", fixed(value, 0)),
            Self::Usd => self.amount(value),
            Self::Periods => format!("{} units", plain(value)),
        }
    }
}

/// A number to three significant digits, and to the last one before the point.
pub(super) fn plain(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { fixed(value, decimals(value)) }
}

/// The decimals that a number has to three significant digits.
pub(super) fn decimals(value: f64) -> usize {
    let (mut decimals, mut scaled) = (2_usize, value.abs());
    if scaled == 0.0 {
        return decimals;
    }
    while scaled < 1.0 && decimals < 8 {
        (decimals, scaled) = (decimals + 1, scaled * 10.0);
    }
    while scaled >= 9.995 && decimals > 0 {
        (decimals, scaled) = (decimals - 1, scaled / 10.0);
    }
    decimals
}

/// A number with so many decimals and its thousands apart.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return UNKNOWN.to_owned();
    }
    if !drawable(value) {
        return format!("{value:.2e}");
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    // What rounds to zero has no sign.
    let signed = value < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    let mut written = String::from(if signed { "-" } else { "" });
    for (nth, digit) in whole.chars().enumerate() {
        if nth > 0 && (whole.len() - nth).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    if !rest.is_empty() {
        written.push('.');
        written.push_str(rest);
    }
    written
}

/// A length of time by its two largest units, such as `9d3h`.
pub(super) fn length(time: Duration) -> String {
    let whole = |seconds: u64| Duration::from_seconds(time.seconds() / seconds * seconds);
    match time.seconds() {
        86_400.. => whole(3_600),
        3_600.. => whole(60),
        _ => time,
    }
    .to_string()
}

/// A length of time in a sentence, such as `90 days` or `9 hours`.
pub(super) fn lasting(time: Duration) -> String {
    match time.seconds() {
        86_400 => "1 day".to_owned(),
        172_800.. => format!("{} days", fixed(time.signed().as_secs_f64() / 86_400.0, 0)),
        _ => length(time),
    }
}

/// A number of things, with its thousands apart.
pub(super) fn whole(things: usize) -> String {
    fixed(count(things), 0)
}

/// So many of something, such as `no training`, `1 training` or `7 trainings`.
pub(super) fn several(things: usize, noun: &str) -> String {
    match things {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", whole(things)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_cents_and_other_costs_three_digits() {
        assert_eq!(Unit::Usd.amount(1_234.5), "1,234.50 USD");
        assert_eq!(Unit::Usd.amount(-0.001), "0.00 USD");
        assert_eq!(Unit::Usd.amount(-12.5), "-12.50 USD");
        let plain = [0.0, 0.031_24, 1.0, 9.999, 12.34, 412.4, 1_234_567.0, -0.5, 1e300].map(plain);
        assert_eq!(plain, ["0", "0.0312", "1.00", "10.0", "12.3", "412", "1,234,567", "-0.500", "1.00e300"]);
        assert_eq!(Unit::Usd.amount(f64::NAN), UNKNOWN);
        assert_eq!(Unit::Periods.amount(f64::INFINITY), UNKNOWN);
    }

    #[test]
    fn times_are_told_by_their_two_largest_units() {
        let told = |text: &str| length(text.parse().unwrap());
        assert_eq!(["9d3h25m", "3h25m7s", "59m1s", "0s"].map(told), ["9d3h", "3h25m", "59m1s", "0s"]);
        assert_eq!(lasting("90d".parse().unwrap()), "90 days");
        assert_eq!(lasting("36h".parse().unwrap()), "1d12h");
    }
}
