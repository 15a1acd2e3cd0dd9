//! Identity numbers of eighteen signs (GB 11643): of the resident identity card, and, made by the same
//! rule, of the residence permit for Hong Kong, Macao and Taiwan residents and of the permanent
//! residence card of foreigners. Only the check digit and the date decide: tables of regions are out of
//! date the day they are printed, so the region is a hint.

use time::{Date, Month};

use crate::account::phone::half_width;
use crate::refused::{Party, Refused};

/// Signs of a number.
const SIGNS: usize = 18;
/// Signs of the numbers given out until 1999.
const OLD_SIGNS: usize = 15;
/// Nobody is older than this; whoever seems to be mistyped the year.
const OLDEST: i32 = 130;
/// The region of fictional numbers: it does not exist, so no number of it is anybody's.
pub(crate) const FICTIONAL: &str = "999999";
/// ISO 7064 MOD 11-2: the last sign by the remainder.
const CHECKS: &[u8; 11] = b"10X98765432";

/// A number, its check digit and date being right; upper case. Zeroised by its holder.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber {
    signs: String,
    birth: Date,
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[personal]")
    }
}

/// Whose card a number is from, as its first signs say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// Resident identity card.
    Resident,
    /// Residence permit for Hong Kong, Macao and Taiwan residents.
    HongKongMacaoTaiwan,
    /// Permanent residence card of a foreigner; its name may be in Latin letters.
    Foreigner,
    /// A number of a demonstration.
    Fictional,
}

impl IdNumber {
    /// Reads what a person typed: spaces, hyphens, full-width signs and a small x are fine. A demo
    /// installation takes the fictional region 999999 and nothing else; elsewhere that is no number.
    ///
    /// # Errors
    /// [`Party::IdMissing`], [`Party::IdOld`], [`Party::IdOther`], [`Party::IdLength`],
    /// [`Party::IdCharacters`], [`Party::IdDate`] for a day that does not exist, has not come yet or is
    /// too long ago, [`Party::IdCheck`], [`Party::IdNotFictional`].
    pub fn parse(typed: &str, today: Date, demo: bool) -> Result<Self, Refused> {
        // Long input is never scanned whole.
        let signs: String = typed
            .chars()
            .take(64)
            .map(half_width)
            .filter(|sign| !sign.is_whitespace() && *sign != '-')
            .map(|sign| sign.to_ascii_uppercase())
            .collect();
        well_formed(&signs)?;
        let fictional = signs.starts_with(FICTIONAL);
        if demo && !fictional {
            return Err(Party::IdNotFictional.into());
        }
        let birth = birth(&signs)
            .filter(|birth| *birth <= today && today.year() - birth.year() <= OLDEST)
            .ok_or(Party::IdDate)?;
        if !checked(&signs) || (fictional && !demo) {
            return Err(Party::IdCheck.into());
        }
        Ok(Self { signs, birth })
    }

    /// The day of birth.
    #[must_use]
    pub const fn birth(&self) -> Date {
        self.birth
    }

    /// Which card the number is from.
    #[must_use]
    pub fn card(&self) -> Card {
        match self.signs.get(..2) {
            _ if self.signs.starts_with(FICTIONAL) => Card::Fictional,
            Some("81" | "82" | "83") => Card::HongKongMacaoTaiwan,
            _ if self.signs.starts_with('9') => Card::Foreigner,
            _ => Card::Resident,
        }
    }

    /// Whether the first two signs are those of a province: a hint for whoever looks at a failed check,
    /// never a reason to refuse.
    #[must_use]
    pub fn region_is_known(&self) -> bool {
        let resident = matches!(
            self.signs.get(..2),
            Some(
                "11" | "12"
                    | "13"
                    | "14"
                    | "15"
                    | "21"
                    | "22"
                    | "23"
                    | "31"
                    | "32"
                    | "33"
                    | "34"
                    | "35"
                    | "36"
                    | "37"
                    | "41"
                    | "42"
                    | "43"
                    | "44"
                    | "45"
                    | "46"
                    | "50"
                    | "51"
                    | "52"
                    | "53"
                    | "54"
                    | "61"
                    | "62"
                    | "63"
                    | "64"
                    | "65"
                    | "71"
            )
        );
        resident || self.card() != Card::Resident
    }

    /// The last four signs, which are kept to be recognised by.
    #[must_use]
    pub fn last_four(&self) -> &str {
        self.signs.get(SIGNS - 4..).unwrap_or_default()
    }

    /// The eighteen signs, to be sealed.
    #[must_use]
    pub fn into_signs(self) -> String {
        self.signs
    }
}

/// A number for display to its own holder: the last four signs only.
#[must_use]
pub fn masked(signs: &str) -> String {
    let tail = signs
        .get(SIGNS - 4..)
        .filter(|_| signs.len() == SIGNS && signs.is_ascii());
    format!("{}{}", "*".repeat(SIGNS - 4), tail.unwrap_or("****"))
}

fn well_formed(signs: &str) -> Result<(), Refused> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let number = signs.trim_start_matches(|sign: char| sign.is_ascii_uppercase());
    let letters = signs.len() - number.len();
    if signs.is_empty() {
        return Err(Party::IdMissing.into());
    }
    if signs.len() == OLD_SIGNS && digits(signs) {
        return Err(Party::IdOld.into());
    }
    // Passports, travel permits, and permanent residence cards before 2023.
    if (1..=3).contains(&letters) && (6..=12).contains(&number.len()) && digits(number) {
        return Err(Party::IdOther.into());
    }
    if !signs.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
        return Err(Party::IdCharacters.into());
    }
    let (Some(body), Some(last), SIGNS) = (signs.get(..SIGNS - 1), signs.get(SIGNS - 1..), signs.len())
    else {
        return Err(Party::IdLength.into());
    };
    if digits(body) && (digits(last) || last == "X") {
        Ok(())
    } else {
        Err(Party::IdCharacters.into())
    }
}

fn birth(signs: &str) -> Option<Date> {
    let year = signs.get(6..10)?.parse().ok()?;
    let month: u8 = signs.get(10..12)?.parse().ok()?;
    let day = signs.get(12..14)?.parse().ok()?;
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

/// Whether the last sign is the one that the others give: the weight of a place is 2 to the power of
/// the places after it.
fn checked(signs: &str) -> bool {
    check_sign(signs).is_some_and(|check| signs.as_bytes().get(SIGNS - 1) == Some(&check))
}

/// The check sign of the first seventeen.
fn check_sign(signs: &str) -> Option<u8> {
    let body = signs.get(..SIGNS - 1)?;
    let mut sum = 0_u32;
    for sign in body.bytes() {
        // Horner: each step doubles what stands before.
        sum = (sum * 2 + u32::from(sign.checked_sub(b'0').filter(|digit| *digit < 10)?)) % 11;
    }
    CHECKS.get(usize::try_from(sum * 2 % 11).ok()?).copied()
}

/// What a text has in common with an identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// Nothing much.
    None,
    /// The form and a date of birth, but not the check digit.
    Form,
    /// All of it.
    Whole,
}

/// How much eighteen signs are like an identity number of anybody alive. Needs no day: a future date
/// of this century is like one too.
pub(crate) fn likeness(signs: &str) -> Likeness {
    let dated =
        well_formed(signs).is_ok() && birth(signs).is_some_and(|birth| (1900..2100).contains(&birth.year()));
    match (dated, checked(signs)) {
        (false, _) => Likeness::None,
        (true, false) => Likeness::Form,
        (true, true) => Likeness::Whole,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 25);

    fn read(typed: &str, demo: bool) -> Result<String, Refused> {
        IdNumber::parse(typed, TODAY, demo).map(IdNumber::into_signs)
    }

    fn no(party: Party) -> Result<String, Refused> {
        Err(party.into())
    }

    /// The number with its right check sign, for any region, so that tests hold no real one.
    fn completed(body: &str) -> String {
        let check = check_sign(body).expect("seventeen digits");
        format!("{body}{}", char::from(check))
    }

    #[test]
    fn the_ways_people_type_a_number() {
        for typed in [
            "99999919850615001X",
            "99999919850615001x",
            " 999999 19850615 001X ",
            "999999-19850615-001x",
            "９９９９９９１９８５０６１５００１Ｘ",
            "９９９９９９１９８５０６１５００１ｘ",
            "999999\u{3000}19850615001X",
        ] {
            assert_eq!(read(typed, true).as_deref(), Ok("99999919850615001X"), "{typed}");
        }
    }

    #[test]
    fn numbers_of_the_demonstration_pass_there_and_nowhere_else() {
        for good in [
            "999999199001010016",
            "999999199001010024",
            "999999199001010032",
            "999999199001010040",
            "999999199001010059",
            "999999201506010011",
            "999999200802290025",
            "999999199210050030",
        ] {
            assert_eq!(read(good, true).as_deref(), Ok(good));
            assert_eq!(read(good, false), no(Party::IdCheck));
        }
        let real = completed("11010519491231002");
        assert!(real.ends_with('X'), "the standard's example");
        assert_eq!(read(&real, false).as_deref(), Ok(real.as_str()));
        assert_eq!(read(&real, true), no(Party::IdNotFictional));
    }

    #[test]
    fn days_that_never_were_are_refused_although_the_check_digit_is_right() {
        for wrong in ["999999200702290028", "999999200513010015"] {
            assert!(checked(wrong));
            assert_eq!(read(wrong, true), no(Party::IdDate));
        }
        for day in [
            "19000229", "20230431", "20000000", "18900101", "20261126", "20991231",
        ] {
            let number = completed(&format!("999999{day}001"));
            assert_eq!(read(&number, true), no(Party::IdDate), "{day}");
        }
        for day in ["20000229", "20261125", "18960101"] {
            assert!(
                read(&completed(&format!("999999{day}001")), true).is_ok(),
                "{day}"
            );
        }
        let leap = IdNumber::parse("999999200802290025", TODAY, true).expect("a number");
        assert_eq!(leap.birth(), date!(2008 - 02 - 29));
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        let long = "1".repeat(1_000_000);
        for (typed, party) in [
            ("", Party::IdMissing),
            (" \u{3000}- ", Party::IdMissing),
            ("99999919900101001", Party::IdLength),
            ("9999991990010100166", Party::IdLength),
            (&long, Party::IdLength),
            ("999999900101001", Party::IdOld),
            ("H12345678", Party::IdOther),
            ("C1234567890", Party::IdOther),
            ("ea1234567", Party::IdOther),
            ("ABC110180010101", Party::IdOther),
            ("99999919900101001Y", Party::IdCharacters),
            ("9999991990010X0016", Party::IdCharacters),
            ("91999999MAD3650188", Party::IdCharacters),
            ("\u{202e}999999199001010016", Party::IdCharacters),
            ("999999199001010016\u{200b}", Party::IdCharacters),
            ("' OR 1=1 --", Party::IdCharacters),
            ("身份证", Party::IdCharacters),
            ("999999199001010017", Party::IdCheck),
        ] {
            assert_eq!(read(typed, true), no(party));
        }
    }

    #[test]
    fn clause_1_4_a_number_cannot_be_printed() {
        let number = IdNumber::parse("999999199001010016", TODAY, true);
        assert_eq!(format!("{number:?}"), "Ok([personal])");
        assert_eq!(number.expect("a number").last_four(), "0016");
        assert_eq!(masked("999999199001010016"), "**************0016");
        for none in ["", "身份证号码身份证号码", "9999991990010100160"] {
            assert_eq!(masked(none), "******************");
        }
    }

    #[test]
    fn the_first_signs_tell_the_card_and_refuse_nothing() {
        for (region, card, known) in [
            ("110105", Card::Resident, true),
            ("980105", Card::Foreigner, true),
            ("810000", Card::HongKongMacaoTaiwan, true),
            ("830000", Card::HongKongMacaoTaiwan, true),
            ("160000", Card::Resident, false),
        ] {
            let number = IdNumber::parse(&completed(&format!("{region}19900101001")), TODAY, false);
            let number = number.expect("a number");
            assert_eq!(
                (number.card(), number.region_is_known()),
                (card, known),
                "{region}"
            );
        }
    }

    prop_compose! {
        /// A number of the fictional region, of somebody alive.
        pub(crate) fn number()(
            day in 0_i64..46_000,
            order in 0_u32..1000,
        ) -> String {
            let birth = TODAY - time::Duration::days(day);
            let (year, month) = (birth.year(), u8::from(birth.month()));
            completed(&format!("999999{year}{month:02}{:02}{order:03}", birth.day()))
        }
    }

    proptest! {
        #[test]
        fn every_number_made_by_the_rule_passes(number in number()) {
            prop_assert!(read(&number, true).is_ok());
            prop_assert_eq!(likeness(&number), Likeness::Whole);
        }

        #[test]
        fn one_wrong_sign_never_passes(number in number(), at in 0_usize..18, sign in "[0-9X]") {
            let mut wrong = number.clone();
            wrong.replace_range(at..=at, &sign);
            prop_assert_eq!(read(&wrong, true).is_ok(), wrong == number);
            prop_assert_eq!(checked(&wrong), wrong == number);
        }

        #[test]
        fn two_signs_in_the_wrong_order_never_pass(number in number(), at in 0_usize..17) {
            let mut signs: Vec<char> = number.chars().collect();
            signs.swap(at, at + 1);
            let wrong: String = signs.into_iter().collect();
            prop_assert_eq!(read(&wrong, true).is_ok(), wrong == number);
        }

        #[test]
        fn whatever_is_typed_is_answered(typed in ".{0,40}", demo in any::<bool>()) {
            let _ = read(&typed, demo);
            let _ = likeness(&typed);
            let _ = masked(&typed);
        }
    }
}
