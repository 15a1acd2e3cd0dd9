//! Unified social credit codes (统一社会信用代码, GB 32100-2015). They are public, so the first question is
//! whether somebody typed their identity number: one in some thirty passes the check of a credit code.

use crate::account::phone::half_width;
use crate::named::named;
use crate::person::id_number::{self, FICTIONAL, Likeness};
use crate::refused::{Party, Refused};

/// Signs of a code.
const SIGNS: usize = 18;
/// Where the organisation's own part stands (GB 11714).
const OWN: std::ops::Range<usize> = 8..17;
/// The standard's alphabet: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The alphabet of GB 11714, in which every letter counts.
const OWN_ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// The weights of GB 11714.
const OWN_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// The authorities and the kinds each registers, as amended in 2016.
const KINDS: &[(u8, &[u8])] = &[
    (b'1', b"1239"),
    (b'2', b"19"),
    (b'3', b"123459"),
    (b'4', b"19"),
    (b'5', b"1239"),
    (b'6', b"129"),
    (b'7', b"129"),
    (b'8', b"19"),
    (b'9', b"1239"),
    (b'A', b"19"),
    (b'N', b"1239"),
    (b'Y', b"1"),
];

named! {
    /// What a code says its holder is, as far as the marketplace asks.
    Kind {
        /// A company.
        Company = "company" "企业" "company",
        /// A self-employed person with a licence (个体工商户).
        SelfEmployed = "self_employed" "个体工商户" "licensed self-employed",
        /// A farmers' cooperative.
        Cooperative = "cooperative" "农民专业合作社" "farmers' cooperative",
        /// A law firm.
        LawFirm = "law_firm" "律师执业机构" "law firm",
        /// Any other organisation.
        Other = "other" "其他组织" "other organisation",
    }
}

/// A code whose check character is right; upper case. It is public.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreditCode(String);

impl CreditCode {
    /// Reads what a person typed: spaces, hyphens, full width and small letters are fine. A demo
    /// installation takes the fictional region 999999 and nothing else; elsewhere that is no code.
    ///
    /// # Errors
    /// [`Party::CreditCodeIdentity`] before anything else that could be said of an identity number;
    /// [`Party::CreditCodeMissing`], [`Party::CreditCodeLength`], [`Party::CreditCodeCharacters`],
    /// [`Party::CreditCodeKind`], [`Party::CreditCodeCheck`], [`Party::CreditCodeNotFictional`].
    pub fn parse(typed: &str, demo: bool) -> Result<Self, Refused> {
        // Long input is never scanned whole.
        let signs: String = typed
            .chars()
            .take(64)
            .map(half_width)
            .filter(|sign| !sign.is_whitespace() && *sign != '-')
            .map(|sign| sign.to_ascii_uppercase())
            .collect();
        if signs.is_empty() {
            return Err(Party::CreditCodeMissing.into());
        }
        let right = checked(&signs);
        // A citizen's number begins with 1 to 8, so one with a slip is still told from a company's.
        let citizen = !signs.starts_with('9') || signs.starts_with(FICTIONAL);
        match id_number::likeness(&signs) {
            Likeness::Whole => return Err(Party::CreditCodeIdentity.into()),
            Likeness::Form if !right && citizen => return Err(Party::CreditCodeIdentity.into()),
            _ => {}
        }
        if !signs.bytes().all(|sign| ALPHABET.contains(&sign)) {
            return Err(Party::CreditCodeCharacters.into());
        }
        if signs.len() != SIGNS {
            return Err(Party::CreditCodeLength.into());
        }
        if !known(&signs) {
            return Err(Party::CreditCodeKind.into());
        }
        let fictional = signs.get(2..8) == Some(FICTIONAL);
        match (right, fictional, demo) {
            (true, true, true) | (true, false, false) => Ok(Self(signs)),
            (true, false, true) => Err(Party::CreditCodeNotFictional.into()),
            _ => Err(Party::CreditCodeCheck.into()),
        }
    }

    /// The eighteen signs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What its holder is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.0.get(..2) {
            Some("91") => Kind::Company,
            Some("92") => Kind::SelfEmployed,
            Some("93") => Kind::Cooperative,
            Some("31") => Kind::LawFirm,
            _ => Kind::Other,
        }
    }

    /// Whether the organisation's own part has the check sign of GB 11714. A hint for whoever looks at
    /// an application, never a reason to refuse: codes without it are in use.
    #[must_use]
    pub fn own_part_is_checked(&self) -> bool {
        self.0.get(OWN).is_some_and(own_part_checked)
    }
}

impl std::fmt::Display for CreditCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn known(signs: &str) -> bool {
    let [authority, kind, ..] = signs.as_bytes() else {
        return false;
    };
    KINDS
        .iter()
        .any(|(one, kinds)| one == authority && kinds.contains(kind))
}

fn value(alphabet: &[u8], sign: u8) -> Option<usize> {
    alphabet.iter().position(|one| *one == sign)
}

/// The check character of the first seventeen signs: the weights are the powers of three, modulo 31.
fn check_sign(signs: &str) -> Option<u8> {
    let mut sum = 0;
    let mut weight = 1;
    for sign in signs.get(..SIGNS - 1)?.bytes() {
        sum += value(ALPHABET, sign)? * weight;
        weight = weight * 3 % 31;
    }
    // The remainder 0 gives the sign 0, not one beyond the alphabet.
    ALPHABET.get((31 - sum % 31) % 31).copied()
}

fn checked(signs: &str) -> bool {
    signs.len() == SIGNS && check_sign(signs).is_some_and(|check| signs.as_bytes().last() == Some(&check))
}

fn own_part_checked(own: &str) -> bool {
    let mut sum = 0;
    for (sign, weight) in own.bytes().zip(OWN_WEIGHTS) {
        match value(OWN_ALPHABET, sign) {
            Some(value) => sum += value * weight,
            None => return false,
        }
    }
    let check = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or_default(),
    };
    own.as_bytes().get(OWN_WEIGHTS.len()) == Some(&check)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(typed: &str, demo: bool) -> Result<String, Refused> {
        CreditCode::parse(typed, demo).map(|code| code.to_string())
    }

    fn no(party: Party) -> Result<String, Refused> {
        Err(party.into())
    }

    fn completed(body: &str) -> String {
        let check = check_sign(body).expect("seventeen signs");
        format!("{body}{}", char::from(check))
    }

    #[test]
    fn codes_of_the_demonstration_pass_there_and_nowhere_else() {
        for good in [
            "91999999MAD3650188",
            "91999999MAD3650263",
            "91999999MAD365034X",
            "91999999MAD365042Q",
            "91999999MAD365050K",
            "91999999MAD365069G",
            "91999999MAD365077B",
            "91999999MAD3650856",
            "91999999MAD3650931",
            "91999999MAD365106N",
            "91999999MAD365114H",
            "91999999MAD365122C",
            "91999999MAD3651307",
            "91999999MAD3651494",
            "91999999MAD365157Y",
            // The ends of the alphabet as check characters.
            "91999999MAD3000110",
            "91999999MAD300433Y",
        ] {
            assert_eq!(read(good, true).as_deref(), Ok(good));
            assert_eq!(read(good, false), no(Party::CreditCodeCheck));
            let code = CreditCode::parse(good, true).expect("a code");
            assert!(code.own_part_is_checked(), "{good}");
            assert_eq!(code.kind(), Kind::Company);
        }
    }

    #[test]
    fn the_standards_example_has_its_check_character() {
        assert_eq!(completed("91350100M000100Y4"), "91350100M000100Y43");
        assert_eq!(
            read("91350100M000100Y43", false).as_deref(),
            Ok("91350100M000100Y43")
        );
        assert_eq!(
            read("91350100M000100Y43", true),
            no(Party::CreditCodeNotFictional)
        );
        // A much-copied program gives the remainder itself, others use an alphabet with a Z.
        assert_eq!(read("91350100M000100Y4Z", false), no(Party::CreditCodeCharacters));
        assert_eq!(read("91350100M000100Y4U", false), no(Party::CreditCodeCheck));
    }

    #[test]
    fn the_ways_people_type_a_code() {
        for typed in [
            "91999999mad365034x",
            " 91 999999 MAD365034 X ",
            "91-999999-MAD365034-X",
            "９１９９９９９９ＭＡＤ３６５０３４Ｘ",
            "９１９９９９９９ｍａｄ３６５０３４ｘ",
            "91999999MAD365034X\u{3000}",
        ] {
            assert_eq!(read(typed, true).as_deref(), Ok("91999999MAD365034X"), "{typed}");
        }
    }

    #[test]
    fn an_identity_number_is_never_a_credit_code() {
        for typed in [
            "999999199001010016",
            "99999919850615001x",
            "999999 19850615 001X",
            "９９９９９９１９８５０６１５００１Ｘ",
            "999999201506010011",
            // With a slip in the last sign it is still a person's.
            "999999199001010017",
            "110105194912310029",
            "11010519491231002X",
        ] {
            for demo in [true, false] {
                assert_eq!(read(typed, demo), no(Party::CreditCodeIdentity), "{typed}");
            }
        }
        // A foreigner's card begins with 9, as companies' codes do.
        let passing = (0..10_000)
            .map(|order| format!("9131561985{:02}{order:05}", 6))
            .find(|body| {
                let code = completed(body);
                code.ends_with(|sign: char| sign.is_ascii_digit() || sign == 'X')
                    && id_number::likeness(&code) == Likeness::Whole
            });
        let passing = completed(&passing.expect("one in some hundred passes both checks"));
        assert!(checked(&passing) && known(&passing));
        assert_eq!(read(&passing, false), no(Party::CreditCodeIdentity));
    }

    #[test]
    fn what_is_no_code_is_refused_with_its_reason() {
        let long = "9".repeat(1_000_000);
        for (typed, party) in [
            ("", Party::CreditCodeMissing),
            (" \u{3000}- ", Party::CreditCodeMissing),
            ("91999999MAD365018", Party::CreditCodeLength),
            ("91999999MAD36501888", Party::CreditCodeLength),
            ("110108001234567", Party::CreditCodeLength),
            (&long, Party::CreditCodeLength),
            ("91999999MAD36501I8", Party::CreditCodeCharacters),
            ("91999999MAD36501O8", Party::CreditCodeCharacters),
            ("91999999MAD36501S8", Party::CreditCodeCharacters),
            ("91999999MAD36501V8", Party::CreditCodeCharacters),
            ("91999999MAD36501Z8", Party::CreditCodeCharacters),
            ("91999999MAD365018８８", Party::CreditCodeLength),
            ("91999999MAD36501中8", Party::CreditCodeCharacters),
            ("\u{202e}91999999MAD3650188", Party::CreditCodeCharacters),
            ("' OR '1'='1", Party::CreditCodeCharacters),
            ("01999999MAD3650188", Party::CreditCodeKind),
            ("95999999MAD3650188", Party::CreditCodeKind),
            ("Y2999999MAD3650188", Party::CreditCodeKind),
            ("111111111111111111", Party::CreditCodeCheck),
            ("91999999MAD3650189", Party::CreditCodeCheck),
        ] {
            assert_eq!(read(typed, true), no(party), "{party:?}");
        }
    }

    #[test]
    fn every_authority_and_kind_of_the_standard_passes_and_no_other() {
        let mut passed = 0;
        for authority in ALPHABET {
            for kind in ALPHABET {
                let pair = format!("{}{}", char::from(*authority), char::from(*kind));
                let code = completed(&format!("{pair}999999MAD365018"));
                match read(&code, true) {
                    Ok(_) => passed += 1,
                    refused => assert_eq!(refused, no(Party::CreditCodeKind), "{pair}"),
                }
            }
        }
        assert_eq!(passed, KINDS.iter().map(|(_, kinds)| kinds.len()).sum::<usize>());
        for (pair, kind) in [
            ("92", Kind::SelfEmployed),
            ("93", Kind::Cooperative),
            ("31", Kind::LawFirm),
            ("12", Kind::Other),
        ] {
            let code = completed(&format!("{pair}999999MAD365018"));
            assert_eq!(CreditCode::parse(&code, true).expect("a code").kind(), kind);
        }
    }

    #[test]
    fn the_own_part_is_a_hint_only() {
        let code = CreditCode::parse(&completed("91999999MAD365019"), true).expect("it passes");
        assert!(!code.own_part_is_checked());
        // Each body has one check sign, and among them are X and 0.
        let mut met = std::collections::HashSet::new();
        for body in 0..100 {
            let passing = OWN_ALPHABET.iter().filter(|sign| {
                let own = format!("MA0000{body:02}{}", char::from(**sign));
                own_part_checked(&own)
            });
            let passing: Vec<u8> = passing.copied().collect();
            assert_eq!(passing.len(), 1, "{body}");
            met.extend(passing);
        }
        assert_eq!(met.len(), 11, "ten digits and X");
        assert!(met.contains(&b'X') && met.contains(&b'0'));
        assert!(!own_part_checked("MAD3650"));
        assert!(!own_part_checked("中文"));
    }

    prop_compose! {
        fn code()(pair in 0_usize..12, kind in any::<prop::sample::Index>(), own in "[0-9A-HJ-NPQRTUWXY]{9}")
            -> String
        {
            let (authority, kinds) = KINDS[pair];
            let kind = *kind.get(kinds);
            completed(&format!("{}{}999999{own}", char::from(authority), char::from(kind)))
        }
    }

    proptest! {
        #[test]
        fn every_code_made_by_the_rule_passes(code in code()) {
            prop_assert!(read(&code, true).is_ok());
        }

        #[test]
        fn one_wrong_sign_never_passes(code in code(), at in 0_usize..18, sign in "[0-9A-Z]") {
            let mut wrong = code.clone();
            wrong.replace_range(at..=at, &sign);
            prop_assert_eq!(checked(&wrong), wrong == code);
            prop_assert_eq!(read(&wrong, true).is_ok(), wrong == code);
        }

        #[test]
        fn two_signs_in_the_wrong_order_never_pass(code in code(), at in 0_usize..17) {
            let mut signs: Vec<char> = code.chars().collect();
            signs.swap(at, at + 1);
            let wrong: String = signs.into_iter().collect();
            prop_assert_eq!(read(&wrong, true).is_ok(), wrong == code);
        }

        #[test]
        fn no_identity_number_passes(
            region in "[1-9][0-9]{5}",
            year in 1900_i32..2100, month in 1_u8..=12, day in 1_u8..=28,
            order in "[0-9]{3}", last in "[0-9Xx]",
        ) {
            // Whatever the check digits say: the right one for a person, and any other that a slip gives.
            let body = format!("{region}{year}{month:02}{day:02}{order}");
            let typed = format!("{body}{last}");
            let whole = id_number::likeness(&typed.to_ascii_uppercase()) == Likeness::Whole;
            for demo in [true, false] {
                match read(&typed, demo) {
                    Ok(code) => prop_assert!(!whole, "{}", code),
                    Err(refused) => prop_assert!(!whole || refused == Party::CreditCodeIdentity.into()),
                }
            }
        }

        #[test]
        fn whatever_is_typed_is_answered(typed in ".{0,40}", demo in any::<bool>()) {
            let _ = read(&typed, demo);
        }
    }
}
