#![cfg(test)]
//! Histories that come from elsewhere: every form of them, and what is wrong with them.

mod faults;
mod forms;
mod log;
mod shared;
