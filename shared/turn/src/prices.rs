//! What an hour of an instance costs.

use std::collections::BTreeMap;

use rekindle_decision::money::Money;
use serde::{Deserialize, Serialize};

use crate::world::Instances;

/// The stack's price table: dollars for an hour of an instance, by instance type. AWS changes prices by Region and time, so
/// that they belong to the stack's configuration and not to this code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prices(BTreeMap<String, Money>);

const SECONDS: u128 = 3_600;

impl Prices {
    /// A table of these.
    pub fn of(prices: impl IntoIterator<Item = (String, Money)>) -> Self {
        Self(prices.into_iter().collect())
    }

    /// What so many seconds of these instances cost, rounded up to a millionth; `None` if one of them has no price, or if
    /// there is none.
    #[must_use]
    pub fn cost(&self, instances: &[Instances], seconds: i64) -> Option<Money> {
        let seconds = u128::from(u64::try_from(seconds).ok()?);
        let hour: Option<u128> = instances
            .iter()
            .map(|some| Some(u128::from(self.0.get(&some.instance_type)?.micros()) * u128::from(some.count)))
            .sum();
        let hour = hour.filter(|_| !instances.is_empty())?;
        let micros = hour.saturating_mul(seconds).div_ceil(SECONDS);
        Some(Money::from_micros(u64::try_from(micros).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn table() -> Prices {
        let price = |text: &str| text.parse().unwrap();
        Prices::of([
            ("ml.m5.large".to_owned(), price("0.115 USD")),
            ("ml.p4d.24xlarge".to_owned(), price("37.688 USD")),
        ])
    }

    #[rstest]
    #[case::an_hour(&[("ml.m5.large", 1)], 3_600, Some("0.115 USD"))]
    #[case::two_instances(&[("ml.m5.large", 2)], 1_800, Some("0.115 USD"))]
    #[case::two_kinds(&[("ml.m5.large", 1), ("ml.p4d.24xlarge", 1)], 3_600, Some("37.803 USD"))]
    #[case::a_second_is_rounded_up(&[("ml.m5.large", 1)], 1, Some("0.000032 USD"))]
    #[case::nothing_billed(&[("ml.m5.large", 1)], 0, Some("0.00 USD"))]
    #[case::one_without_a_price(&[("ml.m5.large", 1), ("ml.x9", 1)], 3_600, None)]
    #[case::no_instances(&[], 3_600, None)]
    #[case::less_than_nothing(&[("ml.m5.large", 1)], -1, None)]
    #[case::more_than_there_is(&[("ml.p4d.24xlarge", u32::MAX)], i64::MAX, Some("18446744073709.551615 USD"))]
    fn what_a_run_costs(#[case] instances: &[(&str, u32)], #[case] seconds: i64, #[case] cost: Option<&str>) {
        let instances: Vec<_> = instances
            .iter()
            .map(|(kind, count)| Instances { instance_type: (*kind).to_owned(), count: *count })
            .collect();
        let told = table().cost(&instances, seconds).map(|cost| cost.to_string());
        assert_eq!(told.as_deref(), cost);
    }
}
