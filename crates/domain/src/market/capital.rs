//! Amounts in Chinese capital numerals (大写金额), as contracts and invoices write them.

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// The amount in capital numerals: `人民币壹仟贰佰叁拾肆元整`. `fen` is in fen (分); a negative
/// amount begins with 负.
#[must_use]
pub fn capital(fen: i64) -> String {
    let all = fen.unsigned_abs();
    let (yuan, jiao, cents) = (all / 100, (all / 10) % 10, all % 10);
    let mut text = String::from("人民币");
    if fen < 0 {
        text.push('负');
    }
    if yuan > 0 || all == 0 {
        text.push_str(&whole(yuan));
        text.push('元');
    }
    if jiao == 0 && cents == 0 {
        text.push('整');
        return text;
    }
    if jiao > 0 {
        text.push(digit(jiao));
        text.push('角');
    } else if yuan > 0 {
        text.push('零');
    }
    if cents > 0 {
        text.push(digit(cents));
        text.push('分');
    } else {
        text.push('整');
    }
    text
}

fn digit(value: u64) -> char {
    usize::try_from(value)
        .ok()
        .and_then(|index| DIGITS.get(index).copied())
        .unwrap_or('零')
}

/// A whole number, in groups of four digits; a gap of zeros is read as one 零.
fn whole(number: u64) -> String {
    if number == 0 {
        return "零".to_owned();
    }
    let mut groups = Vec::new();
    let mut rest = number;
    while rest > 0 {
        groups.push(rest % 10_000);
        rest /= 10_000;
    }
    let mut text = String::new();
    let mut gap = false;
    for (place, group) in groups.iter().enumerate().rev() {
        if *group == 0 {
            gap = !text.is_empty();
            continue;
        }
        if !text.is_empty() && (gap || *group < 1_000) {
            text.push('零');
        }
        text.push_str(&four(*group));
        text.push_str(GROUPS.get(place).copied().unwrap_or_default());
        gap = false;
    }
    text
}

fn four(group: u64) -> String {
    let mut text = String::new();
    let mut gap = false;
    for (place, unit) in PLACES.iter().enumerate().rev() {
        let value = (group / 10_u64.pow(u32::try_from(place).unwrap_or_default())) % 10;
        if value == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        text.push(digit(value));
        text.push_str(unit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::capital;

    #[test]
    fn amounts_as_contracts_write_them() {
        for (fen, text) in [
            (0, "人民币零元整"),
            (123_400, "人民币壹仟贰佰叁拾肆元整"),
            (5, "人民币伍分"),
            (10, "人民币壹角整"),
            (105, "人民币壹元零伍分"),
            (1_000_000, "人民币壹万元整"),
            (1_000_500, "人民币壹万零伍元整"),
            (10_050_000, "人民币壹拾万零伍佰元整"),
            (1_000_000_000, "人民币壹仟万元整"),
            (10_000_000_100, "人民币壹亿零壹元整"),
            (30_020_000_400, "人民币叁亿零贰拾万零肆元整"),
            (110_000, "人民币壹仟壹佰元整"),
            (-23_450, "人民币负贰佰叁拾肆元伍角整"),
        ] {
            assert_eq!(capital(fen), text);
        }
        assert!(capital(i64::MIN).starts_with("人民币负玖"));
    }
}
