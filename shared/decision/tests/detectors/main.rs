#![cfg(test)]
//! What the detectors measure and when they raise an alarm: against reference values, at their boundaries, and laws.

mod adwin;
mod any;
mod batches;
mod cusum;
mod ddm;
mod evidence;
mod hddm_a;
mod laws;
mod page_hinkley;
mod reference;
mod series;
mod trend;
