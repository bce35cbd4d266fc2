//! Policies from Parameter Store, kept while the function is warm.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use rekindle_policy::{PolicySet, Text};
use rekindle_turn::chain;
use rekindle_turn::world::Policies;

use crate::clients::Clients;
use crate::error::AwsError;
use crate::parameters;

/// The policies as they were last fetched.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    set: Arc<PolicySet>,
    fetched: Option<Timestamp>,
}

/// The policies, fetched anew when those on the shelf are too old.
pub(crate) async fn policies(clients: &Clients, now: Timestamp) -> Result<Policies, AwsError> {
    let (known, fetched) = shelved(clients);
    if fetched.is_some_and(|fetched| now < clients.config.policy_ttl.after(fetched)) {
        return Ok(Policies { set: known, stale: None });
    }
    anew(clients, now).await
}

/// The policies, fetched anew. When that fails, the old ones are better than none.
pub(crate) async fn anew(clients: &Clients, now: Timestamp) -> Result<Policies, AwsError> {
    let (known, fetched) = shelved(clients);
    match fetch(clients).await {
        Ok(texts) => {
            let set = Arc::new(known.refresh(texts));
            for problem in set.problems() {
                tracing::error!(document = problem.document, version = problem.version, "{problem}");
            }
            let mut shelf = clients.shelf.lock().unwrap_or_else(PoisonError::into_inner);
            *shelf = Shelf { set: Arc::clone(&set), fetched: Some(now) };
            Ok(Policies { set, stale: None })
        }
        Err(error) if fetched.is_some() => {
            let stale = chain(&error);
            tracing::error!(
                error = stale,
                "the policies could not be fetched; the last known ones stay in force"
            );
            Ok(Policies { set: known, stale: Some(stale) })
        }
        Err(error) => Err(error),
    }
}

fn shelved(clients: &Clients) -> (Arc<PolicySet>, Option<Timestamp>) {
    let shelf = clients.shelf.lock().unwrap_or_else(PoisonError::into_inner);
    (Arc::clone(&shelf.set), shelf.fetched)
}

async fn fetch(clients: &Clients) -> Result<Vec<Text>, AwsError> {
    let found = parameters::below(clients.ssm(), &clients.config.policy_path).await?;
    Ok(found.into_iter().map(|parameter| parameter.text).collect())
}
