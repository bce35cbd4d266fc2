//! What the functions cost on this machine: printed for comparison, and not asserted by the clock.

use rekindle_end_to_end::{Problem, deploy, policy};
use rekindle_local_cloud::Schedules;
use serde_json::json;

#[test]
fn every_function_answers_cold_and_warm() -> Result<(), Problem> {
    let stack = deploy("100000000108", Schedules::Off)?;
    stack.put_policy("churn", &policy("churn", r#"triggers: { drift: { alarm: "{model}-drift" } }"#))?;
    println!(
        "{:<16} {:>12} {:>10} {:>10} {:>12}",
        "function", "binary MiB", "cold ms", "warm ms", "peak MiB"
    );
    for function in ["on-schedule", "on-alarm", "on-metric-check", "on-training-end"] {
        let event = json!({ "rekindle": "sweep" });
        let figures = stack.measure(function, &event)?;
        println!(
            "{function:<16} {:>12.1} {:>10} {:>10} {:>12.1}",
            mebibytes(figures.binary),
            figures.cold.as_millis(),
            figures.warm.as_millis(),
            mebibytes(figures.peak_memory)
        );
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "for reading")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}
