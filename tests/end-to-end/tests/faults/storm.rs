//! Many deliveries of few events, shuffled, to many processes at once.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rekindle_end_to_end::{Answer, Problem, Site};
use rekindle_fault_proxy::Dice;

use crate::share::print_seed;
use crate::verdict::Books;
use crate::world::{Delivery, alarm, all, furnish, names, sweep, tick};

const MODELS: usize = 50;

/// Deliveries for each model: its tick, its alarm and its sweep, in turn.
const TIMES: usize = 40;

/// Processes of each function. On two cores more of them only wait for each other.
const PROCESSES: usize = 2;

#[test]
fn two_thousand_deliveries_for_fifty_models_make_fifty_jobs() -> Result<(), Problem> {
    let seed = print_seed();
    let site = Site::deploy("100000000201")?;
    let models = names("storm", MODELS);
    furnish(&site, "storm", &all(&models))?;
    let proxy = site.proxy()?;

    let mut deliveries: Vec<Delivery> = Vec::new();
    let now = Timestamp::from_second(Timestamp::now().as_second())?;
    for model in &models {
        for nth in 0..TIMES {
            let delivery = match nth % 3 {
                0 => tick(model, now),
                1 => alarm(&site, model, now),
                _ => sweep(model, nth),
            };
            // Duplicates that the bus makes are invocations of their own.
            deliveries.push(Delivery { request_id: format!("{}-{nth}", delivery.request_id), ..delivery });
        }
    }
    Dice::of(seed, "storm").shuffle(&mut deliveries);

    // One queue for each function, and every process takes the next when it is done with one.
    let functions = ["on-schedule", "on-alarm", "on-metric-check"];
    let queues = functions.map(|function| {
        let own = deliveries.iter().filter(|delivery| delivery.function == function).cloned();
        (function, Mutex::new(own.collect::<Vec<_>>()))
    });
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        for (function, queue) in &queues {
            // Policies are kept for a minute, as deployed.
            let function = site.function(function, &proxy, &[("REKINDLE_POLICY_TTL_SECONDS", "60")])?;
            processes.push((function, queue));
        }
    }
    let begun = Instant::now();
    let (started, failed) = thread::scope(|scope| {
        let hands: Vec<_> = processes
            .iter()
            .map(|(function, queue)| {
                scope.spawn(move || {
                    let (mut started, mut failed) = (0, Vec::new());
                    loop {
                        let Some(next) = queue.lock().map_err(|error| error.to_string())?.pop() else {
                            return Ok::<_, String>((started, failed));
                        };
                        let payload = next.payload.to_string();
                        let answer = function.invoke(&next.request_id, payload.as_bytes());
                        match answer.map_err(|error| error.to_string())? {
                            Some(Answer::Returned(summary)) => {
                                started += summary["started"].as_u64().unwrap_or_default();
                            }
                            other => failed.push(format!("{}: {other:?}", next.request_id)),
                        }
                    }
                })
            })
            .collect();
        let mut all = (0, Vec::new());
        for hand in hands {
            let (started, failed) = hand.join().map_err(|_| "a thread panicked".to_owned())??;
            all.0 += started;
            all.1.extend(failed);
        }
        Ok::<_, String>(all)
    })?;
    let took = begun.elapsed();
    let tally = proxy.take_tally();

    println!(
        "{} deliveries to {} processes in {:.1} s: {:.0} a second; {} calls, {:.1} a delivery; {started} said started; {} failed",
        deliveries.len(),
        processes.len(),
        took.as_secs_f64(),
        per_second(deliveries.len(), took),
        tally.all_calls(),
        ratio(tally.all_calls(), deliveries.len()),
        failed.len()
    );
    println!("{tally}");
    assert_eq!(tally.broken(), [""; 0], "the local cloud answered every call");

    let books = Books::read(&site)?;
    let mut problems = failed;
    for model in &models {
        problems.extend(books.problems(&site, model, &["InProgress"])?);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "for reading")]
fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "for reading")]
fn ratio(of: u64, to: usize) -> f64 {
    of as f64 / to as f64
}
