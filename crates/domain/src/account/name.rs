//! Account names: chosen freely, for logging in and for their own person, never a phone number.

use super::phone::half_width;
use crate::refused::Refused;

/// Reads an account name: 2–32 Chinese characters, letters, digits, `_` or `-`; full width becomes
/// half width. A name that could be a phone or identity number is refused: at the log-in the two would
/// be mistaken for each other, and it would be more than the person needs to give.
///
/// # Errors
/// [`Refused::NameMissing`], [`Refused::NameLength`], [`Refused::NameCharacters`],
/// [`Refused::NameNumber`].
pub fn parse(typed: &str) -> Result<String, Refused> {
    let name: String = typed.trim().chars().take(200).map(half_width).collect();
    match name.chars().count() {
        0 => return Err(Refused::NameMissing),
        2..=32 => {}
        _ => return Err(Refused::NameLength),
    }
    if !name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    {
        return Err(Refused::NameCharacters);
    }
    if name.chars().filter(char::is_ascii_digit).count() >= 9 {
        return Err(Refused::NameNumber);
    }
    Ok(name)
}

/// The form in which names are compared: case does not make a difference.
#[must_use]
pub fn comparable(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_people_choose() {
        assert_eq!(parse(" 林知远 ").as_deref(), Ok("林知远"));
        assert_eq!(parse("Ｌin_01").as_deref(), Ok("Lin_01"));
        assert_eq!(parse("𠮷田").as_deref(), Ok("𠮷田"));
        assert_eq!(comparable("LIN"), comparable("lin"));
    }

    #[test]
    fn wrong_names_are_refused() {
        assert_eq!(parse(""), Err(Refused::NameMissing));
        assert_eq!(parse("a"), Err(Refused::NameLength));
        assert_eq!(parse(&"a".repeat(33)), Err(Refused::NameLength));
        assert_eq!(parse("a b"), Err(Refused::NameCharacters));
        assert_eq!(parse("<b>x"), Err(Refused::NameCharacters));
        assert_eq!(parse("ab\u{202e}cd"), Err(Refused::NameCharacters));
        assert_eq!(parse("13800000001"), Err(Refused::NameNumber));
        assert_eq!(parse("x138000000"), Err(Refused::NameNumber));
        assert_eq!(parse("x13800000").as_deref(), Ok("x13800000"));
    }
}
