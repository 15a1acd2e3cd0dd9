//! Mainland mobile numbers.

use crate::refused::Refused;

/// A mainland mobile number in its plain form: eleven ASCII digits. Zeroised by its holder.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[personal]")
    }
}

/// The ASCII form of full-width letters, digits and signs.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

impl Phone {
    /// Reads what a person typed: spaces, hyphens, full-width digits and a leading +86 are fine.
    /// A demo installation takes the fictional range 100-0000-00NN and nothing else, so that no real
    /// number gets into it; elsewhere that range is no number.
    ///
    /// # Errors
    /// [`Refused::PhoneMissing`], [`Refused::PhoneInvalid`]; in a demo [`Refused::PhoneNotFictional`].
    pub fn parse(typed: &str, demo: bool) -> Result<Self, Refused> {
        // Long input is never scanned whole.
        let plain: String = typed
            .chars()
            .take(64)
            .map(half_width)
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.'))
            .collect();
        if plain.is_empty() {
            return Err(Refused::PhoneMissing);
        }
        let digits = plain
            .strip_prefix("+86")
            .or_else(|| plain.strip_prefix("0086"))
            .unwrap_or(&plain);
        let well_formed = digits.len() == 11 && digits.bytes().all(|b| b.is_ascii_digit());
        let mobile = digits.starts_with('1') && matches!(digits.as_bytes().get(1), Some(b'3'..=b'9'));
        let fictional = digits.starts_with("100000000");
        match (demo, well_formed) {
            (true, true) if fictional => Ok(Self(digits.to_owned())),
            (true, _) => Err(Refused::PhoneNotFictional),
            (false, true) if mobile => Ok(Self(digits.to_owned())),
            (false, _) => Err(Refused::PhoneInvalid),
        }
    }

    /// The eleven digits, to be sealed.
    #[must_use]
    pub fn into_digits(self) -> String {
        self.0
    }
}

/// A code as typed, in its plain form: full-width digits and spaces between them are fine.
#[must_use]
pub fn plain_code(typed: &str) -> String {
    let plain = typed.chars().take(64).map(half_width);
    plain.filter(|c| !c.is_whitespace()).take(16).collect()
}

/// A phone for display to its own holder: `138****0001`. Anything else is fully masked.
#[must_use]
pub fn masked(digits: &str) -> String {
    match (digits.get(..3), digits.get(7..)) {
        (Some(head), Some(tail)) if digits.len() == 11 => format!("{head}****{tail}"),
        _ => "****".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(typed: &str, demo: bool) -> Result<String, Refused> {
        Phone::parse(typed, demo).map(Phone::into_digits)
    }

    #[test]
    fn the_ways_people_type_a_number() {
        for typed in [
            "13800000001",
            " 138 0000 0001 ",
            "138-0000-0001",
            "+86 13800000001",
            "１３８００００００01",
        ] {
            assert_eq!(digits(typed, false).as_deref(), Ok("13800000001"), "{typed}");
        }
    }

    #[test]
    fn wrong_numbers_are_refused() {
        assert_eq!(digits("  ", false), Err(Refused::PhoneMissing));
        let long = "1".repeat(1_000_000);
        for typed in [
            "1380000000",
            "138000000011",
            "12800000001",
            "abc",
            "1380000000a",
            "' OR 1=1",
            &long,
            "\u{202e}13800000001",
        ] {
            assert_eq!(digits(typed, false), Err(Refused::PhoneInvalid));
        }
    }

    #[test]
    fn the_fictional_range_is_for_demos_only() {
        assert!(digits("100-0000-0001", true).is_ok());
        assert_eq!(digits("100-0000-0001", false), Err(Refused::PhoneInvalid));
        assert_eq!(digits("100-0001-0001", true), Err(Refused::PhoneNotFictional));
        for second in 3..=9 {
            let real = format!("1{second}800000001");
            assert_eq!(
                digits(&real, true),
                Err(Refused::PhoneNotFictional),
                "a demo takes no real number"
            );
            assert!(digits(&real, false).is_ok());
        }
        assert_eq!(digits("138", true), Err(Refused::PhoneNotFictional));
    }

    #[test]
    fn the_ways_people_type_a_code() {
        for typed in ["123456", " 123 456 ", "１２３４５６"] {
            assert_eq!(plain_code(typed), "123456");
        }
        assert_eq!(plain_code(&"1".repeat(1_000)).len(), 16);
    }

    #[test]
    fn clause_2_1_1_f_a_phone_is_shown_masked_only() {
        assert_eq!(masked("13800000001"), "138****0001");
        assert_eq!(masked("138"), "****");
        assert_eq!(
            format!("{:?}", Phone::parse("13800000001", false)),
            "Ok([personal])"
        );
    }
}
