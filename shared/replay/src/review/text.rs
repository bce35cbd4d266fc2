//! The review as text.

use std::fmt;

use jiff::Timestamp;
use rekindle_decision::explain::Minute;
use rekindle_decision::money::Money;

use super::{Day, Family, Incident, Review};

/// Trainings that one sign of a bar stands for.
const SIGN: usize = 2;

impl fmt::Display for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        writeln!(f, "\nFamilies\n")?;
        families(f, &self.families)?;
        writeln!(f, "\nDay by day: started, # = {SIGN} trainings that did not fail, x = {SIGN} that did\n")?;
        for day in &self.days {
            day.fmt(f)?;
        }
        for (nth, incident) in self.incidents.iter().enumerate() {
            writeln!(f, "\nIncident {}: {}\n", nth + 1, incident.title)?;
            incident.fmt(f)?;
        }
        writeln!(f, "\nPromises\n")?;
        if self.broken.is_empty() {
            writeln!(
                f,
                "  {} promises were checked of each model when the month was over; none was broken.",
                self.promises
            )?;
        }
        for broken in &self.broken {
            writeln!(f, "  BROKEN  {broken}")?;
        }
        Ok(())
    }
}

impl Review {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = |of: fn(&Family) -> usize| self.families.iter().map(of).sum::<usize>();
        let cost = self.families.iter().fold(Money::default(), |sum, family| sum.plus(family.cost));
        let (from, until) = (day(self.from), day(self.until));
        writeln!(f, "{} models from {from} until {until} (seed {})\n", self.models, self.seed)?;
        writeln!(
            f,
            "  {} invocations took {} decisions and started {} trainings, for {}.",
            thousands(self.turns),
            thousands(self.decisions),
            sum(|family| family.trainings),
            cents(cost)
        )?;
        writeln!(
            f,
            "  {} ended well and {} failed; of those that were judged, {} helped and {} did not.",
            sum(|family| family.completed),
            sum(|family| family.failed),
            sum(|family| family.helped),
            sum(|family| family.futile)
        )?;
        writeln!(
            f,
            "  Of {} calls and their events, {} failed, were lost, came twice or late, or killed their function.",
            thousands(self.calls),
            thousands(self.faults)
        )?;
        let open = self.incidents.iter().filter(|incident| !incident.over).count();
        writeln!(f, "  {} incidents, {open} of them not over.", self.incidents.len())
    }
}

fn families(f: &mut fmt::Formatter<'_>, families: &[Family]) -> fmt::Result {
    writeln!(
        f,
        "  {:<10} {:>7} {:>10} {:>10} {:>7} {:>7} {:>7} {:>12}",
        "", "models", "trainings", "completed", "failed", "helped", "futile", "cost"
    )?;
    for Family { name, models, trainings, completed, failed, helped, futile, cost } in families {
        let cost = cents(*cost);
        writeln!(
            f,
            "  {name:<10} {models:>7} {trainings:>10} {completed:>10} {failed:>7} {helped:>7} {futile:>7} {cost:>12}"
        )?;
    }
    Ok(())
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { day, well, failed, cost } = self;
        let bar = "#".repeat(well.div_ceil(SIGN)) + &"x".repeat(failed.div_ceil(SIGN));
        let (day, cost) = (day.strftime("%a %d"), cents(*cost));
        writeln!(f, "  {day} {:>5} {cost:>12}  {bar}", well + failed)
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let over = if self.over { "until" } else { "not over; last seen" };
        writeln!(f, "  When      {}, {over} {}", Minute(self.from), Minute(self.to))?;
        for (nth, impact) in self.impact.iter().enumerate() {
            writeln!(f, "  {:<9} {impact}", if nth == 0 { "Impact" } else { "" })?;
        }
        for (nth, moment) in self.timeline.iter().enumerate() {
            let at = moment.at.strftime("%a %d %H:%M");
            writeln!(f, "  {:<9} {at}  {}", if nth == 0 { "Timeline" } else { "" }, moment.what)?;
        }
        for (nth, response) in self.response.iter().enumerate() {
            writeln!(f, "  {:<9} {response}", if nth == 0 { "Response" } else { "" })?;
        }
        Ok(())
    }
}

/// To the cent, with its thousands apart.
pub(super) fn cents(money: Money) -> String {
    let cents = money.micros().saturating_add(5_000) / 10_000;
    format!("{}.{:02} USD", thousands(cents / 100), cents % 100)
}

/// A number with its thousands apart.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}
