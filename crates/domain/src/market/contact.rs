//! Contact and identity data in free text. Contact data travels by a grant of the buyer, field by
//! field, not in a note that both sides keep (clause 2.4.1.3); so a note that seems to hold some is
//! given back with a word of advice. What this misses is no breach: it is a seat belt, not a wall.

/// The shortest run of digits that could be a phone, identity or bank number.
const LONG_RUN: usize = 11;

/// Whether the text seems to hold a phone, identity or bank number or an e-mail address. Full-width
/// digits and digits split by spaces or hyphens count as well.
#[must_use]
pub fn found(text: &str) -> bool {
    let plain: Vec<char> = text.chars().map(half_width).collect();
    long_number(&plain) || address(&plain)
}

fn half_width(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        other => other,
    }
}

/// Digits that follow each other, at most one space or hyphen between two groups of three and more:
/// so numbers are written, and dates are not.
fn long_number(text: &[char]) -> bool {
    let (mut sum, mut group, mut gap) = (0_usize, 0_usize, false);
    for sign in text {
        if sign.is_ascii_digit() {
            group += 1;
            gap = false;
            if group >= 3 && sum + group >= LONG_RUN {
                return true;
            }
            continue;
        }
        let joins = matches!(sign, ' ' | '-' | '\u{3000}') && !gap && group >= 3;
        sum = if joins { sum + group } else { 0 };
        (group, gap) = (0, joins);
    }
    false
}

fn address(text: &[char]) -> bool {
    let part = |sign: &char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '_' | '-' | '+');
    text.iter().enumerate().any(|(at, sign)| {
        *sign == '@'
            && at > 0
            && part(&text[at - 1])
            && text[at + 1..]
                .iter()
                .take_while(|sign| part(sign))
                .collect::<String>()
                .trim_matches('.')
                .contains('.')
    })
}

#[cfg(test)]
mod tests {
    use super::found;

    #[test]
    fn contact_data_is_found_and_ordinary_numbers_are_not() {
        for text in [
            "请打 13800000000",
            "100-0000-0001",
            "１００ ００００ ０００１",
            "身份证 99999919900101001X",
            "尾号 6222 0000 0000 0000 的卡",
            "a.b@demo.example",
        ] {
            assert!(found(text), "{text}");
        }
        for text in [
            "",
            "注册资本 1000000 元",
            "2026-11-23 14:30 前",
            "2026-11-23 至 2026-11-24，2026-12-01 2026-12-02",
            "ISO9001、ISO27001",
            "第 1、2、3、4、5、6、7、8、9、10 项",
            "见 @ 页",
            "@某人 你好",
            "订单 QF7K3M9X2P",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
