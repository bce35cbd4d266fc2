//! Chance, from a seed.

/// Small numbers from a seed (SplitMix64): the same seed is the same history.
#[derive(Debug, Clone)]
pub struct Dice(u64);

/// The golden ratio in 64 bits, which keeps the steps of neighbouring seeds apart.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Dice {
    /// Dice that fall as this seed has it.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(STEP))
    }

    /// Dice of their own for a part of the history: what is drawn here moves nothing there.
    #[must_use]
    pub fn apart(&mut self) -> Self {
        Self(self.draw())
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below the limit; 0 where the limit is.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.draw().checked_rem(limit).unwrap_or(0)
    }

    /// A number from the least to the most, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least.saturating_add(self.below(most.saturating_sub(least).saturating_add(1)))
    }

    /// Whether it happens that happens so often in ten thousand times.
    pub fn chance(&mut self, in_ten_thousand: u64) -> bool {
        self.below(10_000) < in_ten_thousand
    }

    /// One of several; `None` of none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let at = self.below(u64::try_from(of.len()).unwrap_or(0));
        of.get(usize::try_from(at).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_falls_the_same_way_and_the_next_one_otherwise() {
        let falls = |seed| {
            let mut dice = Dice::new(seed);
            [(); 8].map(|()| dice.below(1_000))
        };
        assert_eq!(falls(7), falls(7));
        assert_ne!(falls(7), falls(8));
    }

    #[test]
    fn limits_hold() {
        let mut dice = Dice::new(1);
        for _ in 0..1_000 {
            assert!((3..=5).contains(&dice.between(3, 5)));
            assert_eq!(dice.below(0), 0);
            assert!(!dice.chance(0));
            assert!(dice.chance(10_000));
        }
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
