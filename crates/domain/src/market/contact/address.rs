//! Mail addresses and accounts of messengers, written plainly or around the corner.

use super::number;

/// Hosts of mail that people name without a dot.
const HOSTS: &[&str] = &[
    "qq", "163", "126", "139", "189", "gmail", "outlook", "hotmail", "foxmail", "sina", "sohu", "yeah",
    "aliyun", "icloud", "yahoo", "live",
];
/// Ways to write the sign between name and host, longest first; the last may also be a word.
const ATS: &[&str] = &["(at)", "[at]", "{at}", "【at】", "（at）", "艾特", "@", "at"];
/// Ways to write the dot.
const DOTS: &[&str] = &["(dot)", "[dot]", "{dot}", "dot", "点", "."];
/// Names of messengers. Those of one or two letters must stand alone.
const MESSENGERS: &[&str] = &[
    "微信",
    "薇信",
    "徽信",
    "v信",
    "weixin",
    "wechat",
    "vx",
    "wx",
    "加我v",
    "加v",
    "+v",
    "qq",
    "q q",
    "扣扣",
    "企鹅号",
    "钉钉",
    "飞书",
    "telegram",
    "whatsapp",
    "抖音",
];
/// What may stand between a messenger's name and the account: these say that one follows.
const MARKS: &[&str] = &[
    "账号", "帐号", "号码", "id", "号", "群", "是", "为", "加", ":", "：", "=", "@",
];
/// The shortest account of letters, and the shortest of digits.
const LETTERS: usize = 6;
const DIGITS: usize = 5;

fn starts(text: &[char], word: &str) -> bool {
    let mut signs = text.iter();
    word.chars().all(|sign| signs.next() == Some(&sign))
}

fn length(word: &str) -> usize {
    word.chars().count()
}

fn part(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '+')
}

/// The text after at most one space.
fn past_space(text: &[char]) -> &[char] {
    match text {
        [' ', rest @ ..] => rest,
        all => all,
    }
}

/// Whether a mail address is there.
pub(super) fn mail(text: &[char]) -> bool {
    (1..text.len()).any(|at| {
        let Some(word) = ATS.iter().find(|word| starts(&text[at..], word)) else {
            return false;
        };
        let before = match &text[..at] {
            [rest @ .., ' '] => rest,
            all => all,
        };
        let spaced = before.len() < at;
        if !before.last().is_some_and(|sign| part(*sign) || *sign == '.') {
            return false;
        }
        let rest = past_space(&text[at + length(word)..]);
        // "at" is a word of English: it stands alone, and a known host of mail follows.
        if *word == "at" {
            return spaced && rest.len() < text[at + 2..].len() && host(rest).is_some_and(|known| known);
        }
        host(rest).is_some()
    })
}

/// Whether a host begins here, and if so whether it is a known one of mail. A known one needs no
/// dot; any other has one, with letters after it.
fn host(text: &[char]) -> Option<bool> {
    let name: String = text.iter().take_while(|sign| part(**sign)).collect();
    if name.is_empty() {
        return None;
    }
    let known = HOSTS.contains(&name.as_str());
    let mut rest = &text[name.len()..];
    let mut last = name;
    let mut dotted = false;
    while let Some((after, dot)) = dot(rest) {
        let label: String = after.iter().take_while(|sign| part(**sign)).collect();
        if label.is_empty() {
            break;
        }
        rest = &after[label.len()..];
        // A dot that is a word must have letters on both sides, which the label shows.
        dotted = dotted || !dot.is_empty();
        last = label;
    }
    let letters = last.len() >= 2 && last.chars().all(|sign| sign.is_ascii_alphabetic());
    (known || (dotted && letters)).then_some(known)
}

fn dot(text: &[char]) -> Option<(&[char], &'static str)> {
    let near = past_space(text);
    DOTS.iter()
        .find(|dot| starts(near, dot))
        .map(|dot| (past_space(&near[length(dot)..]), *dot))
}

/// Whether an account of a messenger is there: the name of one, and what can be an account after it.
pub(super) fn messenger(text: &[char]) -> bool {
    (0..text.len()).any(|at| {
        let alone = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        MESSENGERS
            .iter()
            .filter(|name| starts(&text[at..], name))
            .any(|name| {
                let latin = name.is_ascii();
                (alone || !latin) && account(&text[at + length(name)..], latin)
            })
    })
}

/// Whether an account follows here. `latin`: the name before is of letters, which must have ended.
fn account(text: &[char], latin: bool) -> bool {
    let (mut rest, mut marked, mut moved) = (text, false, false);
    loop {
        if let [' ', after @ ..] = rest {
            rest = after;
        } else if let Some(mark) = MARKS.iter().find(|mark| starts(rest, mark)) {
            rest = &rest[length(mark)..];
            marked = true;
        } else {
            break;
        }
        moved = true;
    }
    if latin && !moved {
        return false;
    }
    let signs = rest.iter().take_while(|sign| part(**sign)).count();
    let id = &rest[..signs];
    let digits = id.iter().filter(|sign| sign.is_ascii_digit()).count();
    if digits == id.len() {
        // Digits alone, perhaps taken apart or in Chinese numerals.
        return number::run(rest) >= if marked || moved { DIGITS } else { LETTERS };
    }
    let begins = id.first().is_some_and(char::is_ascii_alphabetic);
    begins && id.len() >= LETTERS && (marked || !latin_word(id))
}

/// Letters alone could be a word: only a mark before them makes them an account.
fn latin_word(id: &[char]) -> bool {
    id.iter().all(char::is_ascii_alphabetic)
}
