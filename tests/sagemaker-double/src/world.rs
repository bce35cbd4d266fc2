//! All accounts. Nothing is shared between two of them, so tests may share a double.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::account::Account;

/// Whose state it is when the caller's access key is not an account.
pub(crate) const NOBODY: &str = "000000000000";

#[derive(Debug, Default)]
pub(crate) struct World {
    accounts: Mutex<BTreeMap<String, Account>>,
}

impl World {
    /// INVARIANT: a call is carried out and written down under one lock; that makes names unique.
    pub(crate) fn accounts(&self) -> MutexGuard<'_, BTreeMap<String, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
