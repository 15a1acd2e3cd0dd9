//! The operator's staff as records name them: by an identifier such as `arbiter-1`, never by a
//! person's name.

use crate::refused::Refused;

/// The longest identifier.
const MOST_SIGNS: usize = 32;

/// Whether this is an identifier of staff.
///
/// # Errors
/// [`Refused::StaffInvalid`].
pub fn identifier(typed: &str) -> Result<&str, Refused> {
    let fits = (1..=MOST_SIGNS).contains(&typed.len())
        && typed
            .bytes()
            .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-');
    // A phone number is no identifier, though its signs would pass.
    if fits && typed.bytes().any(|sign| sign.is_ascii_lowercase()) {
        Ok(typed)
    } else {
        Err(Refused::StaffInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_pass_and_names_and_numbers_do_not() {
        let longest = "a".repeat(MOST_SIGNS);
        for good in ["a", "arbiter-1", longest.as_str()] {
            assert_eq!(identifier(good), Ok(good));
        }
        let longer = "a".repeat(MOST_SIGNS + 1);
        for wrong in [
            "",
            "Arbiter",
            "arbiter 1",
            "仲裁一号",
            "a_b",
            "13800000000",
            longer.as_str(),
        ] {
            assert_eq!(identifier(wrong), Err(Refused::StaffInvalid), "{wrong}");
        }
    }
}
