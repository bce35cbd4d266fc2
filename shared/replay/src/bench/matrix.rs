//! The loss of every model that could have been trained, on every batch that came after it.

use super::read;
use super::unreadable::Unreadable;

/// A performance matrix: with it any way to retrain can be replayed exactly.
///
/// Batches are counted from 0. Model `i` is the one that is trained when batch `i` is over, on the newest batches up to
/// that one, and so it may serve from batch `i + 1` on.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    pub(super) name: String,
    pub(super) batch_size: u32,
    pub(super) window: usize,
    /// A row for each model.
    pub(super) rows: Vec<Row>,
}

/// What is known of one model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) holdout: f64,
    /// Its mean loss on each batch after the one it was trained at.
    pub(super) losses: Vec<f64>,
}

impl Matrix {
    /// Reads a matrix from the text of a CSV file; `shared/replay/streams/README.md` has the format. The name is that in
    /// the first line, or else `or_named`.
    ///
    /// # Errors
    ///
    /// Where the first thing is that cannot be read, what it is, and what to do.
    pub fn read(text: &str, or_named: &str) -> Result<Self, Unreadable> {
        read::matrix(text, or_named)
    }

    /// A matrix of so many batches in which a model's loss on a later batch is what `loss` says; where it says nothing,
    /// that of the batch before. What was held out is what a model loses in its first batch.
    pub(crate) fn assumed(
        name: &str,
        batches: usize,
        window: usize,
        loss: impl Fn(usize, usize) -> Option<f64>,
    ) -> Self {
        let row = |model: usize| {
            let mut losses: Vec<f64> = Vec::with_capacity(batches.saturating_sub(model));
            for batch in model.saturating_add(1)..batches {
                let loss = loss(model, batch).or_else(|| losses.last().copied());
                losses.push(loss.unwrap_or_default());
            }
            Row { holdout: losses.first().copied().unwrap_or_default(), losses }
        };
        Self { name: name.to_owned(), batch_size: 1, window, rows: (0..batches).map(row).collect() }
    }

    /// All of it.
    pub(crate) fn whole(&self) -> Stretch<'_> {
        Stretch { matrix: self, from: 0, until: self.rows.len() }
    }

    /// The name of the stream.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many samples each batch has.
    #[must_use]
    pub fn batch_size(&self) -> u32 {
        self.batch_size
    }

    /// How many batches there are.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.rows.len()
    }

    /// The stretch that counts: all but the training window and the first three tenths after it.
    #[must_use]
    pub fn scored(&self) -> Stretch<'_> {
        Stretch { matrix: self, from: self.first_scored(), until: self.rows.len() }
    }

    /// The stretch before it, on which parameters may be chosen. It starts with the first model that had a whole
    /// training window.
    #[must_use]
    pub fn prefix(&self) -> Stretch<'_> {
        Stretch { matrix: self, from: self.window, until: self.first_scored() }
    }

    fn first_scored(&self) -> usize {
        let after = self.rows.len().saturating_sub(self.window);
        self.window.saturating_add(after.saturating_mul(3) / 10)
    }
}

/// A stretch of batches of a matrix. What comes after it cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch<'a> {
    matrix: &'a Matrix,
    from: usize,
    until: usize,
}

impl Stretch<'_> {
    /// The batches, in order.
    #[must_use]
    pub fn batches(&self) -> std::ops::Range<usize> {
        self.from..self.until
    }

    /// The batch after which nobody needs a new model: the last one.
    #[must_use]
    pub fn last(&self) -> usize {
        self.until.saturating_sub(1)
    }

    /// The model that serves at the start.
    #[must_use]
    pub fn first_model(&self) -> usize {
        self.from.saturating_sub(1)
    }

    /// How many samples each batch has.
    #[must_use]
    pub fn batch_size(&self) -> u32 {
        self.matrix.batch_size
    }

    /// The mean loss of a model on a batch, from 0 to 1; nothing for a batch that is not after the model, or is after
    /// the stretch.
    #[must_use]
    pub fn loss(&self, model: usize, batch: usize) -> Option<f64> {
        let ahead = batch.checked_sub(model)?.checked_sub(1)?;
        let row = self.matrix.rows.get(model).filter(|_| batch < self.until)?;
        row.losses.get(ahead).copied()
    }

    /// The loss of a model on what was held out when it was trained, from 0 to 1; nothing for a model that is trained
    /// after the stretch.
    #[must_use]
    pub fn holdout(&self, model: usize) -> Option<f64> {
        self.matrix.rows.get(model).filter(|_| model < self.until).map(|row| row.holdout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_be_asked_of_what_comes_after_a_stretch() {
        let text = "# stream=a batch_size=10 train_window_batches=1;\n.1,,.2,.3,.4,.5\n.1,,,.3,.4,.5\n.1,,,,.4,.5\n.1,,,,,.5\n.1\n";
        let matrix = Matrix::read(text, "").unwrap();
        let (prefix, scored) = (matrix.prefix(), matrix.scored());
        assert_eq!((prefix.batches(), scored.batches()), (1..2, 2..5));
        assert_eq!((prefix.loss(0, 1), prefix.loss(0, 2), scored.loss(0, 2)), (Some(0.2), None, Some(0.3)));
        assert_eq!((scored.loss(2, 2), scored.loss(3, 1), scored.loss(4, 5)), (None, None, None));
        assert_eq!((prefix.holdout(1), prefix.holdout(2)), (Some(0.1), None));
    }
}
