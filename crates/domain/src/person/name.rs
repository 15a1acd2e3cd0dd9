//! Names of persons as their card has them. Rare characters are names like any other (𠮷, 㛃, 䶮); what
//! is refused is what no card holds.

use super::id_number::Card;
use crate::account::phone::half_width;
use crate::refused::{Party, Refused};

/// Characters of a Chinese name, the dots included.
const LEAST: usize = 2;
const MOST: usize = 30;
/// Signs of a foreign name.
const MOST_LATIN: usize = 60;
/// The dot between the parts of a name, as cards print it.
const DOT: char = '·';

/// A name. Zeroised by its holder.
#[derive(Clone, PartialEq, Eq)]
pub struct RealName(String);

impl std::fmt::Debug for RealName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[personal]")
    }
}

/// Whether this is a Chinese character, of any plane.
pub(crate) const fn is_han(sign: char) -> bool {
    matches!(sign,
        '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{2ffff}' | '\u{30000}'..='\u{3ffff}')
}

/// The dots that keyboards and other programs write for the one of the cards.
const fn is_dot(sign: char) -> bool {
    matches!(
        sign,
        DOT | '.'
            | '\u{387}'
            | '\u{16eb}'
            | '\u{2022}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{2219}'
            | '\u{22c5}'
            | '\u{2e31}'
            | '\u{2e33}'
            | '\u{30fb}'
            | '\u{a78f}'
            | '\u{ff65}'
    )
}

/// The sign as cards have it; `None` for one that only chooses a glyph.
fn plain(sign: char) -> Option<char> {
    match half_width(sign) {
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => None,
        // Where card readers wrote 䶮 before it had a place of its own.
        '\u{e863}' => Some('䶮'),
        dot if is_dot(dot) => Some(DOT),
        other => Some(other),
    }
}

impl RealName {
    /// Reads what a person typed. Full width, the several Unicode dots and spaces between Chinese
    /// characters are put right. Latin letters are for the card of a foreigner only.
    ///
    /// # Errors
    /// [`Party::RealNameMissing`], [`Party::RealNameLength`], [`Party::RealNameLatin`],
    /// [`Party::RealNameCharacters`].
    pub fn parse(typed: &str, card: Card) -> Result<Self, Refused> {
        let signs: Vec<char> = typed.trim().chars().take(200).filter_map(plain).collect();
        if signs.is_empty() {
            return Err(Party::RealNameMissing.into());
        }
        if signs.iter().any(char::is_ascii_alphabetic) && !signs.iter().copied().any(is_han) {
            return latin(&signs, card);
        }
        let name: Vec<char> = signs.into_iter().filter(|sign| *sign != ' ').collect();
        let dots = name.first() != Some(&DOT)
            && name.last() != Some(&DOT)
            && !name.windows(2).any(|pair| pair == [DOT, DOT]);
        if !dots || !name.iter().all(|sign| is_han(*sign) || *sign == DOT) {
            return Err(Party::RealNameCharacters.into());
        }
        if (LEAST..=MOST).contains(&name.len()) {
            Ok(Self(name.into_iter().collect()))
        } else {
            Err(Party::RealNameLength.into())
        }
    }

    /// The name, to be sealed.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

/// A foreign name: letters with spaces, hyphens and apostrophes between them, in capitals as the card
/// has it, so that it compares.
fn latin(signs: &[char], card: Card) -> Result<RealName, Refused> {
    let letter = |sign: char| sign.is_ascii_alphabetic();
    let between = |sign: &char| matches!(sign, ' ' | '-' | '\'' | ',' | &DOT);
    if !signs.iter().all(|sign| letter(*sign) || between(sign)) {
        return Err(Party::RealNameCharacters.into());
    }
    if !matches!(card, Card::Foreigner) {
        return Err(Party::RealNameLatin.into());
    }
    let text: String = signs.iter().map(char::to_ascii_uppercase).collect();
    let text = text.replace(DOT, ".");
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let letters = name.chars().filter(|sign| letter(*sign)).count();
    if letters >= LEAST && name.len() <= MOST_LATIN {
        Ok(RealName(name))
    } else {
        Err(Party::RealNameLength.into())
    }
}

/// A name as others see it: the first character, whatever its length.
#[must_use]
pub fn masked(name: &str) -> String {
    let first: String = name.chars().take(1).collect();
    format!("{first}**")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(typed: &str) -> Result<String, Refused> {
        RealName::parse(typed, Card::Resident).map(RealName::into_text)
    }

    #[test]
    fn names_on_cards_pass() {
        for name in [
            "林知远",
            "何平",
            "欧阳小满",
            "𠮷田",
            "李㛃",
            "刘䶮",
            "〇一",
            "王𫟼",
            "阿卜杜热合曼·买买提",
            "迪丽热巴·迪力木拉提",
        ] {
            assert_eq!(read(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn the_ways_people_type_a_name() {
        for typed in [
            "阿依努尔·买买提",
            "阿依努尔•买买提",
            "阿依努尔‧买买提",
            "阿依努尔・买买提",
            "阿依努尔･买买提",
            "阿依努尔．买买提",
            "阿依努尔.买买提",
            "阿依努尔∙买买提",
            "阿依努尔⋅买买提",
            "阿依努尔 · 买买提",
        ] {
            assert_eq!(read(typed).as_deref(), Ok("阿依努尔·买买提"), "{typed}");
        }
        assert_eq!(read(" 林　知 远\u{3000}").as_deref(), Ok("林知远"));
        assert_eq!(read("葛\u{e0100}明").as_deref(), Ok("葛明"));
        assert_eq!(read("刘\u{e863}").as_deref(), Ok("刘䶮"));
    }

    #[test]
    fn what_no_card_holds_is_refused() {
        for (typed, party) in [
            ("", Party::RealNameMissing),
            (" \u{3000}\t", Party::RealNameMissing),
            ("林", Party::RealNameLength),
            (&"林".repeat(31), Party::RealNameLength),
            (&"林".repeat(1_000_000), Party::RealNameLength),
            ("Lin Zhiyuan", Party::RealNameLatin),
            ("ＬＩＮ", Party::RealNameLatin),
            ("林zhiyuan", Party::RealNameCharacters),
            ("林1远", Party::RealNameCharacters),
            ("·林远", Party::RealNameCharacters),
            ("林远·", Party::RealNameCharacters),
            ("林··远", Party::RealNameCharacters),
            ("林\u{202e}远", Party::RealNameCharacters),
            ("林\u{200b}远", Party::RealNameCharacters),
            ("林\n远", Party::RealNameCharacters),
            ("林\0远", Party::RealNameCharacters),
            ("林知远😀", Party::RealNameCharacters),
            ("👨\u{200d}👩", Party::RealNameCharacters),
            ("林\u{e000}", Party::RealNameCharacters),
            ("'; DROP TABLE account; --", Party::RealNameCharacters),
            ("<b>林远</b>", Party::RealNameCharacters),
            ("はやし", Party::RealNameCharacters),
            ("Іван", Party::RealNameCharacters),
            ("林先生（经理）", Party::RealNameCharacters),
        ] {
            assert_eq!(read(typed), Err(party.into()));
        }
        assert!(read(&"林".repeat(30)).is_ok());
    }

    #[test]
    fn foreign_names_are_for_the_card_of_a_foreigner() {
        let read = |typed: &str| RealName::parse(typed, Card::Foreigner).map(RealName::into_text);
        for (typed, name) in [
            ("Anna  de Vries", "ANNA DE VRIES"),
            ("O'Brien, Mary-Jane", "O'BRIEN, MARY-JANE"),
            ("ＳＭＩＴＨ　Ｊ．", "SMITH J."),
            ("马克", "马克"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(name));
        }
        assert!(read(&"A".repeat(60)).is_ok());
        for (typed, party) in [
            (&"A".repeat(61)[..], Party::RealNameLength),
            ("A", Party::RealNameLength),
            ("A1", Party::RealNameCharacters),
            ("马克 Smith", Party::RealNameCharacters),
            ("A\u{202e}B", Party::RealNameCharacters),
        ] {
            assert_eq!(read(typed), Err(party.into()));
        }
        for card in [Card::Resident, Card::HongKongMacaoTaiwan, Card::Fictional] {
            assert_eq!(
                RealName::parse("Anna", card).map(RealName::into_text),
                Err(Party::RealNameLatin.into())
            );
        }
    }

    #[test]
    fn clause_1_4_a_name_cannot_be_printed_and_others_see_its_first_sign() {
        assert_eq!(
            format!("{:?}", RealName::parse("林知远", Card::Resident)),
            "Ok([personal])"
        );
        for (name, shown) in [("林知远", "林**"), ("𠮷田", "𠮷**"), ("", "**")] {
            assert_eq!(masked(name), shown);
        }
    }

    proptest! {
        #[test]
        fn a_name_that_was_read_reads_the_same_again(typed in "\\PC{0,40}") {
            for card in [Card::Resident, Card::Foreigner] {
                if let Ok(name) = RealName::parse(&typed, card) {
                    let again = RealName::parse(&name.clone().into_text(), card);
                    prop_assert_eq!(again.map(RealName::into_text), Ok(name.into_text()));
                }
            }
        }
    }
}
