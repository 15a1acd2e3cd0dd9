//! Codes of an authenticator app (身份验证器): RFC 6238 as every app expects it, SHA-1, six digits,
//! thirty seconds. A code is good for its own step and one to either side, and once only (2.1.1.e).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

/// Seconds of a step.
pub const STEP_SECONDS: i64 = 30;
/// Steps to either side that are accepted: clocks differ, and people type slowly.
pub const WINDOW: i64 = 1;
/// Digits of a code.
pub const DIGITS: usize = 6;
/// Bytes of a secret: as many as the digest has, as RFC 4226 advises.
pub const SECRET_BYTES: usize = 20;
/// The alphabet of RFC 4648's base32, which the apps read.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step an instant lies in.
#[must_use]
pub fn step(at: OffsetDateTime) -> i64 {
    at.unix_timestamp().div_euclid(STEP_SECONDS)
}

/// The number of a step, before it is cut to its digits (RFC 4226, 5.3).
fn number(secret: &[u8], step: i64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest.last()? & 15);
    let four: [u8; 4] = digest.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(four) & 0x7fff_ffff)
}

/// The code of a step.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> Option<String> {
    number(secret, step).map(|number| format!("{:06}", number % 1_000_000))
}

/// What was typed as six digits: spaces and full-width digits are understood.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(DIGITS);
    for sign in text.chars().filter(|sign| !sign.is_whitespace()).take(DIGITS + 1) {
        let digit = match sign {
            '0'..='9' => sign,
            '０'..='９' => char::from_digit(u32::from(sign) - u32::from('０'), 10)?,
            _ => return None,
        };
        digits.push(digit);
    }
    (digits.len() == DIGITS).then_some(digits)
}

/// The step that the code typed is of, if it is accepted now: neither too old nor too new, and later
/// than the last step that was accepted, so that no code counts twice.
#[must_use]
pub fn accepted(secret: &[u8], text: &str, now: OffsetDateTime, last: Option<i64>) -> Option<i64> {
    let digits = typed(text)?;
    let present = step(now);
    let mut found = None;
    // All are compared, whichever it is: time tells nothing.
    for step in present - WINDOW..=present + WINDOW {
        let expected = code(secret, step)?;
        if bool::from(expected.as_bytes().ct_eq(digits.as_bytes())) {
            found = Some(step);
        }
    }
    found.filter(|step| last.is_none_or(|last| *step > last))
}

/// Bytes as base32, without padding.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(sign(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(sign(held << (5 - bits)));
    }
    text
}

fn sign(five: u32) -> char {
    // Five bits are always inside the alphabet.
    ALPHABET
        .get(usize::try_from(five & 31).unwrap_or_default())
        .map_or('A', |sign| char::from(*sign))
}

/// Base32 read back; `None` for a sign that is none of it.
#[must_use]
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes() {
        let value = ALPHABET.iter().position(|sign| *sign == byte)?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
        held &= (1 << bits) - 1;
    }
    Some(bytes)
}

/// A secret as people read it: groups of four.
#[must_use]
pub fn grouped(secret: &str) -> String {
    let signs: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = signs.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// The address that an app reads from the QR code. The algorithm, digits and period are those that
/// every app takes for granted, and some read no others, so they are left out.
#[must_use]
pub fn uri(issuer: &str, account: &str, secret: &str) -> String {
    let (issuer, account) = (encoded(issuer), encoded(account));
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
}

fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    /// RFC 6238, appendix B: the secret and the eight-digit codes of SHA-1.
    const SECRET: &[u8; 20] = b"12345678901234567890";
    const VECTORS: [(i64, &str); 6] = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    #[test]
    fn clause_2_1_1_e_codes_are_those_of_rfc_6238() {
        for (seconds, eight) in VECTORS {
            let step = step(at(seconds));
            let number = number(SECRET, step).expect("a number");
            assert_eq!(format!("{:08}", number % 100_000_000), eight);
            assert_eq!(code(SECRET, step).as_deref(), Some(&eight[2..]));
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(plain.as_bytes()));
        }
        for wrong in ["my", "M1", "MY======", "Ｍ"] {
            assert_eq!(from_base32(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_one_to_either_side() {
        let now = at(1_234_567_890);
        let of = |steps: i64| code(SECRET, step(now) + steps).expect("a code");
        for (steps, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let found = accepted(SECRET, &of(steps), now, None);
            assert_eq!(found, good.then_some(step(now) + steps), "{steps}");
        }
        // To the second: step 41152263 ends at …899.
        let own = of(0);
        assert!(accepted(SECRET, &own, at(1_234_567_890 + 29 + 30), None).is_some());
        assert!(accepted(SECRET, &own, at(1_234_567_890 + 30 + 30), None).is_none());
        assert!(accepted(SECRET, &own, at(1_234_567_890 - 30), None).is_some());
        assert!(accepted(SECRET, &own, at(1_234_567_890 - 31), None).is_none());
    }

    #[test]
    fn no_code_counts_twice_nor_one_from_before_it() {
        let now = at(1_234_567_890);
        let present = step(now);
        let own = code(SECRET, present).expect("a code");
        assert!(accepted(SECRET, &own, now, Some(present - 1)).is_some());
        for last in [present, present + 1] {
            assert_eq!(accepted(SECRET, &own, now, Some(last)), None);
        }
    }

    #[test]
    fn what_is_typed_is_read_kindly_and_nothing_else_is() {
        for (text, read) in [
            (" 123 456 ", Some("123456")),
            ("１２３４５６", Some("123456")),
            ("12345", None),
            ("1234567", None),
            ("12345a", None),
            ("", None),
        ] {
            assert_eq!(typed(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn an_app_reads_the_address_whatever_the_name() {
        assert_eq!(
            uri("企服", "a b:c&d", "MZXW6"),
            "otpauth://totp/%E4%BC%81%E6%9C%8D:a%20b%3Ac%26d?secret=MZXW6&issuer=%E4%BC%81%E6%9C%8D"
        );
        assert_eq!(grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
