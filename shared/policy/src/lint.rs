//! Policies that can be read and hardly do what was meant: warnings, which disable nothing.

mod expr;
mod guards;
mod metric;
mod schedule;
mod training;

use rekindle_decision::duration::Duration;

use crate::check::{alarm_name, once};
use crate::document::{AlarmText, Document};
use crate::fault::{Fault, Spot};
use crate::problem::{Problem, Severity};
use crate::read::{both, told};
use crate::set::Text;

/// What IAM lets a training job ask for, whatever a policy says: the parameters `TrainingRoleArn`, `AllowedInstanceTypes`
/// and `MaxRuntimeSeconds` of the deployment. What is `None` is not known, and not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceilings {
    /// The one role that may be passed to a job.
    pub training_role: Option<String>,
    /// The instance types a job may use.
    pub instance_types: Option<Vec<String>>,
    /// The longest runtime a job may ask for.
    pub max_runtime: Option<Duration>,
}

impl Ceilings {
    /// None is known.
    pub const UNKNOWN: Self = Self { training_role: None, instance_types: None, max_runtime: None };
}

impl Default for Ceilings {
    /// Those of the template, as long as nobody gave others; the role has no default.
    fn default() -> Self {
        let instance_types = ["ml.m5.large", "ml.m5.xlarge", "ml.m5.2xlarge"];
        Self {
            training_role: None,
            instance_types: Some(instance_types.map(str::to_owned).into()),
            max_runtime: Some(Duration::from_seconds(6 * 3_600)),
        }
    }
}

/// What a document can be read as, and probably should not say. Nothing of a document that cannot be read: [`read`]
/// tells what is wrong with that.
///
/// [`read`]: crate::read
#[must_use]
pub fn lint(text: &Text, ceilings: &Ceilings) -> Vec<Problem> {
    let Ok((document, policies)) = both(text) else { return Vec::new() };
    // The models of a document are alike: the first speaks for all.
    let Some(policy) = policies.first() else { return Vec::new() };
    let mut faults = Vec::new();
    expr::warn(&document, policy, &mut faults);
    schedule::warn(&document, policy, &mut faults);
    metric::warn(&document, policy, &mut faults);
    guards::warn(&document, policy, &mut faults);
    training::beyond(policy, ceilings, &mut faults);
    elsewhere(&document, &mut faults);
    told(faults, text, Severity::Warning)
}

/// What IAM would refuse of a document's training request, as errors: for ceilings that are known, not supposed.
#[must_use]
pub fn refused(text: &Text, ceilings: &Ceilings) -> Vec<Problem> {
    let Ok((_, policies)) = both(text) else { return Vec::new() };
    let mut faults = Vec::new();
    // A role may hold the model's name: each model speaks for itself.
    for policy in &policies {
        training::beyond(policy, ceilings, &mut faults);
    }
    told(once(faults), text, Severity::Error)
}

/// An ARN names an account and a Region, which are not read.
fn elsewhere(document: &Document, faults: &mut Vec<Fault>) {
    for (name, trigger) in &document.triggers {
        let Some(AlarmText::Name(text)) = &trigger.alarm else { continue };
        let Some(alarm) = alarm_name(text).filter(|alarm| alarm != text) else { continue };
        let fault = Spot::of(["triggers", name, "alarm"])
            .fault("of an alarm's ARN only the name counts: the alarm is read in the functions' own account and Region");
        faults.push(fault.hint(format!("write `alarm: {alarm}`, if it is there")));
    }
}
