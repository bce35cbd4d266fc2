//! Many documents at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rekindle_decision::policy::Policy;

use crate::locate;
use crate::problem::Problem;
use crate::read::read;

/// One document as it was fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Name of the parameter or file.
    pub name: String,
    /// Version of it.
    pub version: i64,
    /// The YAML.
    pub text: String,
    /// When this version was written, where known. A schedule's instants before it are not caught up.
    pub since: Option<Timestamp>,
}

impl Text {
    /// A text of which nobody knows when it was written.
    #[must_use]
    pub fn new(name: impl Into<String>, version: i64, text: impl Into<String>) -> Self {
        Self { name: name.into(), version, text: text.into(), since: None }
    }
}

/// The policies of all documents, and what is wrong with the documents that could not be read.
#[derive(Debug, Clone, Default)]
pub struct PolicySet {
    documents: BTreeMap<String, Loaded>,
    policies: BTreeMap<String, Arc<Policy>>,
    problems: Vec<Problem>,
    blind: BTreeMap<String, String>,
}

/// One document: the last policies that could be read from it, and what is wrong with the newest text, if anything.
#[derive(Debug, Clone, Default)]
struct Loaded {
    version: i64,
    text: String,
    good: Vec<Arc<Policy>>,
    problems: Vec<Problem>,
    named: Vec<String>,
}

/// How one document stands.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// Its newest version.
    pub version: i64,
    /// What is in force of it: the policies of the newest version, or, if that cannot be read, of the last that could.
    pub policies: &'a [Arc<Policy>],
    /// The models that it seems to be for, where it cannot be read.
    pub named: &'a [String],
    /// What is wrong with the newest version.
    pub problems: Vec<&'a Problem>,
}

impl FromIterator<Policy> for PolicySet {
    /// Policies that were made, not read.
    fn from_iter<I: IntoIterator<Item = Policy>>(policies: I) -> Self {
        let policies = policies.into_iter().map(|policy| (policy.model.clone(), Arc::new(policy)));
        Self { policies: policies.collect(), ..Self::default() }
    }
}

impl PolicySet {
    /// The set after the documents were fetched anew.
    ///
    /// An unchanged document is not parsed again. One that cannot be read keeps the policies of its last good version,
    /// if this set has them; one that is gone takes its policies with it. Two documents that claim one model: the first
    /// by name has it, the other is told.
    #[must_use]
    pub fn refresh(&self, texts: impl IntoIterator<Item = Text>) -> Self {
        let mut documents = BTreeMap::new();
        for text in texts {
            let before = self.documents.get(&text.name);
            let loaded = match before {
                Some(same) if same.version == text.version && same.text == text.text => same.clone(),
                before => load(&text, before),
            };
            documents.insert(text.name, loaded);
        }
        let mut set = Self { documents, ..Self::default() };
        set.index();
        set
    }

    fn index(&mut self) {
        for (document, loaded) in &self.documents {
            self.problems.extend(loaded.problems.iter().cloned());
            for policy in &loaded.good {
                match self.policies.get(&policy.model) {
                    None => {
                        self.policies.insert(policy.model.clone(), Arc::clone(policy));
                    }
                    Some(first) => self.problems.push(Problem {
                        document: document.clone(),
                        version: loaded.version,
                        field: "model".to_owned(),
                        message: format!(
                            "the model `{}` already has its policy in {}",
                            policy.model, first.revision.document
                        ),
                        hint: Some("remove it from one of the two".to_owned()),
                        ..Problem::default()
                    }),
                }
            }
        }
        for (document, loaded) in &self.documents {
            for model in loaded.named.iter().filter(|model| !self.policies.contains_key(*model)) {
                self.blind.insert(model.clone(), document.clone());
            }
        }
    }

    /// Documents that cannot be read so thoroughly that nobody can say which models they are for.
    pub fn nameless(&self) -> impl Iterator<Item = &str> {
        let nameless = |loaded: &Loaded| {
            !loaded.problems.is_empty() && loaded.good.is_empty() && loaded.named.is_empty()
        };
        self.documents
            .iter()
            .filter(move |(_, loaded)| nameless(loaded))
            .map(|(document, _)| document.as_str())
    }

    /// The policy of one model.
    #[must_use]
    pub fn get(&self, model: &str) -> Option<&Arc<Policy>> {
        self.policies.get(model)
    }

    /// All policies, by name of model.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.policies.values()
    }

    /// How many models have a policy.
    #[must_use]
    pub fn len(&self) -> usize {
        self.policies.len()
    }

    /// Whether no model has a policy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// What is wrong with the documents that could not be read.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What is known of one document; `None` if there is none of that name.
    #[must_use]
    pub fn document(&self, name: &str) -> Option<Standing<'_>> {
        let (document, loaded) = self.documents.get_key_value(name)?;
        Some(Standing {
            version: loaded.version,
            policies: &loaded.good,
            named: &loaded.named,
            problems: self.problems.iter().filter(|problem| problem.document == *document).collect(),
        })
    }

    /// Models that have no policy because their document could not be read, with the document's name.
    #[must_use]
    pub fn without_policy(&self) -> &BTreeMap<String, String> {
        &self.blind
    }
}

fn load(text: &Text, before: Option<&Loaded>) -> Loaded {
    let loaded = Loaded { version: text.version, text: text.text.clone(), ..Loaded::default() };
    match read(text) {
        Ok(policies) => Loaded { good: policies.into_iter().map(Arc::new).collect(), ..loaded },
        Err(problems) => Loaded {
            good: before.map(|before| before.good.clone()).unwrap_or_default(),
            named: locate::models(&text.text),
            problems,
            ..loaded
        },
    }
}
