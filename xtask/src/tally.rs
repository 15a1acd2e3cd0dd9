//! Counting tests while their output streams through.

use std::io::{BufRead, Write};

use anyhow::Result;

/// How many tests ended how.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that were marked as ignored.
    pub ignored: u64,
}

impl Tally {
    /// The sum of two counts.
    pub fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
        }
    }

    /// The count in a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub fn of_cargo_line(line: &str) -> Option<Self> {
        Self::of_parts(line.strip_prefix("test result: ")?.split_once(". ")?.1, ';')
    }

    /// The count in a line such as `12 passed, 0 failed`.
    pub fn of_plain_line(line: &str) -> Option<Self> {
        Self::of_parts(line.trim(), ',')
    }

    fn of_parts(text: &str, separator: char) -> Option<Self> {
        let mut parts = text.split(separator).map(str::trim);
        let mut number = |word: &str| parts.next()?.strip_suffix(word)?.trim_end().parse().ok();
        let (passed, failed) = (number("passed")?, number("failed")?);
        Some(Self {
            passed,
            failed,
            ignored: number("ignored").unwrap_or(0),
        })
    }
}

/// Copies the lines and adds up what `count` finds in them; nothing found gives `None`.
pub fn stream(
    mut from: impl BufRead,
    mut to: impl Write,
    count: impl Fn(&str) -> Option<Tally>,
) -> Result<Option<Tally>> {
    let mut sum: Option<Tally> = None;
    let mut line = Vec::new();
    // By bytes: a test may print what is not UTF-8.
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        if let Some(found) = count(String::from_utf8_lossy(&line).trim_end()) {
            sum = Some(sum.unwrap_or_default().plus(found));
        }
        line.clear();
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_are_added_up_and_everything_passes_through() {
        let text = "running 4 tests\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s\n\
            a printed test result: ok. 9 passed; 9 failed; 9 ignored\n";
        let mut copy = Vec::new();
        let sum = stream(text.as_bytes(), &mut copy, Tally::of_cargo_line).unwrap();
        assert_eq!(
            sum,
            Some(Tally {
                passed: 5,
                failed: 5,
                ignored: 1
            })
        );
        assert_eq!(copy, text.as_bytes());
    }

    #[test]
    fn nothing_counted_is_told_apart_from_nothing_failed() {
        let sum = stream(
            "error: could not compile\n".as_bytes(),
            Vec::new(),
            Tally::of_cargo_line,
        )
        .unwrap();
        assert_eq!(sum, None);
    }

    #[test]
    fn plain_lines_are_counted() {
        assert_eq!(
            Tally::of_plain_line("12 passed, 1 failed"),
            Some(Tally {
                passed: 12,
                failed: 1,
                ignored: 0
            })
        );
        assert_eq!(Tally::of_plain_line("12 pages passed"), None);
    }
}
