#![cfg(test)]
//! Histories that come from elsewhere: every form of them, what is wrong with them, and the ageing that is fitted to them.

mod ageing;
mod faults;
mod forms;
mod log;
mod shared;
