//! A path on which everything that any policy could meet is worked out once.
//!
//! Which model is served depends on the policy, but there are few: the newer model of each period, frozen. So the gaps of
//! every model in every later period are a triangle of 20,100 numbers, and to score one more policy is to walk through it.

use super::batch::Point;
use super::model::{Model, Predictive};
use super::path::Path;

/// How much better the newer model is than the one that is served, in nats a point; less than nothing where it is worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// On what a policy is told.
    pub monitor: f64,
    /// On what the loss is measured by.
    pub evaluation: f64,
}

/// A model as it was when it was trained.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// What it believes.
    pub model: Model,
    /// How far it stays behind, in each period after its training.
    pub gaps: Vec<Gap>,
}

/// A path on which everything is worked out.
#[derive(Debug, Clone)]
pub struct Tape {
    /// By the period of the training, 0 standing for the start.
    deployed: Vec<Deployed>,
}

impl Tape {
    /// Works out a path.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let mut model = Model::PRIOR.learn(&path.initial);
        let mut laws = vec![(model, Predictive::of(model))];
        let mut fresh = Vec::with_capacity(path.periods.len());
        for period in &path.periods {
            model = model.learn(&period.update);
            let law = Predictive::of(model);
            laws.push((model, law));
            fresh.push((law.score(&period.monitor), law.score(&period.evaluation)));
        }
        let gaps = |trained: usize, law: &Predictive| {
            let behind = |fresh: f64, points: &[Point]| fresh - law.score(points);
            let later = path.periods.iter().zip(&fresh).skip(trained);
            later
                .map(|(period, (monitor, evaluation))| Gap {
                    monitor: behind(*monitor, &period.monitor),
                    evaluation: behind(*evaluation, &period.evaluation),
                })
                .collect()
        };
        let deployed = laws.iter().enumerate();
        Self {
            deployed: deployed
                .map(|(trained, (model, law))| Deployed { model: *model, gaps: gaps(trained, law) })
                .collect(),
        }
    }

    /// The model that a training in this period gives; `None` after the last.
    #[must_use]
    pub fn trained(&self, period: u32) -> Option<&Deployed> {
        self.deployed.get(usize::try_from(period).ok()?)
    }

    /// The models, by the period of the training.
    #[must_use]
    pub fn deployed(&self) -> &[Deployed] {
        &self.deployed
    }
}
