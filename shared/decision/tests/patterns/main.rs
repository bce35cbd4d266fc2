#![cfg(test)]
//! Event patterns: every filter on both sides, what is refused and in which words, and laws.

mod filters;
mod laws;
mod placeholders;
mod refusals;
mod shapes;
