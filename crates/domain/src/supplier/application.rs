//! What an enterprise says of itself when it applies: everything of it is public one day, so no number
//! that reaches a person may hide in it, and no sign that a reader does not see.

use std::collections::BTreeSet;

use crate::account::phone::half_width;
use crate::market::contact;
use crate::person::name::is_han;
use crate::refused::{Refused, Trade};

/// Characters of the name shown.
pub const NAME: std::ops::RangeInclusive<usize> = 2..=30;
/// Characters of the English name, if there is one.
pub const MOST_NAME_EN: usize = 60;
/// Characters of the introduction.
pub const INTRODUCTION: std::ops::RangeInclusive<usize> = 10..=500;
/// Characters of the English introduction, if there is one.
pub const MOST_INTRODUCTION_EN: usize = 1_000;
/// Characters of the city.
pub const CITY: std::ops::RangeInclusive<usize> = 2..=12;
/// Categories of one supplier.
pub const MOST_CATEGORIES: usize = 8;

/// What is typed into the form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// The name shown.
    pub name: &'a str,
    /// The same in English; may be empty.
    pub name_en: &'a str,
    /// The city.
    pub city: &'a str,
    /// The introduction.
    pub introduction: &'a str,
    /// The same in English; may be empty.
    pub introduction_en: &'a str,
}

/// What it says, once read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The name shown.
    pub name: String,
    /// The same in English; empty if none was given.
    pub name_en: String,
    /// The city.
    pub city: String,
    /// The introduction.
    pub introduction: String,
    /// The same in English; empty if none was given.
    pub introduction_en: String,
}

/// Signs that turn the direction of writing, or are not seen at all.
fn hidden(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    ) || (sign.is_control() && sign != '\n')
}

/// One line: full-width letters and digits become half-width, spaces are one. More than `most` is not
/// scanned.
fn line(typed: &str, most: usize) -> String {
    let signs = typed.chars().take(4 * most).map(half_width);
    let text: String = signs.collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(typed: &str, most: usize) -> String {
    let text: String = typed.replace("\r\n", "\n").chars().take(4 * most).collect();
    text.trim().to_owned()
}

fn name(typed: &str) -> Result<String, Refused> {
    let name = line(typed, *NAME.end());
    let fits = |sign: char| {
        is_han(sign)
            || sign.is_ascii_alphanumeric()
            || matches!(sign, '(' | ')' | '（' | '）' | '·' | ' ' | '-' | '&' | '.')
    };
    if !name.chars().all(fits) || !name.chars().any(is_han) {
        return Err(Trade::SupplierName.into());
    }
    if !NAME.contains(&name.chars().count()) {
        return Err(Trade::SupplierNameLength.into());
    }
    if contact::found(&name) {
        return Err(Trade::SupplierNameContact.into());
    }
    Ok(name.replace('(', "（").replace(')', "）"))
}

fn name_en(typed: &str) -> Result<String, Refused> {
    let name = line(typed, MOST_NAME_EN);
    let fits = |sign: char| sign.is_ascii_graphic() || sign == ' ';
    if !name.chars().all(fits) || name.contains(['<', '>']) || name.chars().count() > MOST_NAME_EN {
        return Err(Trade::SupplierNameEn.into());
    }
    if contact::found(&name) {
        return Err(Trade::SupplierNameContact.into());
    }
    Ok(name)
}

fn city(typed: &str) -> Result<String, Refused> {
    let city = line(typed, *CITY.end());
    if CITY.contains(&city.chars().count()) && city.chars().all(is_han) {
        Ok(city)
    } else {
        Err(Trade::SupplierCity.into())
    }
}

fn introduction(typed: &str) -> Result<String, Refused> {
    let text = lines(typed, *INTRODUCTION.end());
    if text.chars().any(hidden) {
        return Err(Trade::SupplierIntroductionSigns.into());
    }
    if !INTRODUCTION.contains(&text.chars().count()) {
        return Err(Trade::SupplierIntroduction.into());
    }
    if contact::found(&text) {
        return Err(Trade::SupplierIntroductionContact.into());
    }
    Ok(text)
}

fn introduction_en(typed: &str) -> Result<String, Refused> {
    let text = lines(typed, MOST_INTRODUCTION_EN);
    if text.chars().any(hidden) || text.chars().count() > MOST_INTRODUCTION_EN {
        return Err(Trade::SupplierIntroductionEn.into());
    }
    if contact::found(&text) {
        return Err(Trade::SupplierIntroductionContact.into());
    }
    Ok(text)
}

impl Profile {
    /// Reads the form. A draft may leave out what a submission may not; what is wrong is wrong in both.
    ///
    /// # Errors
    /// Every field that is wrong, each with its own refusal.
    pub fn read(typed: &Typed<'_>, draft: bool) -> Result<Self, Vec<Refused>> {
        let mut refused = Vec::new();
        let mut field = |text: &str, read: fn(&str) -> Result<String, Refused>| {
            if draft && text.trim().is_empty() {
                return String::new();
            }
            read(text).unwrap_or_else(|why| {
                refused.push(why);
                String::new()
            })
        };
        let profile = Self {
            name: field(typed.name, name),
            name_en: field(typed.name_en, name_en),
            city: field(typed.city, city),
            introduction: field(typed.introduction, introduction),
            introduction_en: field(typed.introduction_en, introduction_en),
        };
        if refused.is_empty() {
            Ok(profile)
        } else {
            Err(refused)
        }
    }
}

/// The categories that are wanted, of those there are. A draft may name none yet.
///
/// # Errors
/// [`Trade::SupplierCategories`] for none, too many, or one that there is not.
pub fn categories<'a>(
    typed: impl IntoIterator<Item = &'a str>,
    known: impl Fn(&str) -> bool,
    draft: bool,
) -> Result<BTreeSet<String>, Refused> {
    let wanted: BTreeSet<String> = typed.into_iter().map(str::to_owned).collect();
    let none = wanted.is_empty() && !draft;
    if none || wanted.len() > MOST_CATEGORIES || !wanted.iter().all(|slug| known(slug)) {
        return Err(Trade::SupplierCategories.into());
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "专做设立、变更与注销，流程节点全部在订单里留痕。";

    fn typed() -> Typed<'static> {
        Typed {
            name: "青栀企业服务(演示)",
            name_en: "",
            city: "上海",
            introduction: TEXT,
            introduction_en: "",
        }
    }

    fn refused(typed: Typed<'_>) -> Vec<Refused> {
        Profile::read(&typed, false).err().unwrap_or_default()
    }

    #[test]
    fn what_is_said_is_put_right_and_kept() {
        let read = Profile::read(&typed(), false).expect("read");
        assert_eq!(
            (&*read.name, &*read.city, &*read.introduction),
            ("青栀企业服务（演示）", "上海", TEXT)
        );
        let wide = Typed {
            name: "ＡＢ 青栀  服务",
            ..typed()
        };
        assert_eq!(Profile::read(&wide, false).expect("read").name, "AB 青栀 服务");
    }

    #[test]
    fn each_length_at_both_sides() {
        for (length, good) in [(1, false), (2, true), (30, true), (31, false)] {
            let name = "青".repeat(length);
            let one = Typed {
                name: &name,
                ..typed()
            };
            assert_eq!(refused(one).is_empty(), good, "{length}");
        }
        for (length, good) in [(9, false), (10, true), (500, true), (501, false)] {
            let text = "文".repeat(length);
            let one = Typed {
                introduction: &text,
                ..typed()
            };
            assert_eq!(refused(one).is_empty(), good, "{length}");
        }
        for (length, good) in [(60, true), (61, false)] {
            let text = "x".repeat(length);
            let one = Typed {
                name_en: &text,
                ..typed()
            };
            assert_eq!(refused(one).is_empty(), good, "{length}");
        }
    }

    #[test]
    fn clause_2_4_1_3_no_number_that_reaches_a_person_hides_in_it() {
        for text in [
            "专业代办，请加微信 qfu365abc 详谈，价格从优。",
            "请打 13800138000 联系我们的客户经理办理业务。",
            "一三八零零一三八零零零，二十四小时在线为您服务。",
            "发邮件到 boss@example.com 可以得到更低的报价。",
        ] {
            let one = Typed {
                introduction: text,
                ..typed()
            };
            assert_eq!(
                refused(one),
                [Trade::SupplierIntroductionContact.into()],
                "{text}"
            );
            let one = Typed {
                introduction_en: text,
                ..typed()
            };
            assert_eq!(
                refused(one),
                [Trade::SupplierIntroductionContact.into()],
                "{text}"
            );
        }
        let one = Typed {
            name: "青栀13800138000",
            ..typed()
        };
        assert_eq!(refused(one), [Trade::SupplierNameContact.into()]);
    }

    #[test]
    fn signs_that_nobody_sees_are_refused() {
        for sign in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{0}', '\u{feff}'] {
            let name = format!("青栀{sign}服务");
            let one = Typed {
                name: &name,
                ..typed()
            };
            assert_eq!(refused(one), [Trade::SupplierName.into()], "{sign:?}");
            let text = format!("{TEXT}{sign}更多");
            let one = Typed {
                introduction: &text,
                ..typed()
            };
            assert_eq!(
                refused(one),
                [Trade::SupplierIntroductionSigns.into()],
                "{sign:?}"
            );
        }
    }

    #[test]
    fn a_draft_may_be_unfinished_and_not_wrong() {
        assert_eq!(Profile::read(&Typed::default(), true), Ok(Profile::default()));
        assert_eq!(
            Profile::read(&Typed::default(), false).err().map(|all| all.len()),
            Some(3)
        );
        let wrong = Typed {
            city: "Shanghai 1",
            ..Typed::default()
        };
        assert_eq!(Profile::read(&wrong, true), Err(vec![Trade::SupplierCity.into()]));
    }

    #[test]
    fn categories_are_known_and_not_too_many() {
        let known = |slug: &str| slug.len() == 1;
        let all = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        assert_eq!(categories([], known, true).map(|all| all.len()), Ok(0));
        assert!(categories([], known, false).is_err());
        assert_eq!(
            categories(all[..8].iter().copied(), known, false).map(|all| all.len()),
            Ok(8)
        );
        assert!(categories(all, known, false).is_err());
        assert!(categories(["aa"], known, true).is_err());
    }
}
