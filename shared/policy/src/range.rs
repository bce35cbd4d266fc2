//! Ranges of models: `tenant-{001..500}` stands for five hundred names, which would not fit into a parameter.

/// Most models of one document. Each is a policy of some 10 kB in memory and a request that is checked when the document
/// is read: a thousand are four batches of a sweep, and a slip such as `{1..10000000}` is told before any is made.
pub(crate) const MOST_MODELS: u64 = 1_000;

/// What is wrong with an entry of `models`, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slip {
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl Slip {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// One entry of `models`: a name, or a range of names that differ in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    before: &'a str,
    numbers: Option<Numbers>,
    after: &'a str,
}

/// The numbers of a range, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    first: u64,
    last: u64,
    /// Digits of each; zero: as many as the number has.
    width: usize,
}

impl<'a> Entry<'a> {
    /// Reads an entry. Braces are in no name, so that whoever writes one means a range.
    pub(crate) fn read(text: &'a str) -> Result<Self, Slip> {
        if !text.contains(['{', '}']) {
            return Ok(Self { before: text, numbers: None, after: "" });
        }
        let form = || {
            Slip::new(
                format!("`{text}` is neither a name nor a range of names"),
                "write a range as two whole numbers with two dots between, such as \"tenant-{001..500}\"",
            )
        };
        let (before, rest) = text.split_once('{').ok_or_else(form)?;
        let (inside, after) = rest.split_once('}').ok_or_else(form)?;
        let (first, last) = inside.split_once("..").ok_or_else(form)?;
        let is_number = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit());
        if before.contains('}') || !is_number(first) || !is_number(last) {
            return Err(form());
        }
        if after.contains(['{', '}']) {
            return Err(Slip::new(
                format!("`{text}` has more than one range"),
                "write one in each entry, such as [\"eu-{1..3}\", \"us-{1..3}\"]",
            ));
        }
        let numbers = Some(Numbers::read(first, last)?);
        Ok(Self { before, numbers, after })
    }

    /// How many names it stands for.
    pub(crate) fn count(&self) -> u64 {
        self.numbers.map_or(1, |numbers| (numbers.last - numbers.first).saturating_add(1))
    }

    /// The names, in order.
    pub(crate) fn names(self) -> impl Iterator<Item = String> {
        let Self { before, numbers, after } = self;
        let Numbers { first, last, width } = numbers.unwrap_or(Numbers { first: 0, last: 0, width: 0 });
        (first..=last).map(move |number| match numbers {
            Some(_) => format!("{before}{number:0width$}{after}"),
            None => before.to_owned(),
        })
    }
}

impl Numbers {
    fn read(first: &str, last: &str) -> Result<Self, Slip> {
        let number = |text: &str| {
            text.parse::<u64>().map_err(|_| {
                Slip::new(format!("the number {text} is too large"), "write a number of fewer digits")
            })
        };
        let (low, high) = (number(first)?, number(last)?);
        if low > high {
            return Err(Slip::new(
                format!("the range {{{first}..{last}}} runs backward"),
                format!("write {{{last}..{first}}}"),
            ));
        }
        let is_padded = |text: &str| text.len() > 1 && text.starts_with('0');
        let padded = is_padded(first) || is_padded(last);
        // Shells take the longer width for both, and people are surprised: whoever writes zeros says how many.
        if padded && first.len() != last.len() {
            let width = first.len().max(last.len());
            return Err(Slip::new(
                format!(
                    "the numbers of {{{first}..{last}}} are not equally long, and zeros in front are kept"
                ),
                format!(
                    "write {{{low:0width$}..{high:0width$}}}, or {{{low}..{high}}} for names without them"
                ),
            ));
        }
        Ok(Self { first: low, last: high, width: if padded { first.len() } else { 0 } })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        Entry::read(text).unwrap().names().collect()
    }

    #[rstest]
    #[case::a_name("churn", &["churn"])]
    #[case::nothing("", &[""])]
    #[case::zeros_are_kept("t-{08..11}", &["t-08", "t-09", "t-10", "t-11"])]
    #[case::no_zeros("t-{8..11}", &["t-8", "t-9", "t-10", "t-11"])]
    #[case::from_zero("t{0..2}", &["t0", "t1", "t2"])]
    #[case::all_zeros("t{00..01}", &["t00", "t01"])]
    #[case::one("t-{7..7}", &["t-7"])]
    #[case::in_the_middle("t{1..2}-eu", &["t1-eu", "t2-eu"])]
    #[case::alone("{1..2}", &["1", "2"])]
    #[case::dots_elsewhere("a..b", &["a..b"])]
    #[case::the_largest("t{18446744073709551615..18446744073709551615}", &["t18446744073709551615"])]
    fn an_entry_stands_for_names(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(names(text), expected);
        assert_eq!(Entry::read(text).unwrap().count(), expected.len() as u64);
    }

    #[rstest]
    #[case::three_dots("t-{001...500}", "neither a name nor a range")]
    #[case::a_dash("t-{001-500}", "neither a name nor a range")]
    #[case::letters("t-{a..c}", "neither a name nor a range")]
    #[case::a_step("t-{1..9..2}", "neither a name nor a range")]
    #[case::a_list("t-{de,fr}", "neither a name nor a range")]
    #[case::a_sign("t-{-1..3}", "neither a name nor a range")]
    #[case::a_space("t-{1 .. 3}", "neither a name nor a range")]
    #[case::no_end("t-{1..}", "neither a name nor a range")]
    #[case::no_beginning("t-{..9}", "neither a name nor a range")]
    #[case::empty("t-{}", "neither a name nor a range")]
    #[case::open("t-{1..3", "neither a name nor a range")]
    #[case::closed("t-1..3}", "neither a name nor a range")]
    #[case::the_wrong_way_round("t-}1..3{", "neither a name nor a range")]
    #[case::closed_twice("a}t-{1..3}", "neither a name nor a range")]
    #[case::digits_of_another_script("t-{١..٣}", "neither a name nor a range")]
    #[case::a_placeholder("{model}", "neither a name nor a range")]
    #[case::two("t-{1..3}-{1..4}", "more than one range")]
    #[case::one_and_a_half("t-{1..3}-{", "more than one range")]
    #[case::backward("t-{500..001}", "runs backward")]
    #[case::padded_to_less("t-{01..100}", "not equally long")]
    #[case::padded_to_more("t-{1..010}", "not equally long")]
    #[case::too_large("t-{1..18446744073709551616}", "too large")]
    fn a_slip_is_told(#[case] text: &str, #[case] expected: &str) {
        let slip = Entry::read(text).unwrap_err();
        assert!(slip.message.contains(expected), "{}", slip.message);
        assert!(!slip.hint.is_empty());
    }

    #[test]
    fn counting_names_makes_none() {
        assert_eq!(Entry::read("t-{0..18446744073709551615}").unwrap().count(), u64::MAX);
        assert_eq!(Entry::read("t-{1..1000000000}").unwrap().count(), 1_000_000_000);
    }

    /// As many names as are counted, all different, each with the number it stands for, in order.
    #[test]
    fn a_range_names_each_number_once() {
        for first in 0..120_u64 {
            for last in [0, 1, 9, 90, 900].map(|more| first + more) {
                for width in 0..5_usize {
                    let text = format!("t-{{{first:0width$}..{last:0width$}}}-x");
                    match Entry::read(&text) {
                        Ok(entry) => {
                            let names: Vec<String> = entry.names().collect();
                            let name = |number| format!("t-{number:0width$}-x");
                            assert_eq!(names, (first..=last).map(name).collect::<Vec<_>>(), "{text}");
                            assert_eq!(names.len() as u64, entry.count(), "{text}");
                        }
                        // The one way in which two numbers in order are refused.
                        Err(slip) => assert!(slip.message.contains("not equally long"), "{text}: {slip:?}"),
                    }
                }
            }
        }
    }

    /// Every text of up to seven of these letters: a range is what this says in one line, and no name has a brace.
    #[test]
    fn no_text_is_taken_for_something_else() {
        let is_range = |text: &str| {
            let shape: String = text.chars().filter(|letter| *letter != 'a').collect();
            let inside = text.split('{').nth(1).and_then(|rest| rest.split('}').next()).unwrap_or("a");
            ["{1..1}", "{11..1}", "{1..11}"].iter().any(|whole| shape.trim_matches(['1', '.']) == *whole)
                && !inside.contains('a')
        };
        let mut texts = vec![String::new()];
        for _ in 0..7 {
            texts = texts
                .iter()
                .flat_map(|text| "a{}.1".chars().map(move |more| format!("{text}{more}")))
                .collect();
            for text in &texts {
                let read = Entry::read(text);
                let backward = text.contains("{11..1}");
                let expected = !text.contains(['{', '}']) || (is_range(text) && !backward);
                assert_eq!(read.is_ok(), expected, "{text}");
                for name in read.into_iter().flat_map(Entry::names) {
                    assert!(!name.contains(['{', '}']), "{text}: {name}");
                }
            }
        }
    }
}
