//! The text of a matrix.

use super::matrix::{Matrix, Row};
use super::unreadable::Unreadable;

const HEADER: &str = "begin the file with `# stream=NAME batch_size=SAMPLES train_window_batches=BATCHES`";
const MEAN: &str = "write a mean loss from 0 to 1, with a point, such as 0.125";
const EMPTY: &str =
    "leave it empty: field 1 is the hold-out loss, field 2 + j the loss on batch j, from 0 on";
const SQUARE: &str =
    "there are as many batches as lines after the first: add the missing lines, or take the field away";

/// See [`Matrix::read`].
pub(super) fn matrix(text: &str, or_named: &str) -> Result<Matrix, Unreadable> {
    let text = text.trim_start_matches('\u{feff}').trim_end();
    let mut lines = text.lines();
    let header = Header::read(lines.next().unwrap_or_default())?;
    let batches = lines.clone().count();
    if batches <= header.window {
        let wrong = format!(
            "there are {batches} lines of models after the first, and the training window has {} batches",
            header.window
        );
        let hint = "give at least one batch more than the window has";
        return Err(Unreadable { line: 1, field: None, wrong, hint });
    }
    let rows = lines.enumerate().map(|(model, line)| row(line, model, batches)).collect::<Result<_, _>>()?;
    let name = if header.name.is_empty() { or_named } else { header.name };
    Ok(Matrix { name: name.to_owned(), batch_size: header.batch_size, window: header.window, rows })
}

/// The first line.
struct Header<'a> {
    name: &'a str,
    batch_size: u32,
    window: usize,
}

impl<'a> Header<'a> {
    /// Words of the form `key=value`, up to a semicolon; after it anything may be said.
    fn read(line: &'a str) -> Result<Self, Unreadable> {
        let wrong = |wrong: String| Unreadable { line: 1, field: None, wrong, hint: HEADER };
        let said =
            line.strip_prefix('#').ok_or_else(|| wrong("the line does not begin with `#`".to_owned()))?;
        let words = said.split(';').next().unwrap_or_default();
        let value = |key: &str| {
            let mut pairs = words.split_whitespace().filter_map(|word| word.split_once('='));
            pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
        };
        let number = |key: &str| {
            let value = value(key).ok_or_else(|| wrong(format!("`{key}` is missing")))?;
            let number = value.parse::<u32>().ok().filter(|number| *number > 0);
            number.ok_or_else(|| wrong(format!("`{key}` is `{value}`, which is no whole number from 1 on")))
        };
        let (batch_size, window) = (number("batch_size")?, number("train_window_batches")?);
        let window = usize::try_from(window).unwrap_or(usize::MAX);
        Ok(Self { name: value("stream").unwrap_or_default(), batch_size, window })
    }
}

/// The line of one model.
fn row(line: &str, model: usize, batches: usize) -> Result<Row, Unreadable> {
    let wrong = |field: usize, wrong: String, hint| Unreadable {
        line: model.saturating_add(2),
        field: Some(field.saturating_add(1)),
        wrong,
        hint,
    };
    let mean = |field: usize, text: &str, what: String| {
        if text.is_empty() {
            return Err(wrong(field, format!("{what} is missing"), MEAN));
        }
        let number = text.parse::<f64>().ok().filter(|mean| (0.0..=1.0).contains(mean));
        number.ok_or_else(|| wrong(field, format!("{what} is `{text}`"), MEAN))
    };
    let mut fields = line.split(',').map(str::trim);
    let holdout = mean(0, fields.next().unwrap_or_default(), format!("the hold-out loss of model {model}"))?;
    let mut losses = Vec::with_capacity(batches.saturating_sub(model));
    // A line may end before its empty fields, or have more of them than there are batches.
    for (batch, text) in fields.by_ref().chain(std::iter::repeat("")).take(batches).enumerate() {
        let field = batch.saturating_add(1);
        if batch > model {
            losses.push(mean(field, text, format!("the loss of model {model} on batch {batch}"))?);
        } else if !text.is_empty() {
            let wrong_is =
                format!("`{text}` is a loss of model {model} on batch {batch}, which is not after it");
            return Err(wrong(field, wrong_is, EMPTY));
        }
    }
    match fields.enumerate().find(|(_, text)| !text.is_empty()) {
        Some((beyond, text)) => {
            let batch = batches.saturating_add(beyond);
            let wrong_is = format!("`{text}` is a loss on batch {batch}, and there are {batches} batches");
            Err(wrong(batch.saturating_add(1), wrong_is, SQUARE))
        }
        None => Ok(Row { holdout, losses }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "# stream=a batch_size=10 train_window_batches=1; as said\n0.1,,0.2,0.3\n0.1,,,0.25\n0.1,,,\n";

    fn error(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from}");
        matrix(&GOOD.replacen(from, to, 1), "").unwrap_err().to_string()
    }

    #[test]
    fn empty_ends_do_not_matter() {
        let good = matrix(GOOD, "").unwrap();
        assert_eq!((good.name(), good.batch_size(), good.batches()), ("a", 10, 3));
        let others = [
            GOOD.trim_end().to_owned(),
            format!("{GOOD}\n\r\n"),
            GOOD.replace('\n', "\r\n"),
            GOOD.replace("0.1,,,\n", "0.1\n"),
            GOOD.replace("0.3\n", "0.3,,,\n"),
            GOOD.replace(';', ""),
            format!("\u{feff}{GOOD}"),
        ];
        for other in others {
            assert_eq!(matrix(&other, "b").as_ref(), Ok(&good), "{other:?}");
        }
        assert_eq!(matrix(&GOOD.replace("stream=a ", ""), "b").unwrap().name(), "b");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_what_to_do() {
        let errors = [
            matrix("", "").unwrap_err().to_string(),
            error("# stream", "stream"),
            error("batch_size=10 ", ""),
            error("batch_size=10", "batch_size=ten"),
            error("batches=1", "batches=0"),
            error("batches=1", "batches=3"),
            error("0.1,,0.2", ",,0.2"),
            error("0.1,,0.2", "0.1,0.3,0.2"),
            error("0.3", ""),
            error("0.3", "0;3"),
            error("0.3", "NaN"),
            error("0.3", "-0.3"),
            error("0.25", "25"),
            error("0.3\n", "0.3,0.4\n"),
        ];
        insta::assert_snapshot!(errors.join("\n"));
    }
}
