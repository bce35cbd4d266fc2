//! A span of time in a drawing.

use super::scale::Scale;
use crate::report::number::several;

/// A span of time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    /// From, in seconds since the start of the axis.
    pub(crate) from: f64,
    /// To.
    pub(crate) to: f64,
    /// What it was.
    pub(crate) label: String,
    /// What is told of it to whoever points at it.
    pub(crate) told: String,
}

/// A span in pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bar {
    /// Its left end.
    pub(super) left: f64,
    /// Its right end, at least a pixel further.
    pub(super) right: f64,
    /// What it was.
    pub(super) label: String,
    /// What is told of it.
    pub(super) told: String,
}

/// Spans in pixels, from left to right. Those of one kind that are less than a pixel apart are one.
pub(super) fn bars(spans: &[Span], x: Scale) -> Vec<Bar> {
    let mut sorted: Vec<&Span> = spans.iter().collect();
    sorted.sort_by(|one, other| one.label.cmp(&other.label).then(one.from.total_cmp(&other.from)));
    let mut bars: Vec<(Bar, usize)> = Vec::new();
    for Span { from, to, label, told } in sorted {
        let (left, right) = (x.at(*from), x.at(*to));
        let right = right.max(left + 1.5);
        match bars.last_mut() {
            Some((bar, times)) if bar.label == *label && left - bar.right < 1.0 => {
                bar.right = bar.right.max(right);
                *times += 1;
                bar.told = format!("{label}: {} close together", several(*times, "span"));
            }
            _ => bars.push((Bar { left, right, label: label.clone(), told: told.clone() }, 1)),
        }
    }
    bars.sort_by(|(one, _), (other, _)| one.left.total_cmp(&other.left));
    bars.into_iter().map(|(bar, _)| bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::Across;

    #[test]
    fn a_thousand_spans_within_a_pixel_are_one_bar() {
        let time = Across::Time {
            from: jiff::Timestamp::UNIX_EPOCH,
            to: jiff::Timestamp::from_second(86_400_000).unwrap(),
        };
        let (scale, _) = Scale::across(&time, 8, (0.0, 1_000.0));
        let span = |nth: u32, label: &str| {
            let from = f64::from(nth) * 60.0;
            Span { from, to: from + 30.0, label: label.to_owned(), told: String::new() }
        };
        let mut spans: Vec<Span> = (0..1_000).map(|nth| span(nth, "cooldown")).collect();
        spans.push(span(500, "budget"));
        let bars = bars(&spans, scale);
        assert_eq!(bars.len(), 2);
        assert!(bars.iter().any(|bar| bar.told == "cooldown: 1,000 spans close together"), "{bars:?}");
    }
}
