//! Lines with more points than a screen has pixels.

use super::Point;
use crate::report::number::drawable;

/// At most about so many of a line's points: the first, the last, and of each stretch between them its lowest and its
/// highest value. A stretch without any value stays a gap.
pub(super) fn thin(points: &[Point], most: usize) -> Vec<Point> {
    let stretches = (most / 2).saturating_sub(1).max(1);
    let [first, middle @ .., end] = points else { return points.to_vec() };
    if points.len() <= most {
        return points.to_vec();
    }
    let mut kept = vec![*first];
    for stretch in middle.chunks(middle.len().div_ceil(stretches)) {
        let known = || stretch.iter().filter(|(_, value)| drawable(*value)).copied();
        let lowest = known().min_by(|(_, one), (_, other)| one.total_cmp(other));
        let highest = known().max_by(|(_, one), (_, other)| one.total_cmp(other));
        match (lowest, highest) {
            (Some(lowest), Some(highest)) if lowest.0 < highest.0 => kept.extend([lowest, highest]),
            (Some(lowest), Some(highest)) if lowest.0 > highest.0 => kept.extend([highest, lowest]),
            (Some(only), _) => kept.push(only),
            _ => kept.extend(stretch.first()),
        }
    }
    kept.push(*end);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::number::count;

    #[test]
    fn extremes_ends_and_gaps_survive() {
        let points: Vec<Point> = (0..105_120)
            .map(|nth| {
                let value = match nth {
                    40_000 => 9.0,
                    40_007 => -9.0,
                    60_000..70_000 => f64::NAN,
                    _ => count(nth % 7),
                };
                (count(nth), value)
            })
            .collect();
        let kept = thin(&points, 1_500);
        assert!(kept.len() <= 1_500, "{}", kept.len());
        assert!(kept.contains(&(40_000.0, 9.0)) && kept.contains(&(40_007.0, -9.0)));
        assert_eq!((kept.first(), kept.last()), (points.first(), points.last()));
        assert!(kept.iter().any(|(_, value)| value.is_nan()));
        assert!(kept.is_sorted_by(|(one, _), (other, _)| one < other));
    }

    #[test]
    fn a_short_line_is_left_as_it_is() {
        let points = [(0.0, 1.0), (1.0, f64::INFINITY), (2.0, 3.0)];
        assert_eq!(thin(&points, 3), points);
        assert_eq!(thin(&points, 0).len(), 3);
        assert_eq!(thin(&[], 10), []);
    }
}
