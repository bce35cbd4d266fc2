#![cfg(test)]
//! Schedule expressions as EventBridge reads them: what its documentation shows, every field, every refusal, the clock
//! changes, and a naive reading to compare with.

mod clocks;
mod days;
mod documented;
mod fields;
mod laws;
mod make;
mod naive;
mod once;
mod oracle;
mod rates;
mod refusals;
mod windows;
mod zones;
