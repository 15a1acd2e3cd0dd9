//! The account of an enterprise, to which a transfer is made as a proof. A person's card or identity
//! number is no such account, and is not taken.

use crate::account::phone::half_width;
use crate::person::id_number::{self, Likeness};
use crate::refused::{Party, Refused};

/// Digits of an account number.
const LEAST: usize = 8;
const MOST: usize = 30;
/// Characters of a bank's name.
const BANK: std::ops::RangeInclusive<usize> = 4..=60;
/// How fictional accounts begin.
pub const FICTIONAL: &str = "999999";
/// Signs of the number that are kept for a while.
const SHOWN: usize = 4;

/// An account. Its number does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct BankAccount {
    bank: String,
    number: String,
}

impl std::fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[account]")
    }
}

/// Whether the last digit is the check digit of a card (ISO/IEC 7812).
fn is_card(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    // Cards of this country begin with 62; 13 to 19 digits are a card anywhere.
    digits.starts_with("62") && (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

impl BankAccount {
    /// Reads what was typed; spaces, hyphens and full width are fine. A demonstration takes only numbers
    /// that begin with [`FICTIONAL`].
    ///
    /// # Errors
    /// [`Party::BankName`], [`Party::BankAccountNumber`], [`Party::BankAccountPersonal`],
    /// [`Party::BankAccountNotFictional`]; both fields are named if both are wrong.
    pub fn parse(bank: &str, number: &str, demo: bool) -> Result<Self, Vec<Refused>> {
        match (bank_name(bank), account_number(number, demo)) {
            (Ok(bank), Ok(number)) => Ok(Self { bank, number }),
            (bank, number) => Err([bank.err(), number.err()].into_iter().flatten().collect()),
        }
    }

    /// The last four digits.
    #[must_use]
    pub fn last_four(&self) -> &str {
        let from = self.number.len().saturating_sub(SHOWN);
        self.number.get(from..).unwrap_or_default()
    }

    /// The number alone: what one account is told from another by.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Bank and number.
    #[must_use]
    pub fn into_parts(self) -> (String, String) {
        (self.bank, self.number)
    }

    /// Bank and number in one text, to be sealed.
    #[must_use]
    pub fn into_text(self) -> String {
        format!("{}\n{}", self.bank, self.number)
    }
}

/// Bank and number of a text made by [`BankAccount::into_text`].
#[must_use]
pub fn parts(text: &str) -> Option<(&str, &str)> {
    text.split_once('\n')
}

fn bank_name(typed: &str) -> Result<String, Refused> {
    let name: String = typed
        .trim()
        .chars()
        .take(200)
        .map(half_width)
        .filter(|sign| !sign.is_whitespace())
        .collect();
    let letters = |sign: char| sign.is_alphanumeric() || matches!(sign, '（' | '）' | '(' | ')' | '·' | '-');
    let words = name.chars().any(char::is_alphabetic);
    if BANK.contains(&name.chars().count()) && name.chars().all(letters) && words {
        Ok(name)
    } else {
        Err(Party::BankName.into())
    }
}

fn account_number(typed: &str, demo: bool) -> Result<String, Refused> {
    let digits: String = typed
        .chars()
        .take(100)
        .map(half_width)
        .filter(|sign| !sign.is_whitespace() && *sign != '-')
        .collect();
    let upper = digits.to_ascii_uppercase();
    // Said before anything else, so that nobody tries again with a slip put right.
    if id_number::likeness(&upper) == Likeness::Whole
        || (digits.is_ascii() && numeric(&digits) && is_card(&digits))
    {
        return Err(Party::BankAccountPersonal.into());
    }
    if !numeric(&digits) || !(LEAST..=MOST).contains(&digits.len()) {
        return Err(Party::BankAccountNumber.into());
    }
    if demo && !digits.starts_with(FICTIONAL) {
        return Err(Party::BankAccountNotFictional.into());
    }
    Ok(digits)
}

fn numeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bank: &str, number: &str, demo: bool) -> Vec<Refused> {
        BankAccount::parse(bank, number, demo).expect_err("refused")
    }

    #[test]
    fn accounts_pass_however_they_are_typed() {
        for number in [
            "9999990001",
            "9999 9900 01",
            "９９９９９９０００１",
            "999999-0001",
        ] {
            let account = BankAccount::parse("某某银行 上海分行", number, true).expect("an account");
            assert_eq!(account.last_four(), "0001");
            let text = account.into_text();
            assert_eq!(parts(&text), Some(("某某银行上海分行", "9999990001")));
        }
        assert!(BankAccount::parse("中国某某银行股份有限公司", "0200003609027300001", false).is_ok());
    }

    #[test]
    fn what_belongs_to_a_person_or_is_no_account_is_refused() {
        let bank = "某某银行上海分行";
        for (number, party) in [
            ("", Party::BankAccountNumber),
            ("1234567", Party::BankAccountNumber),
            (&"1".repeat(31), Party::BankAccountNumber),
            ("12345678a", Party::BankAccountNumber),
            ("1'; DROP TABLE", Party::BankAccountNumber),
            ("\u{202e}123456789", Party::BankAccountNumber),
        ] {
            assert_eq!(refused(bank, number, false), [party.into()], "{party:?}");
        }
        // A card by its check digit, an identity number by its own.
        assert_eq!(
            refused(bank, "6222020200112233446", false),
            [Party::BankAccountPersonal.into()]
        );
        assert!(BankAccount::parse(bank, "6222020200112233447", false).is_ok());
        assert_eq!(
            refused(bank, "999999199001010016", true),
            [Party::BankAccountPersonal.into()]
        );
        assert_eq!(
            refused(bank, "0200003609", true),
            [Party::BankAccountNotFictional.into()]
        );
        let both = refused("", "", false);
        assert_eq!(both, [Party::BankName.into(), Party::BankAccountNumber.into()]);
        for name in ["银行", "1234567", "<b>银行上海分行</b>", "某银行;--分行"] {
            assert_eq!(
                refused(name, "12345678", false),
                [Party::BankName.into()],
                "{name}"
            );
        }
    }
}
