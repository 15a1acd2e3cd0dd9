//! A licence as typed from its paper: number, issuer, first and last day. All of it is public once it is
//! good, as the law has it displayed.

use time::{Date, Month};

use crate::account::phone::half_width;
use crate::market::contact;
use crate::person::id_number::IdNumber;
use crate::person::name::is_han;
use crate::refused::{Refused, Trade};

/// Signs of a number.
const NUMBER: std::ops::RangeInclusive<usize> = 4..=40;
/// Characters of the issuer.
const ISSUER: std::ops::RangeInclusive<usize> = 4..=40;
/// No licence is older, or lasts longer, in years.
const YEARS: i32 = 60;

/// What is typed into the form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// Its number.
    pub number: &'a str,
    /// Who gave it.
    pub issuer: &'a str,
    /// Its first day.
    pub from: &'a str,
    /// Its last day; empty if it has none.
    pub until: &'a str,
    /// Whether it is said to have no last day.
    pub endless: bool,
}

/// What the paper says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its number.
    pub number: String,
    /// Who gave it.
    pub issuer: String,
    /// Its first day.
    pub from: Date,
    /// Its last day, if it has one.
    pub until: Option<Date>,
}

/// A day as people and forms write it: `2026-11-01`, `2026/11/1`, `2026.11.1`, `2026年11月1日`, in full
/// width as well.
fn day(typed: &str) -> Option<Date> {
    let text: String = typed.trim().chars().take(32).map(half_width).collect();
    let text = text.replace(['年', '月', '/', '.'], "-").replace('日', "");
    let parts: Vec<&str> = text.split('-').map(str::trim).collect();
    let [year, month, day] = parts[..] else {
        return None;
    };
    let digits = |part: &str, most: usize| {
        let plain = !part.is_empty() && part.len() <= most && part.bytes().all(|sign| sign.is_ascii_digit());
        plain.then(|| part.parse::<u16>().ok()).flatten()
    };
    let year = digits(year, 4).filter(|year| *year >= 1_000)?;
    let (month, day) = (digits(month, 2)?, digits(day, 2)?);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
}

fn number(typed: &str, today: Date) -> Result<String, Refused> {
    let signs = typed.trim().chars().take(200).map(half_width);
    let number: String = signs.filter(|sign| !sign.is_whitespace()).collect();
    let number = number.to_uppercase().replace('(', "（").replace(')', "）");
    let fits = |sign: char| {
        is_han(sign)
            || sign.is_ascii_alphanumeric()
            || matches!(
                sign,
                '-' | '/' | '.' | '[' | ']' | '（' | '）' | '〔' | '〕' | '【' | '】'
            )
    };
    let digits = number.chars().any(|sign| sign.is_ascii_digit());
    if !NUMBER.contains(&number.chars().count()) || !number.chars().all(fits) || !digits {
        return Err(Trade::PermitNumber.into());
    }
    // A person's number is nobody's licence, and this one would be public.
    let personal = [true, false]
        .iter()
        .any(|demo| IdNumber::parse(&number, today, *demo).is_ok());
    if personal {
        return Err(Trade::PermitNumberPersonal.into());
    }
    Ok(number)
}

fn issuer(typed: &str) -> Result<String, Refused> {
    let signs = typed.trim().chars().take(200).map(half_width);
    let issuer: String = signs.collect();
    let fits = |sign: char| is_han(sign) || matches!(sign, '（' | '）' | '(' | ')' | '·');
    if !ISSUER.contains(&issuer.chars().count()) || !issuer.chars().all(fits) || contact::found(&issuer) {
        return Err(Trade::PermitIssuer.into());
    }
    Ok(issuer.replace('(', "（").replace(')', "）"))
}

impl Paper {
    /// Reads the form.
    ///
    /// # Errors
    /// Every field that is wrong, each with its own refusal.
    pub fn read(typed: &Typed<'_>, today: Date) -> Result<Self, Vec<Refused>> {
        let mut refused = Vec::new();
        let mut take = |why: Refused| refused.push(why);
        let number = number(typed.number, today).map_err(&mut take).ok();
        let issuer = issuer(typed.issuer).map_err(&mut take).ok();
        let known = |day: &Date| (today.year() - YEARS..=today.year() + YEARS).contains(&day.year());
        let from = day(typed.from).filter(known);
        match from {
            None => take(Trade::PermitFrom.into()),
            Some(from) if from > today => take(Trade::PermitNotYet.into()),
            Some(_) => {}
        }
        let until = match (typed.until.trim().is_empty(), typed.endless) {
            (true, true) => None,
            (false, true) => {
                take(Trade::PermitBoth.into());
                None
            }
            (_, false) => {
                let until = day(typed.until).filter(known);
                match until {
                    None => take(Trade::PermitUntil.into()),
                    Some(until) if until < today => take(Trade::PermitOver.into()),
                    Some(until) if from.is_some_and(|from| until < from) => take(Trade::PermitOrder.into()),
                    Some(_) => {}
                }
                until
            }
        };
        match (number, issuer, from) {
            (Some(number), Some(issuer), Some(from)) if refused.is_empty() => Ok(Self {
                number,
                issuer,
                from,
                until,
            }),
            _ => Err(refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 23);

    fn typed() -> Typed<'static> {
        Typed {
            number: "DLJZ31010420250018",
            issuer: "上海市黄浦区财政局",
            from: "2025-01-02",
            until: "2028-01-01",
            endless: false,
        }
    }

    fn refused(typed: Typed<'_>) -> Vec<Refused> {
        Paper::read(&typed, TODAY).err().unwrap_or_default()
    }

    #[test]
    fn days_are_read_however_they_are_written() {
        for text in [
            "2025-01-02",
            "2025/1/2",
            "2025.01.02",
            "2025年1月2日",
            "２０２５－０１－０２",
            " 2025年01月02日 ",
        ] {
            assert_eq!(day(text), Some(date!(2025 - 01 - 02)), "{text}");
        }
        for text in [
            "",
            "2025",
            "2025-13-01",
            "2025-02-29",
            "25-01-02",
            "2025-1-2-3",
            "2025-+1-2",
            "明天",
            "2025--2",
            "99999-1-1",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_paper_is_good_today_at_both_sides_of_its_days() {
        for (from, until, why) in [
            ("2026-11-23", "2026-11-23", None),
            ("2026-11-24", "2028-01-01", Some(Trade::PermitNotYet)),
            ("2025-01-02", "2026-11-22", Some(Trade::PermitOver)),
            ("", "2028-01-01", Some(Trade::PermitFrom)),
            ("2025-01-02", "", Some(Trade::PermitUntil)),
            ("1025-01-02", "2028-01-01", Some(Trade::PermitFrom)),
        ] {
            let one = Typed {
                from,
                until,
                ..typed()
            };
            assert_eq!(
                refused(one),
                why.map(Refused::from).into_iter().collect::<Vec<_>>(),
                "{from} {until}"
            );
        }
        let reversed = Typed {
            from: "2027-01-01",
            until: "2026-12-01",
            ..typed()
        };
        assert_eq!(
            refused(reversed),
            [Trade::PermitNotYet.into(), Trade::PermitOrder.into()]
        );
        let endless = Typed {
            until: "",
            endless: true,
            ..typed()
        };
        assert_eq!(Paper::read(&endless, TODAY).map(|paper| paper.until), Ok(None));
        let both = Typed {
            endless: true,
            ..typed()
        };
        assert_eq!(refused(both), [Trade::PermitBoth.into()]);
    }

    #[test]
    fn numbers_and_issuers() {
        for (number, read) in [
            (" dljz３１０１０４ 20250018 ", Some("DLJZ31010420250018")),
            ("沪人社（2025）第018号", Some("沪人社（2025）第018号")),
            ("123", None),
            ("第号", None),
            ("12\u{202e}3456", None),
            ("<b>1234</b>", None),
        ] {
            let one = Typed { number, ..typed() };
            assert_eq!(
                Paper::read(&one, TODAY).ok().map(|paper| paper.number).as_deref(),
                read,
                "{number}"
            );
        }
        let long = "1".repeat(41);
        assert_eq!(
            refused(Typed {
                number: &long,
                ..typed()
            }),
            [Trade::PermitNumber.into()]
        );
        assert_eq!(
            refused(Typed {
                number: &long[..40],
                ..typed()
            }),
            []
        );
        let person = Typed {
            number: "999999199001010016",
            ..typed()
        };
        assert_eq!(refused(person), [Trade::PermitNumberPersonal.into()]);
        for issuer in ["", "财政局", "Finance", "财政局13800138000", "财政\u{202e}局啊"] {
            assert_eq!(
                refused(Typed { issuer, ..typed() }),
                [Trade::PermitIssuer.into()],
                "{issuer}"
            );
        }
    }
}
