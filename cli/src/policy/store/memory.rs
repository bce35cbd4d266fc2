//! A store in memory, in which somebody else may write at a bad moment.

use std::collections::BTreeMap;

use anyhow::bail;

use super::{Deployed, Store, Written};

/// When somebody else does something to a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Moment {
    /// Before it is looked at again.
    Before,
    /// Between that look and the write.
    Between,
    /// The write is done, and its answer is lost, so that it is repeated.
    AnswerLost,
}

#[derive(Debug, Default)]
pub(in super::super) struct Memory {
    pub(in super::super) parameters: BTreeMap<String, Deployed>,
    /// What somebody else does: a text they write, or none for what they remove.
    pub(in super::super) meanwhile: Option<(Moment, String, Option<String>)>,
    /// A parameter whose writing fails.
    pub(in super::super) broken: Option<String>,
    /// What was written and removed, in this order.
    pub(in super::super) done: Vec<String>,
}

impl Memory {
    /// Parameters of these names and texts, each at version 7.
    pub(in super::super) fn of(texts: &[(&str, &str)]) -> Self {
        let mut memory = Self::default();
        for (name, text) in texts {
            let deployed =
                Deployed { name: (*name).to_owned(), version: 7, value: (*text).to_owned(), otherwise: None };
            memory.parameters.insert((*name).to_owned(), deployed);
        }
        memory
    }

    fn write(&mut self, name: &str, text: &str) -> i64 {
        let version = self.parameters.get(name).map_or(0, |deployed| deployed.version) + 1;
        let value = text.to_owned();
        let deployed = Deployed { name: name.to_owned(), version, value, otherwise: None };
        self.parameters.insert(name.to_owned(), deployed);
        version
    }

    fn meanwhile(&mut self, moment: Moment, name: &str) {
        let mine = |(at, whose, _): &(Moment, String, Option<String>)| *at == moment && whose == name;
        if let Some((_, name, text)) = self.meanwhile.take_if(|meanwhile| mine(meanwhile)) {
            match text {
                Some(text) => drop(self.write(&name, &text)),
                None => drop(self.parameters.remove(&name)),
            }
        }
    }
}

impl Store for Memory {
    fn all(&mut self, path: &str) -> anyhow::Result<Vec<Deployed>> {
        Ok(self.parameters.values().filter(|deployed| deployed.below(path).is_some()).cloned().collect())
    }

    fn now(&mut self, name: &str) -> anyhow::Result<Option<Deployed>> {
        self.meanwhile(Moment::Before, name);
        let now = self.parameters.get(name).cloned();
        self.meanwhile(Moment::Between, name);
        Ok(now)
    }

    fn put(&mut self, name: &str, text: &str, over: bool) -> anyhow::Result<Written> {
        if self.broken.as_deref() == Some(name) {
            bail!("PutParameter failed");
        }
        let lost = Some((Moment::AnswerLost, name.to_owned(), None));
        let times = if self.meanwhile == lost { 2 } else { 1 };
        let mut answer = Written::Exists;
        for _ in 0..times {
            let exists = self.parameters.contains_key(name);
            answer = if exists && !over {
                Written::Exists
            } else {
                self.done.push(format!("put {name}"));
                Written::Version(self.write(name, text), "standard")
            };
        }
        Ok(answer)
    }

    fn remove(&mut self, name: &str) -> anyhow::Result<bool> {
        self.done.push(format!("remove {name}"));
        Ok(self.parameters.remove(name).is_some())
    }
}
