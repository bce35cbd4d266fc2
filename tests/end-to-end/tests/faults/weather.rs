//! Every event several times, to several processes at once, while a share of all calls goes wrong.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rekindle_end_to_end::{Problem, Site};
use rekindle_fault_proxy::{Dice, Fault, Plan, Weather};

use crate::caller::{Caller, share_out};
use crate::share::{full, print_seed};
use crate::story::heal;
use crate::verdict::Books;
use crate::world::{Delivery, alarm, all, furnish, names, sweep, tick};

const CALLERS: usize = 4;

/// Of a thousand calls: an hour like this would be in the news.
const PER_MILLE: u64 = 200;

/// Rounds of one tick, one alarm and one sweep for each model.
const ROUNDS: usize = 2;

#[test]
fn in_any_weather_many_events_of_one_model_make_one_job() -> Result<(), Problem> {
    let seed = print_seed();
    let site = Site::deploy("100000000204")?;
    let models = names("weather", if full() { 100 } else { 20 });
    furnish(&site, "weather", &all(&models))?;
    let now = Timestamp::from_second(Timestamp::now().as_second())?;
    let mut deliveries: Vec<Delivery> = models
        .iter()
        .flat_map(|model| (0..ROUNDS).map(move |round| (model, round)))
        .flat_map(|(model, round)| {
            let again =
                |event: Delivery| Delivery { request_id: format!("{}-{round}", event.request_id), ..event };
            [again(tick(model, now)), again(alarm(&site, model, now)), sweep(model, round)]
        })
        .collect();
    Dice::of(seed, "weather").shuffle(&mut deliveries);

    // No hangs: each would take seconds, and they are tried one by one elsewhere.
    let quick = |fault: &&Fault| !matches!(fault, Fault::HangBefore | Fault::HangAfter);
    let mut faults: Vec<Fault> = Fault::ALL.iter().filter(quick).copied().collect();
    faults.push(Fault::Latency(Duration::from_millis(30)));

    let begun = Instant::now();
    let count = deliveries.len();
    let mut lists: Vec<Vec<Delivery>> = vec![Vec::new(); CALLERS];
    for (nth, delivery) in deliveries.into_iter().enumerate() {
        lists[nth % CALLERS].push(delivery);
    }
    // Each list has its own weather.
    let lists = (0..).map(|nth| seed.wrapping_add(nth)).zip(lists);
    let (problems, tally) = share_out(&site, CALLERS, lists, |caller: &mut Caller<'_>, (seed, list)| {
        let faults = faults.clone();
        caller.proxy.plan(Plan::weather(Weather { seed, per_mille: PER_MILLE, faults }));
        let mut problems = Vec::new();
        for delivery in list {
            // Three times in vain is possible: the sweeps that follow do without it.
            problems.extend(caller.deliver(&delivery).err().map(|problem| problem.to_string()));
        }
        caller.proxy.calm();
        Ok(problems)
    })?;
    println!(
        "{count} events in {:.1} s; {} of {} calls went wrong",
        begun.elapsed().as_secs_f64(),
        tally.all_struck(),
        tally.all_calls()
    );
    println!("{tally}");
    assert!(tally.all_struck() > 0, "there was no weather");
    let mut problems: Vec<String> = problems.into_iter().chain(tally.broken().iter().cloned()).collect();

    let (unhealed, _) = share_out(&site, CALLERS, models.clone(), |caller, model| {
        let healed = heal(caller, &model, 1, &mut 100);
        Ok(healed.err().map(|problem| problem.to_string()).into_iter().collect())
    })?;
    problems.extend(unhealed);
    let books = Books::read(&site)?;
    for model in &models {
        problems.extend(books.problems(&site, model, &["InProgress"])?);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}
