//! Names beside lines that end close to each other.

/// Moves places apart until each has so much room, in the order in which they came, and none leaves the drawing if they
/// all have room in it.
pub(super) fn apart(places: &[f64], room: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = places.iter().copied().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let mut least = top;
    for (_, place) in &mut order {
        *place = place.max(least);
        least = *place + room;
    }
    let mut most = bottom;
    for (_, place) in order.iter_mut().rev() {
        *place = place.min(most);
        most = *place - room;
    }
    order.sort_by_key(|(nth, _)| *nth);
    order.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn names_do_not_cover_each_other() {
        assert_eq!(apart(&[50.0, 10.0, 12.0], 14.0, (0.0, 100.0)), [50.0, 10.0, 24.0]);
        assert_eq!(apart(&[99.0, 98.0, 97.0], 14.0, (0.0, 100.0)), [100.0, 86.0, 72.0]);
        assert_eq!(apart(&[], 14.0, (0.0, 100.0)), [0.0; 0]);
    }
}
