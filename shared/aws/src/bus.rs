//! What we say aloud, on an EventBridge bus.

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

/// Publishes; gives back how many the bus did not take. An answer of 200 does not mean that it took them: each entry has
/// its own word.
pub(crate) async fn publish(clients: &Clients, announcements: &[Announcement]) -> usize {
    let mut lost = 0;
    for part in announcements.chunks(ENTRIES) {
        let mut open: Vec<PutEventsRequestEntry> = part.iter().map(|one| entry(clients, one)).collect();
        for _ in 0..TRIES {
            if open.is_empty() {
                break;
            }
            let sent = clients.eventbridge().put_events().set_entries(Some(open.clone())).send().await;
            let answers = match sent {
                Ok(answer) => answer.entries().to_vec(),
                Err(error) => {
                    tracing::error!(error = chain(&error), "decisions could not be published");
                    break;
                }
            };
            let mut again = Vec::new();
            for (at, entry) in open.drain(..).enumerate() {
                let code = answers.get(at).and_then(|answer| answer.error_code());
                match code {
                    None => {}
                    Some("InternalFailure" | "ThrottlingException" | "InternalException") => {
                        again.push(entry);
                    }
                    Some(code) => {
                        tracing::error!(code, "the bus refused a decision");
                        lost += 1;
                    }
                }
            }
            open = again;
        }
        lost += open.len();
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
