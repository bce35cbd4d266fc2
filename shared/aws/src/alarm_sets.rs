//! Alarms by how their names begin, and by their tags.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use aws_sdk_cloudwatch::Client;
use jiff::Timestamp;
use rekindle_decision::duration::Duration;
use rekindle_decision::facts::{AlarmSet, Gap};
use rekindle_decision::policy::Alarms;

use crate::alarms::{Described, all};
use crate::at_once::at_once;
use crate::error::unread;

/// Most alarms behind one prefix. Each is a call for its tags, and a line in the record.
const ALARMS: usize = 100;

/// How long tags are kept while a function is warm: people change them rarely, and a sweep comes every few minutes.
const KEPT: Duration = Duration::from_seconds(15 * 60);

type Tags = BTreeMap<String, String>;

/// The tags of alarms as they were last read, by ARN.
#[derive(Debug, Default)]
pub(crate) struct TagShelf(Mutex<BTreeMap<String, (Timestamp, Tags)>>);

impl TagShelf {
    fn get(&self, arn: &str, now: Timestamp) -> Option<Tags> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(arn).filter(|(read, _)| now < KEPT.after(*read)).map(|(_, tags)| tags.clone())
    }

    fn put(&self, arn: &str, now: Timestamp, tags: Tags) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (read, _)| now < KEPT.after(*read));
        kept.insert(arn.to_owned(), (now, tags));
    }
}

/// Reads the alarms behind each prefix. Where one of them, or a tag of one, cannot be read, the whole set is a gap: an
/// alarm that is left out would be one that is well.
pub(crate) async fn alarm_sets(
    client: &Client,
    shelf: &TagShelf,
    which: &BTreeSet<Alarms>,
    now: Timestamp,
) -> BTreeMap<String, AlarmSet> {
    let mut begin: BTreeMap<&str, Result<Vec<Described>, Gap>> = BTreeMap::new();
    let mut sets = BTreeMap::new();
    for alarms in which {
        let Alarms::Prefix { prefix, tags } = alarms else { continue };
        if !begin.contains_key(prefix.as_str()) {
            begin.insert(prefix, beginning(client, prefix).await);
        }
        let set = match begin.get(prefix.as_str()) {
            Some(Ok(found)) => carrying(client, shelf, found, tags, now).await,
            Some(Err(gap)) => Err(gap.clone()),
            None => Err(Gap::NotAsked),
        };
        let set = match set {
            Ok(alarms) => {
                let alarms = alarms.into_iter().map(|alarm| (alarm.name, alarm.fact));
                AlarmSet::Complete { alarms: alarms.collect() }
            }
            Err(gap) => AlarmSet::Unread { gap },
        };
        sets.insert(alarms.key(), set);
    }
    sets
}

async fn beginning(client: &Client, prefix: &str) -> Result<Vec<Described>, Gap> {
    let asked = client.describe_alarms().alarm_name_prefix(prefix);
    let found = all(asked, ALARMS).await.map_err(|(gap, _)| gap)?;
    if found.len() > ALARMS {
        let error = format!("the names of more than {ALARMS} alarms begin with {prefix}");
        return Err(Gap::Failed { error });
    }
    Ok(found)
}

/// Those of the alarms that carry all of the tags.
async fn carrying(
    client: &Client,
    shelf: &TagShelf,
    found: &[Described],
    wanted: &Tags,
    now: Timestamp,
) -> Result<Vec<Described>, Gap> {
    if wanted.is_empty() {
        return Ok(found.to_vec());
    }
    let mut known: BTreeMap<&str, Tags> = BTreeMap::new();
    known.extend(found.iter().filter_map(|alarm| Some((alarm.arn.as_str(), shelf.get(&alarm.arn, now)?))));
    let unknown = found.iter().filter(|alarm| !known.contains_key(alarm.arn.as_str()));
    let unknown: Vec<String> = unknown.map(|alarm| alarm.arn.clone()).collect();
    let read = |arn: String| {
        let client = client.clone();
        async move { (tags(&client, &arn).await, arn) }
    };
    let mut fresh: BTreeMap<String, Tags> = BTreeMap::new();
    for (tags, arn) in at_once(unknown, read).await {
        let tags = tags?;
        shelf.put(&arn, now, tags.clone());
        fresh.insert(arn, tags);
    }
    let mut carrying = Vec::new();
    for alarm in found {
        let tags = known.get(alarm.arn.as_str()).or_else(|| fresh.get(&alarm.arn));
        let tags = tags.ok_or(Gap::InternalError)?;
        if wanted.iter().all(|(key, value)| tags.get(key) == Some(value)) {
            carrying.push(alarm.clone());
        }
    }
    Ok(carrying)
}

async fn tags(client: &Client, arn: &str) -> Result<Tags, Gap> {
    let answer = client
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .map_err(|error| unread("ListTagsForResource", 1, &error).0)?;
    let pair = |tag: &aws_sdk_cloudwatch::types::Tag| {
        Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))
    };
    Ok(answer.tags().iter().filter_map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_kept_for_a_quarter_of_an_hour() {
        let shelf = TagShelf::default();
        let now: Timestamp = "2026-11-02T06:00:00Z".parse().unwrap();
        let tags: Tags = [("retrain".to_owned(), "yes".to_owned())].into();
        shelf.put("a", now, tags.clone());
        let later = |seconds| Duration::from_seconds(seconds).after(now);
        assert_eq!(shelf.get("a", later(899)), Some(tags.clone()));
        assert_eq!((shelf.get("a", later(900)), shelf.get("b", now)), (None, None));
        shelf.put("b", later(900), tags);
        assert_eq!(shelf.0.lock().unwrap().len(), 1, "what is too old takes no room");
    }
}
