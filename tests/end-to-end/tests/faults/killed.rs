//! Functions that are killed in the middle of a turn, before and after the effect of one of its calls.

use std::cell::Cell;
use std::time::{Duration, Instant};

use rekindle_end_to_end::{Problem, Site};
use rekindle_fault_proxy::{Dice, Fault};

use crate::caller::{Caller, share_out};
use crate::share::{full, print_seed};
use crate::story::{ENDINGS, STEPS, Step, look, tell};
use crate::verdict::Books;
use crate::world::{Delivery, Family, furnish, names};

const CALLERS: usize = 4;

/// Longest wait for a function to come to a call. Machines are shared with compilers.
const PATIENCE: Duration = Duration::from_mins(2);

/// What comes after the kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Lambda delivers the event again, with its request id: the start that it finds is its own.
    Redelivery,
    /// A sweep, to which the start is somebody else's; the event comes again later.
    Sweep,
}

#[derive(Debug, Clone)]
struct Kill {
    step: Step,
    /// Where the call is held: `HangBefore` its effect or `HangAfter` it.
    held: Fault,
    next: Next,
    family: Family,
    model: String,
}

impl Kill {
    fn name(&self) -> String {
        format!("killed at {} ({}), then {:?}", self.step.name, self.held.word(), self.next)
    }

    /// Whether the intent was written and not settled when the function died, and a stranger finds it.
    fn leaves_a_lease(&self) -> bool {
        let after = self.held == Fault::HangAfter;
        self.next == Next::Sweep
            && match self.step.name {
                "intent" => after,
                "create" | "found" => true,
                "settle" => !after,
                _ => false,
            }
    }
}

#[test]
fn a_function_that_is_killed_anywhere_is_healed() -> Result<(), Problem> {
    let seed = print_seed();
    let site = Site::deploy("100000000203")?;
    let mut dice = Dice::of(seed, "kills");
    let mut kills = Vec::new();
    for step in STEPS {
        for held in [Fault::HangBefore, Fault::HangAfter] {
            let nexts = [Next::Redelivery, Next::Sweep];
            let drawn = dice.below(2);
            for (nth, next) in nexts.into_iter().enumerate() {
                if full() || nth == drawn {
                    kills.push(Kill {
                        step,
                        held,
                        next,
                        family: Family::drawn(&mut dice),
                        model: String::new(),
                    });
                }
            }
        }
    }
    let models = names("killed", kills.len());
    for (kill, model) in kills.iter_mut().zip(&models) {
        kill.model.clone_from(model);
    }
    let furnished: Vec<_> = kills.iter().map(|kill| (kill.model.as_str(), kill.family)).collect();
    furnish(&site, "killed", &furnished)?;

    let begun = Instant::now();
    let (mut problems, tally) = share_out(&site, CALLERS, kills.clone(), |caller, kill| {
        let waited = Cell::new(false);
        let told = tell(caller, &kill.model, kill.family, kill.step.chapter, |caller, delivery| {
            interrupt(caller, &kill, delivery)?;
            if kill.next == Next::Redelivery {
                return caller.deliver(delivery);
            }
            waited.set(look(caller, &kill.model, &mut 100)?);
            Ok(false)
        });
        let name = kill.name();
        Ok(match told {
            Err(problem) => vec![format!("{name}: {problem}")],
            // The event itself carries on what its first delivery began; only strangers wait for the lease.
            Ok(aged) if aged > 0 => vec![format!("{name}: a redelivery waited for its own lease")],
            Ok(_) if waited.get() != kill.leaves_a_lease() => {
                vec![format!("{name}: a sweep has waited for a lease: {}", waited.get())]
            }
            Ok(_) => Vec::new(),
        })
    })?;
    println!("{} kills in {:.1} s", kills.len(), begun.elapsed().as_secs_f64());
    println!("{tally}");
    problems.extend(tally.broken().iter().cloned());

    let books = Books::read(&site)?;
    for kill in &kills {
        let found = books.problems(&site, &kill.model, &ENDINGS)?;
        problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", kill.name())));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

/// Delivers an event, and kills the function while the proxy holds one of its calls.
fn interrupt(caller: &mut Caller<'_>, kill: &Kill, delivery: &Delivery) -> Result<(), Problem> {
    let Kill { step, held, .. } = kill;
    let before = caller.proxy.tally().struck(step.operation, held.word());
    caller.proxy.plan(step.plan(*held, 1));
    let function = caller.function(delivery.function)?;
    let payload = delivery.payload.to_string();
    std::thread::scope(|scope| -> Result<(), Problem> {
        let call = scope.spawn(|| {
            function.invoke(&delivery.request_id, payload.as_bytes()).map_err(|problem| problem.to_string())
        });
        let held = caller.proxy.wait_until_struck(step.operation, *held, before + 1, PATIENCE);
        function.kill()?;
        let answer = call.join().map_err(|_| "a thread panicked")??;
        held?;
        if let Some(answer) = answer {
            return Err(format!("it answered before it was killed: {answer:?}").into());
        }
        Ok(())
    })?;
    caller.proxy.calm();
    caller.restart(delivery.function)
}
