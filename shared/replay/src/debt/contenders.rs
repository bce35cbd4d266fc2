//! The policies that are compared.
//!
//! One more is a file in `contenders`, its `mod`, and a line of [`CONTENDERS`].

mod always;
mod break_even;
mod calendar;
mod cusum;
mod debt_threshold;
mod never;
mod ski_rental;

use super::policy::Policy;

pub(super) use cusum::Cusum;

/// What a policy is told before a path begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Periods between two trainings, as the paper tuned them.
    pub interval: u32,
    /// What the paper's CUSUM has to exceed, as the paper tuned it.
    pub cusum: f64,
    /// What the standardised debt has to exceed, as the paper tuned it.
    pub debt: f64,
    /// What CUSUM has to exceed, tuned anew on a finer grid.
    pub anew: f64,
}

/// A policy that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Contender {
    /// Its name, in the published table if it is there.
    pub name: &'static str,
    /// One of it, for one path.
    pub make: fn(&Setting) -> Box<dyn Policy>,
}

/// All of them.
pub const CONTENDERS: &[Contender] = &[
    Contender { name: "calendar10", make: |_| Box::new(calendar::Calendar::every(10)) },
    Contender { name: "calendar_tuned", make: |to| Box::new(calendar::Calendar::every(to.interval)) },
    Contender { name: "cusum_tuned", make: |to| Box::new(Cusum::over(to.cusum)) },
    Contender {
        name: "debt_threshold_tuned",
        make: |to| Box::new(debt_threshold::DebtThreshold::over(to.debt)),
    },
    Contender { name: "never", make: |_| Box::new(never::Never) },
    Contender { name: "always", make: |_| Box::new(always::Always) },
    Contender { name: "cusum_anew", make: |to| Box::new(Cusum::over(to.anew)) },
    Contender { name: "ski_rental", make: |_| Box::new(ski_rental::SkiRental::default()) },
    Contender { name: "break_even", make: |_| Box::new(break_even::BreakEven::default()) },
];
