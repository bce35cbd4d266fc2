//! What holds for every payload. The fuzzer asks it, and so does the test that replays what the fuzzer found.

use rekindle_events::{MAX_SOURCE_BYTES, read};

/// Reads a payload; panics where the reader does not keep its word.
pub(crate) fn holds(payload: &[u8]) {
    let entries = read(payload);
    assert!(!entries.is_empty(), "nothing was read");
    for entry in &entries {
        if let Err(refused) = &entry.reading {
            assert!(refused.source.len() <= MAX_SOURCE_BYTES, "{} bytes are kept", refused.source.len());
            assert!(!refused.to_string().contains('\n'), "not one line: {refused}");
        }
    }
}
