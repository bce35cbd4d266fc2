//! What is promised of a replay: it starts where a naive reading of the rule says, and its books are right.
#![cfg(test)]

mod fixtures;
mod held;
mod laws;
mod oracle;
