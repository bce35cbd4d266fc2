//! The real function binaries on a local cloud: MiniStack, and a double for SageMaker.
//!
//! What MiniStack is known to get wrong, and what the harness does about it, is said in `rekindle-local-cloud` beside
//! each patch. Retry policies, dead-letter queues and reserved concurrency are checked on the template instead.
#![cfg(test)]

mod edits;
mod figures;
mod git;
mod history;
mod level;
mod patterns;
mod race;
mod refusals;
mod spine;
