//! Amounts of money as people type them, in yuan.

use crate::account::phone::half_width;

/// The most yuan read: more is no price of a service.
const MOST_YUAN: i64 = 1_000_000_000;

/// The amount in fen; nothing if the text is no amount to the fen. A sign of currency, spaces,
/// commas between groups of three and full-width digits are read as they are meant.
#[must_use]
pub fn read(typed: &str) -> Option<i64> {
    let plain: String = typed
        .trim()
        .chars()
        .take(40)
        .map(half_width)
        .filter(|sign| !sign.is_whitespace())
        .collect();
    let plain = plain.trim_start_matches(['¥', '￥']).trim_end_matches('元');
    let (yuan, cents) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = |text: &str| text.bytes().all(|sign| sign.is_ascii_digit());
    if yuan.is_empty() || !digits(cents) || cents.len() > 2 || plain.ends_with('.') {
        return None;
    }
    let mut groups = yuan.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = yuan.contains(',');
    let rest_fits = groups.all(|group| group.len() == 3 && digits(group));
    if !digits(first) || first.is_empty() || !rest_fits || (grouped && first.len() > 3) {
        return None;
    }
    let yuan: i64 = yuan.replace(',', "").parse().ok()?;
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    (yuan <= MOST_YUAN).then(|| yuan * 100 + cents)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn amounts_are_read_to_the_fen_and_what_is_none_is_not() {
        for (typed, fen) in [
            ("0", 0),
            ("1", 100),
            (" 1280.50 ", 128_050),
            ("1280.5", 128_050),
            ("0.01", 1),
            ("1,280.05", 128_005),
            ("¥12", 1_200),
            ("￥12 元", 1_200),
            ("１２８０．５", 128_050),
            ("1000000000", 100_000_000_000),
        ] {
            assert_eq!(read(typed), Some(fen), "{typed}");
        }
        for typed in [
            "",
            ".",
            ".5",
            "1.",
            "1.001",
            "-1",
            "+1",
            "1e3",
            "12,80",
            "1,2800",
            ",128",
            "1.2.3",
            "十元",
            "1000000001",
            "99999999999999999999",
            "一",
            "1,28a",
        ] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
