//! A set of small numbers.

use core::iter::from_fn;

/// The two ways along a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Back,
    On,
}

/// Numbers from 0 to 63: minutes, hours, days, weekdays or months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bits(u64);

impl Bits {
    pub(super) fn has(self, number: i8) -> bool {
        self.0 >> number & 1 == 1
    }

    /// The members from a number on, itself included, in one direction.
    pub(super) fn walk(self, way: Way, from: i8) -> impl Iterator<Item = i8> {
        let mut rest = match way {
            Way::Back => self.0 & u64::MAX >> (63 - from),
            Way::On => self.0 & u64::MAX << from,
        };
        from_fn(move || {
            let found = match way {
                Way::Back => rest.checked_ilog2()?,
                Way::On if rest == 0 => return None,
                Way::On => rest.trailing_zeros(),
            };
            rest ^= 1 << found;
            i8::try_from(found).ok()
        })
    }
}

impl FromIterator<i8> for Bits {
    fn from_iter<I: IntoIterator<Item = i8>>(numbers: I) -> Self {
        Self(numbers.into_iter().fold(0, |bits, number| bits | 1 << number))
    }
}
