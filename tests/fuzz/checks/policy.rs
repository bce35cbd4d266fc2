//! What holds for every document. The fuzzer asks it, and so does the test that replays what the fuzzer found.

use jiff::Timestamp;
use rekindle_decision::decide;
use rekindle_decision::facts::Facts;
use rekindle_policy::training::{Filling, request};
use rekindle_policy::{Text, read};

/// Reads a document; panics where the reader does not keep its word, or where a policy that was read cannot be used.
pub(crate) fn holds(document: &[u8]) {
    let Ok(text) = str::from_utf8(document) else { return };
    let text = Text::new("policy.yaml", 1, text);
    match read(&text) {
        Ok(policies) => {
            assert!(!policies.is_empty(), "nothing was read");
            for policy in &policies {
                let _ = decide(policy, &Facts::at(Timestamp::UNIX_EPOCH));
                // Any instant at all: the data window may reach beyond the first one there is.
                for at in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
                    let filling = Filling { decision: "0123456789abcdef", generation: u32::MAX, at };
                    assert!(request(policy, &filling).is_object(), "the request is no object");
                }
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused for no reason");
            let lines = lines(&text.text);
            for problem in &problems {
                let Some(line) = problem.line else { continue };
                let letters = usize::try_from(line - 1).ok().and_then(|at| lines.get(at));
                assert!(letters.is_some(), "not one of {} lines: {problem}", lines.len());
                let within = |column| (1..=letters.unwrap_or(&0) + 1).contains(&column);
                assert!(problem.column.is_none_or(within), "beyond the line: {problem}");
            }
        }
    }
}

/// How many letters each line has, as YAML counts: every break begins a line, and `\r\n` is one break.
fn lines(text: &str) -> Vec<u64> {
    let text = text.replace("\r\n", "\n");
    text.split(['\r', '\n']).map(|line| line.chars().map(|_| 1).sum()).collect()
}
