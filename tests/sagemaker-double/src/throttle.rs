//! How many calls SageMaker takes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::config::Throttle;

/// One bucket of tokens for each throttled operation, on the clock of the account.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    by_operation: BTreeMap<String, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Timestamp,
}

impl Buckets {
    /// Takes a token; false when there is none.
    pub(crate) fn take(&mut self, operation: &str, throttle: Throttle, now: Timestamp) -> bool {
        let burst = throttle.burst.unwrap_or(throttle.per_second).max(1.0);
        let bucket =
            self.by_operation.entry(operation.to_owned()).or_insert(Bucket { tokens: burst, filled: now });
        let rested = now.duration_since(bucket.filled).as_secs_f64().max(0.0);
        bucket.tokens = (bucket.tokens + rested * throttle.per_second).min(burst);
        bucket.filled = now;
        let taken = bucket.tokens >= 1.0;
        if taken {
            bucket.tokens -= 1.0;
        }
        taken
    }
}
