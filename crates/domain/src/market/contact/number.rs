//! Numbers that reach or name a person: mobile and fixed phones, identity cards, bank accounts. Not
//! every long number is one: each kind has its own shape, and what an amount, a date or a credit
//! code looks like is left alone.

/// Signs with which people take a number apart.
const GAPS: &[char] = &[
    ' ', '-', '.', '_', '·', '•', '*', '/', '~', '—', '–', '－', '(', ')', '（', '）',
];
/// The widest gap within a number.
const WIDEST: usize = 3;
/// How far before a number its name may stand.
const NEAR: usize = 12;
/// Words before the number of a bank account.
const ACCOUNTS: &[&str] = &["账号", "帐号", "账户", "帐户", "卡号", "银行卡"];
/// Words after a number that make it an amount or a count.
const UNITS: &[&str] = &[
    "元",
    "万",
    "亿",
    "美元",
    "人民币",
    "rmb",
    "cny",
    "股",
    "份",
    "张",
    "次",
    "件",
    "%",
];

/// Digits that stand together.
struct Group {
    digits: Vec<u8>,
    /// Where it begins and ends in the text.
    from: usize,
    to: usize,
}

/// The value of a sign that means a digit.
fn digit(sign: char) -> Option<u8> {
    let value = match sign {
        '0'..='9' => u32::from(sign) - u32::from('0'),
        '零' | '〇' | '○' | '⓪' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        '①'..='⑨' => u32::from(sign) - u32::from('①') + 1,
        '❶'..='❾' => u32::from(sign) - u32::from('❶') + 1,
        _ => return None,
    };
    u8::try_from(value).ok()
}

fn groups(text: &[char]) -> Vec<Group> {
    let mut found: Vec<Group> = Vec::new();
    for (at, sign) in text.iter().enumerate() {
        let Some(value) = digit(*sign) else { continue };
        match found.last_mut() {
            Some(group) if group.to == at => {
                group.digits.push(value);
                group.to = at + 1;
            }
            _ => found.push(Group {
                digits: vec![value],
                from: at,
                to: at + 1,
            }),
        }
    }
    found
}

/// The kind of what lies between two groups that one number may be made of; `None` if they are two
/// numbers. Spaces, hyphens and brackets are used together, the others each alone.
fn gap(between: &[char]) -> Option<char> {
    if between.is_empty() || between.len() > WIDEST {
        return None;
    }
    let mut kind = ' ';
    for sign in between {
        if !GAPS.contains(sign) {
            return None;
        }
        if !matches!(sign, ' ' | '-' | '—' | '–' | '－' | '(' | ')' | '（' | '）') {
            if kind != ' ' && kind != *sign {
                return None;
            }
            kind = *sign;
        }
    }
    Some(kind)
}

/// Whether the groups from here begin with a date: a year, a month and a day with the same sign
/// between them.
fn date(text: &[char], groups: &[Group]) -> bool {
    let [year, month, day, ..] = groups else {
        return false;
    };
    let parts = [&month.digits, &day.digits];
    let short = parts.iter().all(|part| part.len() <= 2);
    let century = year.digits.len() == 4 && matches!(year.digits[..2], [1, 9] | [2, 0]);
    century
        && short
        && month.from == year.to + 1
        && day.from == month.to + 1
        && text[year.to] == text[month.to]
}

/// Numbers as people write them: one group, or neighbours with gaps of one kind.
pub(super) fn found(text: &[char]) -> bool {
    let groups = groups(text);
    let mut first = 0;
    while first < groups.len() {
        if date(text, &groups[first..]) {
            first += 3;
            continue;
        }
        if named_at(text, &groups[first..]) {
            return true;
        }
        first += 1;
    }
    false
}

/// The longest number looked for, in digits.
const LONGEST: usize = 21;

/// Whether a number that reaches or names a person begins with the first of these groups.
fn named_at(text: &[char], groups: &[Group]) -> bool {
    let Some(start) = groups.first() else {
        return false;
    };
    let mut digits: Vec<u8> = Vec::with_capacity(LONGEST);
    let mut kind: Option<char> = None;
    for (place, group) in groups.iter().enumerate() {
        if place > 0 {
            match (gap(&text[groups[place - 1].to..group.from]), kind) {
                (Some(now), None) => kind = Some(now),
                (Some(now), Some(before)) if now == before => {}
                _ => return false,
            }
        }
        digits.extend(&group.digits);
        if digits.len() > LONGEST {
            return false;
        }
        let number = Number {
            digits: &digits,
            whole: place == 0,
            before: &text[start.from.saturating_sub(NEAR)..start.from],
            after: &text[group.to..],
        };
        if number.names_somebody() {
            return true;
        }
    }
    false
}

/// A candidate with what stands around it.
struct Number<'a> {
    digits: &'a [u8],
    /// Whether it is written in one piece.
    whole: bool,
    before: &'a [char],
    after: &'a [char],
}

impl Number<'_> {
    fn names_somebody(&self) -> bool {
        if self.credit_code() {
            return false;
        }
        self.mobile() || self.fixed() || self.identity() || self.bank()
    }

    /// 统一社会信用代码: eighteen signs, beginning with the registrar and the kind. Those of digits
    /// alone are told from identity numbers by their first digit.
    fn credit_code(&self) -> bool {
        let letters = |signs: &mut dyn Iterator<Item = &char>| {
            signs.take_while(|sign| sign.is_ascii_alphanumeric()).count()
        };
        let around = letters(&mut self.before.iter().rev()) + letters(&mut self.after.iter());
        self.whole && self.digits.len() + around == 18 && {
            let first = self
                .before
                .iter()
                .rev()
                .take_while(|sign| sign.is_ascii_alphanumeric());
            let first = first
                .last()
                .copied()
                .and_then(digit)
                .or_else(|| self.digits.first().copied());
            first == Some(9) && !(self.digits.starts_with(&[9; 6]) && birthday(self.digits))
        }
    }

    fn amount(&self) -> bool {
        let rest = trimmed(self.after, 8);
        let unit = UNITS.iter().any(|unit| rest.starts_with(unit));
        let money = self.before.iter().rev().find(|sign| **sign != ' ');
        unit || matches!(money, Some('¥' | '￥' | '$')) || continues(self.after)
    }

    /// A mobile number, or one of the fictional range of a demonstration.
    fn mobile(&self) -> bool {
        let digits = match self.digits {
            [0, 0, 8, 6, rest @ ..] | [8, 6, rest @ ..] if rest.len() == 11 => rest,
            all => all,
        };
        let [1, second, rest @ ..] = digits else {
            return false;
        };
        if digits.len() != 11 {
            return false;
        }
        let fictional = digits.starts_with(&[1, 0, 0, 0, 0, 0, 0, 0, 0]) && digits[9..] != [0, 0];
        // A round sum is an amount, even without its unit.
        let round = self.whole && rest.iter().rev().take_while(|digit| **digit == 0).count() >= 9;
        let round = round && !self.called();
        (fictional || *second >= 3) && !round && !(self.whole && self.amount())
    }

    /// Whether the words before say that this is a phone.
    fn called(&self) -> bool {
        let before: String = self.before.iter().collect();
        ["电话", "手机", "打", "致电", "拨", "联系", "tel", "call", "phone"]
            .iter()
            .any(|word| before.contains(word))
    }

    /// A fixed line with its area code, or a service number.
    fn fixed(&self) -> bool {
        let count = self.digits.len();
        let line = match self.digits {
            [0, 1 | 2, ..] => (10..=11).contains(&count),
            [0, 3..=9, ..] => (11..=12).contains(&count),
            [4 | 8, 0, 0, ..] => count == 10 && !self.whole,
            _ => false,
        };
        line && !self.amount()
    }

    /// An identity number: region, birthday, and a last sign that may be an X.
    fn identity(&self) -> bool {
        let x = self.digits.len() == 17 && trimmed(self.after, 2).starts_with('x');
        (self.digits.len() == 18 || x) && self.digits[0] != 0 && birthday(self.digits)
    }

    /// A bank card, or an account that is called one.
    fn bank(&self) -> bool {
        let count = self.digits.len();
        let before: String = self.before.iter().collect();
        let called = ACCOUNTS.iter().any(|word| before.contains(word));
        let card = self.digits.starts_with(&[6, 2]) && (16..=19).contains(&count);
        card || (called && (12..=LONGEST).contains(&count))
    }
}

/// Whether a number goes on as one with decimals or thousands would.
fn continues(after: &[char]) -> bool {
    matches!(after, ['.' | ',', next, ..] if next.is_ascii_digit())
}

/// The first signs after the spaces.
fn trimmed(text: &[char], most: usize) -> String {
    text.iter().skip_while(|sign| **sign == ' ').take(most).collect()
}

/// Whether the seventh to fourteenth digits are a day of the last or this century.
fn birthday(digits: &[u8]) -> bool {
    let Some(day) = digits.get(6..14) else {
        return false;
    };
    let two = |at: usize| day[at] * 10 + day[at + 1];
    matches!(two(0), 19 | 20) && (1..=12).contains(&two(4)) && (1..=31).contains(&two(6))
}

/// How many digits the text begins with, taken apart or not.
pub(super) fn run(text: &[char]) -> usize {
    let (mut count, mut at) = (0, 0);
    while let Some(sign) = text.get(at) {
        let ends = |next: &char| digit(*next).is_none();
        if digit(*sign).is_some() {
            count += 1;
        } else if count == 0 || *sign != ' ' || text.get(at + 1).is_none_or(ends) {
            break;
        }
        at += 1;
    }
    count
}
