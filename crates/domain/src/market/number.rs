//! Numbers of orders: nobody can guess one, and people can read one aloud.

/// What every number begins with.
pub const PREFIX: &str = "QF";
/// Signs after the prefix: 60 random bits.
pub const SIGNS: usize = 12;
/// Crockford's alphabet: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The number these random bytes give.
#[must_use]
pub fn of(random: [u8; SIGNS]) -> String {
    PREFIX.to_owned() + &signs(&random)
}

/// A sign for each random byte: five bits of it.
#[must_use]
pub fn signs(random: &[u8]) -> String {
    random
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

/// Whether a text can be a number at all; what cannot is not looked up.
#[must_use]
pub fn well_formed(text: &str) -> bool {
    text.strip_prefix(PREFIX)
        .is_some_and(|signs| signs.len() == SIGNS && signs.bytes().all(|sign| ALPHABET.contains(&sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_made_is_one_and_what_looks_alike_is_not() {
        for byte in 0..=u8::MAX {
            assert!(well_formed(&of([byte; SIGNS])));
        }
        for wrong in [
            "",
            "QF",
            "QF00000000000",
            "QF0000000000000",
            "qf000000000000",
            "QF00000000000I",
            "QF\0\0\0\0\0\0\0\0\0\0\0\0",
        ] {
            assert!(!well_formed(wrong), "{wrong:?}");
        }
    }
}
