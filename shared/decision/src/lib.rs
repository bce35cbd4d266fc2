//! Decides whether a model should be retrained. Pure: no clock, no I/O, no randomness.
#![no_std]
extern crate alloc;

pub mod signal;
