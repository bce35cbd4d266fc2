use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Error;

/// Longest wait for something that takes well under a second on an idle machine.
///
/// Tests share two cores with compilers; a shorter patience only makes them fail on busy days.
const PATIENCE: Duration = Duration::from_mins(1);

const PAUSE: Duration = Duration::from_millis(50);

/// Asks until there is an answer, for at most a minute.
pub fn eventually<T>(what: &str, ask: impl FnMut() -> Result<Option<T>, Error>) -> Result<T, Error> {
    until(what, PATIENCE, ask)
}

/// Asks until there is an answer, for at most `within`.
pub fn until<T>(
    what: &str,
    within: Duration,
    mut ask: impl FnMut() -> Result<Option<T>, Error>,
) -> Result<T, Error> {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if begun.elapsed() >= within {
            return Err(Error::Late { what: what.into(), within, seen: String::new() });
        }
        sleep(PAUSE);
    }
}
