//! The real function binaries while things go wrong: a proxy between them and the local cloud loses, cuts, delays and
//! refuses what they say; they are killed in the middle of it; many are woken at once; and they are told nonsense.
//!
//! Everything is drawn from one seed, which is printed. Environment variables:
//!
//! | variable | means |
//! |---|---|
//! | `REKINDLE_FAULTS_SEED` | this seed, in place of a new one: the same faults, the same order, the same nonsense |
//! | `REKINDLE_FAULTS=full` | every fault at every operation, once and until the SDK gives up; every kill both ways; 10,000 hostile payloads for each function instead of for all together |
//! | `REKINDLE_FAULTS_ONLY=truncated at settle` | of all stories of `operations`, only those whose name holds this text |
//!
//! The functions are run by the test and not by MiniStack: it must hold their processes and their request ids.
#![cfg(test)]

mod caller;
mod hostile;
mod killed;
mod operations;
mod share;
mod storm;
mod story;
mod verdict;
mod weather;
mod world;
