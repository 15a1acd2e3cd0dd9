//! The number of the official receipt (官费缴纳凭证号): proof that an official fee was passed on.

use crate::account::phone::half_width;
use crate::refused::Refused;

/// The longest number kept.
pub const MOST_SIGNS: usize = 40;
/// Fewer signs than this name no receipt.
const FEWEST_SIGNS: usize = 6;
/// Every office numbers its receipts; a word alone is none.
const FEWEST_DIGITS: usize = 4;

/// The number as it is kept: half-width, upper case, without spaces. Nothing if nothing was typed.
///
/// # Errors
/// [`Refused::ReceiptInvalid`] for what can be no receipt's number, or is a phone or identity number.
pub fn read(typed: &str) -> Result<Option<String>, Refused> {
    let number: String = typed
        .chars()
        .take(200)
        .map(half_width)
        .filter(|sign| !sign.is_whitespace())
        .map(|sign| sign.to_ascii_uppercase())
        .collect();
    if number.is_empty() {
        return Ok(None);
    }
    let signs = number.chars().count();
    let fits = (FEWEST_SIGNS..=MOST_SIGNS).contains(&signs)
        && number
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '-')
        && number.chars().filter(char::is_ascii_digit).count() >= FEWEST_DIGITS;
    let bare: String = number.chars().filter(|sign| *sign != '-').collect();
    if !fits || mobile(&bare) || identity(&bare) || messenger(&number) {
        return Err(Refused::ReceiptInvalid);
    }
    Ok(Some(number))
}

/// Whether it is a mobile number, with the country's code or without.
fn mobile(bare: &str) -> bool {
    let bare = bare.strip_prefix("00").unwrap_or(bare);
    let bare = if bare.len() == 13 {
        bare.strip_prefix("86").unwrap_or(bare)
    } else {
        bare
    };
    bare.len() == 11 && bare.starts_with('1') && bare.bytes().all(|sign| sign.is_ascii_digit())
}

/// Whether it begins like the name of a messenger with an account behind it.
fn messenger(number: &str) -> bool {
    const NAMES: [&str; 6] = ["WX", "VX", "WEIXIN", "WECHAT", "QQ", "TEL"];
    NAMES.iter().any(|name| number.starts_with(name))
}

/// Whether it is an identity number of GB 11643: a date of birth and the check sign fit.
fn identity(bare: &str) -> bool {
    let signs = bare.as_bytes();
    if signs.len() != 18 || !signs[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |from: usize, to: usize| {
        signs[from..to]
            .iter()
            .fold(0, |sum, sign| sum * 10 + i32::from(sign - b'0'))
    };
    let born = (1800..=2100).contains(&number(6, 10))
        && (1..=12).contains(&number(10, 12))
        && (1..=31).contains(&number(12, 14));
    // ISO 7064 MOD 11-2, from the right: each place weighs twice the one behind it.
    let sum = signs[..17]
        .iter()
        .fold(0, |sum, sign| (sum + i32::from(sign - b'0')) * 2 % 11);
    born && signs[17] == b"10X98765432"[usize::try_from(sum).unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_receipts_are_kept_as_printed() {
        assert_eq!(read("  "), Ok(None));
        for (typed, kept) in [
            ("6-1234", "6-1234"),
            ("gf2026 1123 0001", "GF202611230001"),
            ("ＣＮ２０２６－０００１", "CN2026-0001"),
            // Long numbers of digits are usual; only what fits an identity number is none.
            ("320260000123456789", "320260000123456789"),
            ("12345678901234567890", "12345678901234567890"),
        ] {
            assert_eq!(read(typed), Ok(Some(kept.to_owned())), "{typed}");
        }
        assert!(read(&"1".repeat(MOST_SIGNS)).is_ok());
    }

    #[test]
    fn what_names_no_receipt_or_a_person_is_refused() {
        let long = "1".repeat(MOST_SIGNS + 1);
        for typed in [
            "12345",
            "ABC123",
            "已缴纳",
            "AB-1234/5",
            "<b>123456",
            "10000000001",
            "138-0000-0000",
            "8613800138000",
            "0086-138-0013-8000",
            "WX-LIN12345",
            "qq12345678",
            "999999199001010016",
            "99999919850615001x",
            "999999 19900101 0024",
            long.as_str(),
        ] {
            assert_eq!(read(typed), Err(Refused::ReceiptInvalid), "{typed}");
        }
    }
}
