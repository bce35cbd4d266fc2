#![cfg(test)]
//! What is decided on given facts: one table per rule and guard, the sentences people read, and laws.

mod alarms;
mod any;
mod cloudwatch;
mod combinations;
mod guards;
mod identities;
mod laws;
mod make;
mod memory;
mod metrics;
mod requests;
mod schedules;
mod sentences;
