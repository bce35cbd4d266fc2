//! Sums of money as people write them.

use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A sum of US dollars, which AWS bills in, to a millionth: `12.50 USD`.
///
/// ```
/// use rekindle_decision::money::Money;
///
/// let run: Money = "12.50 USD".parse()?;
/// assert_eq!(run.micros(), 12_500_000);
/// assert_eq!(run.to_string(), "12.50 USD");
/// assert!("12.50".parse::<Money>().is_err());
/// # Ok::<(), rekindle_decision::money::NotMoney>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(u64);

/// A text that is not a sum of [`Money`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a sum of money; write a number and USD, which AWS bills in, such as 12.50 USD")]
pub struct NotMoney {
    text: String,
}

/// Millionths in one dollar.
const MICROS: u64 = 1_000_000;

/// Digits that a millionth has after the point.
const DIGITS: usize = 6;

/// Largest sum accepted: a thousand million dollars. Beyond it something else was meant.
const LARGEST: u64 = 1_000_000_000 * MICROS;

impl Money {
    /// A sum of so many millionths of a dollar.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// The sum in millionths of a dollar.
    #[must_use]
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// The sum in dollars, for arithmetic with measured losses.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "sums up to 2^53 millionths are exact, larger ones estimates"
    )]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / MICROS as f64
    }

    /// Both together, or the largest sum there is.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left of this when the other is taken away; nothing if it is larger.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl core::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        sums.fold(Self::default(), Self::plus)
    }
}

impl FromStr for Money {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || NotMoney { text: text.chars().take(40).collect() };
        let number = text.trim().strip_suffix("USD").ok_or_else(refuse)?.trim_end();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > DIGITS {
            return Err(refuse());
        }
        let whole: u64 = whole.parse().map_err(|_| refuse())?;
        let part: u64 = alloc::format!("{part:0<DIGITS$}").parse().map_err(|_| refuse())?;
        let micros = whole.checked_mul(MICROS).and_then(|whole| whole.checked_add(part));
        micros.filter(|micros| *micros <= LARGEST).map(Self).ok_or_else(refuse)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = alloc::format!("{:06}", self.0 % MICROS);
        // Cents are always shown, what is smaller only if there is something.
        let (cents, rest) = part.split_at_checked(2).unwrap_or((&part, ""));
        write!(f, "{}.{cents}{} USD", self.0 / MICROS, rest.trim_end_matches('0'))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Money {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A sum in US dollars.",
            "pattern": "^[0-9]+(\\.[0-9]{1,6})? *USD$",
            "examples": ["12.50 USD"]
        })
    }
}
