//! Recovery codes: ten, each good once, for the day the authenticator app is lost (2.1.1.e).

/// How many are made at a time.
pub const CODES: usize = 10;
/// Signs of a code: 60 random bits, so that not even whoever has the digests and their key tries all.
pub const SIGNS: usize = 12;
/// Signs of a group.
const GROUP: usize = 4;
/// Crockford's alphabet: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code of these random bytes, in groups.
#[must_use]
pub fn of(random: [u8; SIGNS]) -> String {
    grouped(&crate::market::number::signs(&random))
}

fn grouped(signs: &str) -> String {
    let signs: Vec<char> = signs.chars().collect();
    let groups: Vec<String> = signs.chunks(GROUP).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// What was typed as one code, in the form it is made in: small letters, full-width signs, other
/// separators, and letters that look like a digit are understood.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let mut signs = String::with_capacity(SIGNS);
    for sign in text.chars().take(64) {
        let plain = match sign {
            '！'..='～' => char::from_u32(u32::from(sign) - 0xfee0)?,
            other => other,
        };
        match plain.to_ascii_uppercase() {
            '-' | '—' | '–' | '_' | '.' => {}
            space if space.is_whitespace() => {}
            'O' => signs.push('0'),
            'I' | 'L' => signs.push('1'),
            known if u8::try_from(known).is_ok_and(|byte| ALPHABET.contains(&byte)) => signs.push(known),
            _ => return None,
        }
    }
    (signs.len() == SIGNS).then(|| grouped(&signs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_back_however_it_is_typed() {
        let code = of([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 31]);
        assert_eq!(code, "0123-4567-89AZ");
        for text in [
            "0123-4567-89AZ",
            "0123456789az",
            " o1 23 4567 89aZ",
            "Ol23.4567.89az",
            "０１２３４５６７８９ａｚ",
        ] {
            assert_eq!(typed(text).as_deref(), Some(code.as_str()), "{text}");
        }
        for wrong in [
            "",
            "0123-4567-89A",
            "0123-4567-89AZ0",
            "0123-4567-89AU",
            "0123-4567-89A!",
        ] {
            assert_eq!(typed(wrong), None, "{wrong}");
        }
    }
}
