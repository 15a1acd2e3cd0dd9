//! Names of enterprises as the licence has them. They are public, so no number that reaches a person
//! may hide in one.

use crate::account::phone::half_width;
use crate::market::contact;
use crate::person::name::is_han;
use crate::refused::{Party, Refused};

/// Characters of a name.
const LEAST: usize = 4;
const MOST: usize = 60;
/// Chinese characters among them: a licence has a Chinese name.
const LEAST_HAN: usize = 2;

/// The sign as licences have it: round brackets are the full-width ones, so that two ways to type a
/// name are one name.
fn plain(sign: char) -> char {
    match half_width(sign) {
        '(' | '〔' | '［' | '[' => '（',
        ')' | '〕' | '］' | ']' => '）',
        '•' | '‧' | '・' | '･' | '∙' | '⋅' => '·',
        other => other,
    }
}

/// Reads the name of an enterprise.
///
/// # Errors
/// [`Party::CompanyNameMissing`], [`Party::CompanyNameCharacters`], [`Party::CompanyNameLength`],
/// [`Party::CompanyNameContact`].
pub fn parse(typed: &str) -> Result<String, Refused> {
    let signs = typed.trim().chars().take(200).map(plain);
    let text: String = signs.collect();
    let han = text.chars().filter(|sign| is_han(*sign)).count();
    // A space stands between letters only; beside a Chinese character it is a slip.
    let mut name = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if name.ends_with(|sign: char| sign.is_ascii()) && word.starts_with(|sign: char| sign.is_ascii()) {
            name.push(' ');
        }
        name.push_str(word);
    }
    if name.is_empty() {
        return Err(Party::CompanyNameMissing.into());
    }
    let fits = |sign: char| {
        is_han(sign)
            || sign.is_ascii_alphanumeric()
            || matches!(
                sign,
                '（' | '）' | '·' | ' ' | '-' | '&' | '.' | '、' | '《' | '》' | '“' | '”'
            )
    };
    if !name.chars().all(fits) || han < LEAST_HAN || !balanced(&name) {
        return Err(Party::CompanyNameCharacters.into());
    }
    if !(LEAST..=MOST).contains(&name.chars().count()) {
        return Err(Party::CompanyNameLength.into());
    }
    if contact::found(&name) {
        return Err(Party::CompanyNameContact.into());
    }
    Ok(name)
}

/// Whether every bracket that opens is closed, one within none.
fn balanced(name: &str) -> bool {
    let mut open = false;
    for sign in name.chars() {
        match (sign, open) {
            ('（', false) => open = true,
            ('）', true) => open = false,
            ('（', true) | ('）', false) => return false,
            _ => {}
        }
    }
    !open
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_on_licences_pass_and_two_ways_to_type_one_are_one() {
        for (typed, name) in [
            ("星渚软件（演示）", "星渚软件（演示）"),
            ("星渚软件(演示)", "星渚软件（演示）"),
            (" 星渚软件 （演示） ", "星渚软件（演示）"),
            ("北京市𠮷庆餐饮有限公司", "北京市𠮷庆餐饮有限公司"),
            ("３Ｍ中国有限公司", "3M中国有限公司"),
            ("ＡＢＣ Ｃｏ上海有限公司", "ABC Co上海有限公司"),
            ("买买提•干果商行", "买买提·干果商行"),
            ("杭州 360 安全科技", "杭州360安全科技"),
        ] {
            assert_eq!(parse(typed).as_deref(), Ok(name));
        }
        assert_eq!(
            parse("Acme  Co 上海有限公司").as_deref(),
            Ok("Acme Co上海有限公司")
        );
    }

    #[test]
    fn what_is_no_name_of_an_enterprise_is_refused() {
        let longest = "企".repeat(MOST);
        assert!(parse(&longest).is_ok());
        for (typed, party) in [
            ("", Party::CompanyNameMissing),
            (" \u{3000}", Party::CompanyNameMissing),
            ("公司店", Party::CompanyNameLength),
            (&format!("{longest}业"), Party::CompanyNameLength),
            (&"企".repeat(1_000_000), Party::CompanyNameLength),
            ("Acme Co Ltd", Party::CompanyNameCharacters),
            ("星渚软件（演示", Party::CompanyNameCharacters),
            ("星渚软件）演示（", Party::CompanyNameCharacters),
            ("星渚\u{202e}软件有限公司", Party::CompanyNameCharacters),
            ("星渚\u{200b}软件有限公司", Party::CompanyNameCharacters),
            ("星渚\n软件有限公司", Party::CompanyNameCharacters),
            ("星渚软件😀有限公司", Party::CompanyNameCharacters),
            ("<b>星渚软件</b>", Party::CompanyNameCharacters),
            ("'; DROP TABLE 企业; --", Party::CompanyNameCharacters),
            ("星渚软件13800000001", Party::CompanyNameContact),
            ("星渚软件999999199001010016", Party::CompanyNameContact),
        ] {
            assert_eq!(parse(typed), Err(party.into()), "{party:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_was_read_reads_the_same_again(typed in "[企业公司()（）A-Z &·a-z0-9 ]{0,30}") {
            if let Ok(name) = parse(&typed) {
                prop_assert_eq!(parse(&name), Ok(name));
            }
        }
    }
}
