//! What we say aloud, on an EventBridge bus.

use std::collections::BTreeSet;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use rekindle_turn::Announcement;
use rekindle_turn::chain;

use crate::clients::Clients;
use crate::time::to_sdk;

/// Entries in one call.
const ENTRIES: usize = 10;

/// Tries for entries that the bus could not take just then.
const TRIES: usize = 3;

/// The source of every event of ours. No rule that leads to a start may match it.
const SOURCE: &str = "rekindle";

/// Publishes; gives back the places of those the bus did not take. An answer of 200 does not mean that it took them: each
/// entry has its own word.
pub(crate) async fn publish(clients: &Clients, announcements: &[Announcement]) -> BTreeSet<usize> {
    let all: Vec<(usize, PutEventsRequestEntry)> =
        announcements.iter().map(|one| entry(clients, one)).enumerate().collect();
    let mut lost = BTreeSet::new();
    for part in all.chunks(ENTRIES) {
        let mut open = part.to_vec();
        for _ in 0..TRIES {
            if open.is_empty() {
                break;
            }
            let entries = open.iter().map(|(_, entry)| entry.clone()).collect();
            let sent = clients.eventbridge().put_events().set_entries(Some(entries)).send().await;
            let answers = match sent {
                Ok(answer) => answer.entries().to_vec(),
                Err(error) => {
                    tracing::error!(error = chain(&error), "decisions could not be published");
                    break;
                }
            };
            let mut again = Vec::new();
            for (at, (place, entry)) in open.drain(..).enumerate() {
                // One that the bus did not speak of was not taken, as far as is known.
                let Some(answer) = answers.get(at) else {
                    again.push((place, entry));
                    continue;
                };
                match answer.error_code() {
                    None => {}
                    Some("InternalFailure" | "ThrottlingException" | "InternalException") => {
                        again.push((place, entry));
                    }
                    Some(code) => {
                        tracing::error!(code, "the bus refused a decision");
                        lost.insert(place);
                    }
                }
            }
            open = again;
        }
        lost.extend(open.into_iter().map(|(place, _)| place));
    }
    lost
}

fn entry(clients: &Clients, announcement: &Announcement) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder()
        .event_bus_name(&clients.config.bus)
        .source(SOURCE)
        .detail_type(&announcement.detail_type)
        .time(to_sdk(announcement.at))
        .set_resources(Some(announcement.resources.clone()))
        .detail(announcement.detail.to_string())
        .build()
}
