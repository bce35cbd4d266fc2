//! What fleets have spent, in the ledger's table: whole millionths of a dollar, which add up exactly.

use std::collections::{BTreeMap, BTreeSet};

use rekindle_decision::facts::{Gap, Spending};
use rekindle_decision::money::Money;
use rekindle_decision::ruling::Reserve;
use rekindle_turn::chain;
use rekindle_turn::ledger::{Fleet, Spent};

use crate::addition::Addition;
use crate::clients::Clients;
use crate::error::AwsError;
use crate::ledger::{KEYS, batch};
use crate::row::{self, Item, fleet_key};

/// The attribute.
const SPENT: &str = "spent";

/// Reads what each fleet has spent, consistently. What cannot be read is a gap, and never a fleet with room.
pub(crate) async fn spending(clients: &Clients, fleets: &BTreeSet<Fleet>) -> BTreeMap<Fleet, Spending> {
    let fleets: Vec<&Fleet> = fleets.iter().collect();
    let mut spending = BTreeMap::new();
    for part in fleets.chunks(KEYS) {
        let read = batch(clients, part.iter().map(|fleet| fleet_key(fleet)).collect()).await;
        let gap = |error: &AwsError| {
            let error = chain(error);
            tracing::error!(error, "what a fleet has spent could not be read");
            Spending::Unread { gap: Gap::Failed { error } }
        };
        let told = part.iter().map(|fleet| {
            let told = match &read {
                Ok(items) => match amount(fleet, items.values()) {
                    Ok(amount) => Spending::Spent { amount },
                    Err(error) => gap(&error),
                },
                Err(error) => gap(error),
            };
            ((*fleet).clone(), told)
        });
        spending.extend(told);
    }
    spending
}

/// A fleet that has no item has spent nothing.
fn amount<'a>(fleet: &Fleet, mut items: impl Iterator<Item = &'a Item>) -> Result<Money, AwsError> {
    let key = fleet_key(fleet);
    let own = items.find(|item| key.iter().all(|(name, value)| item.get(name) == Some(value)));
    own.map_or(Ok(Money::default()), |item| row::spent(fleet, item))
}

/// Adds what a start reserves; `None` if it is more than there ever is. Conditions cannot add: what may have been spent
/// before is reckoned here.
pub(crate) fn reserved(reserve: &Reserve) -> Option<Addition> {
    let mut change = Addition::default();
    change.add(SPENT, reserve.amount.micros());
    if let Some(limit) = reserve.limit {
        change.require_at_most(SPENT, limit.micros().checked_sub(reserve.amount.micros())?);
    }
    Some(change)
}

/// Puts one amount in place of another.
pub(crate) fn changed(spent: &Spent) -> Addition {
    let mut change = Addition::default();
    change.add(SPENT, i128::from(spent.after.micros()) - i128::from(spent.before.micros()));
    change
}
