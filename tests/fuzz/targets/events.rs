//! Any bytes, as a Lambda function may be handed them.
#![no_main]

#[path = "../checks/events.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::holds(bytes));
