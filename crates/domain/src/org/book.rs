//! An organisation's places and titles for invoices: facts of the enterprise that its members use
//! (2.1.1.a). What reaches a person is not taken: it belongs into that person's own address book.

use crate::account::change::line;
use crate::account::phone::{Phone, half_width};
use crate::market::contact;
use crate::market::share::{Field, MOST_CHARS};
use crate::named::named;
use crate::refused::{Book, Refused};

use super::bank_account::BankAccount;
use super::company_name;
use super::credit_code::CreditCode;

/// The most places of one organisation.
pub const MOST_PLACES: usize = 20;
/// The most titles of one organisation.
pub const MOST_TITLES: usize = 10;
/// The longest name of a place, in characters.
const LABEL_CHARS: usize = 20;
/// Digits of a local number.
const LOCAL: std::ops::RangeInclusive<usize> = 7..=8;
/// Digits of an extension, at most.
const EXTENSION: usize = 6;

named! {
    /// Whom to ask for at a place: a desk, never a person.
    Desk {
        /// Reception.
        Reception = "reception" "前台" "reception",
        /// Administration.
        Administration = "administration" "行政" "administration",
        /// Finance.
        Finance = "finance" "财务" "finance",
        /// Legal affairs.
        Legal = "legal" "法务" "legal affairs",
        /// Staff.
        Staff = "staff" "人事" "human resources",
        /// Goods.
        Warehouse = "warehouse" "仓库" "warehouse",
    }
}

/// A place of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What members call it.
    pub label: String,
    /// Where it is.
    pub address: String,
    /// Whom to ask for.
    pub desk: Desk,
    /// Its landline.
    pub phone: Option<String>,
}

/// A place as typed.
#[derive(Clone, Copy, Debug)]
pub struct TypedPlace<'a> {
    /// What members call it.
    pub label: &'a str,
    /// Where it is.
    pub address: &'a str,
    /// Whom to ask for.
    pub desk: Desk,
    /// Its landline; may be empty.
    pub phone: &'a str,
}

/// All of them, or each refusal.
fn all<A, B, C>(
    one: Result<A, Refused>,
    two: Result<B, Refused>,
    three: Result<C, Refused>,
) -> Result<(A, B, C), Vec<Refused>> {
    match (one, two, three) {
        (Ok(one), Ok(two), Ok(three)) => Ok((one, two, three)),
        (one, two, three) => Err([one.err(), two.err(), three.err()]
            .into_iter()
            .flatten()
            .collect()),
    }
}

impl Place {
    /// Reads a place.
    ///
    /// # Errors
    /// [`Book::PlaceLabel`], [`Refused::ShareAddress`], [`Book::PlaceContact`] and those of
    /// [`office_phone`]; each wrong field is named.
    pub fn read(typed: TypedPlace<'_>, demo: bool) -> Result<Self, Vec<Refused>> {
        let label = label(typed.label);
        let address = place_address(typed.address, demo);
        let phone = optional(typed.phone, |typed| office_phone(typed, demo));
        let (label, address, phone) = all(label, address, phone)?;
        Ok(Self {
            label,
            address,
            desk: typed.desk,
            phone,
        })
    }
}

/// What was typed, read; nothing, if nothing was.
fn optional<T>(typed: &str, read: impl FnOnce(&str) -> Result<T, Refused>) -> Result<Option<T>, Refused> {
    if typed.trim().is_empty() {
        Ok(None)
    } else {
        read(typed).map(Some)
    }
}

fn label(typed: &str) -> Result<String, Refused> {
    let label = line(typed, LABEL_CHARS).ok().flatten();
    label
        .filter(|label| !contact::found(label))
        .ok_or(Book::PlaceLabel.into())
}

fn place_address(typed: &str, demo: bool) -> Result<String, Refused> {
    let address: String = typed.chars().take(4 * MOST_CHARS).collect();
    let address = Field::Address.read(&address, demo)?;
    if contact::found(&address) {
        return Err(Book::PlaceContact.into());
    }
    Ok(address)
}

/// Reads a landline with its area code, or a 400 number, with or without an extension. In a demonstration
/// what follows the area code begins with 0000, as no real number does.
///
/// # Errors
/// [`Book::OfficePhone`], [`Book::OfficePhoneMobile`], [`Book::OfficePhoneNotFictional`].
pub fn office_phone(typed: &str, demo: bool) -> Result<String, Refused> {
    let plain: String = typed.trim().chars().take(64).map(half_width).collect();
    let lower = plain.to_ascii_lowercase();
    let (number, extension) = lower
        .split_once('转')
        .or_else(|| lower.split_once("ext"))
        .or_else(|| lower.split_once('x'))
        .map_or((lower.as_str(), None), |(number, extension)| {
            (number, Some(extension))
        });
    if Phone::parse(number, demo).is_ok() {
        return Err(Book::OfficePhoneMobile.into());
    }
    let sign = |sign: &char| !sign.is_whitespace() && !matches!(sign, '-' | '(' | ')');
    let digits: String = number.chars().filter(sign).collect();
    let digits = digits.strip_prefix("+86").map_or(digits.clone(), |rest| {
        if rest.starts_with('0') {
            rest.to_owned()
        } else {
            format!("0{rest}")
        }
    });
    let extension: Option<String> = extension.map(|text| {
        text.chars()
            .filter(|sign| !matches!(sign, ' ' | '.' | '-'))
            .collect()
    });
    let numeric = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    if !numeric(&digits)
        || extension
            .as_deref()
            .is_some_and(|text| !numeric(text) || text.len() > EXTENSION)
    {
        return Err(Book::OfficePhone.into());
    }
    let (area, local) = area_and_local(&digits).ok_or(Book::OfficePhone)?;
    if demo && !local.starts_with("0000") {
        return Err(Book::OfficePhoneNotFictional.into());
    }
    let extension = extension.map_or_else(String::new, |text| format!("转{text}"));
    Ok(format!("{area}-{local}{extension}"))
}

/// Area code and local number; 400 and 800 numbers have seven digits after it.
fn area_and_local(digits: &str) -> Option<(&str, &str)> {
    let cut = match digits.as_bytes() {
        [b'4' | b'8', b'0', b'0', ..] if digits.len() == 10 => 3,
        [b'0', b'1' | b'2', ..] => 3,
        [b'0', b'3'..=b'9', ..] => 4,
        _ => return None,
    };
    let (area, local) = digits.split_at_checked(cut)?;
    LOCAL.contains(&local.len()).then_some((area, local))
}

/// A title of an organisation for invoices.
#[derive(Clone, PartialEq, Eq)]
pub struct Title {
    /// The enterprise's name.
    pub name: String,
    /// Its tax number: the credit code.
    pub tax_number: String,
    /// Bank and account, for invoices that name them.
    pub account: Option<(String, String)>,
    /// The address on the invoice.
    pub address: Option<String>,
    /// The phone on the invoice.
    pub phone: Option<String>,
}

impl std::fmt::Debug for Title {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[title]")
    }
}

/// A title as typed; all but the first two may be empty.
#[derive(Clone, Copy)]
pub struct TypedTitle<'a> {
    /// The enterprise's name.
    pub name: &'a str,
    /// Its credit code.
    pub tax_number: &'a str,
    /// The bank.
    pub bank: &'a str,
    /// The account's number.
    pub bank_account: &'a str,
    /// The address on the invoice.
    pub address: &'a str,
    /// The phone on the invoice.
    pub phone: &'a str,
}

impl Title {
    /// Reads a title. Bank and account go together.
    ///
    /// # Errors
    /// The refusals of enterprises' names, codes and accounts, [`Refused::ShareAddress`],
    /// [`Book::PlaceContact`] and those of [`office_phone`]; each wrong field is named.
    pub fn read(typed: TypedTitle<'_>, demo: bool) -> Result<Self, Vec<Refused>> {
        let facts = all(
            company_name::parse(typed.name),
            CreditCode::parse(typed.tax_number, demo).map(|code| code.as_str().to_owned()),
            optional(typed.address, |typed| place_address(typed, demo)),
        );
        let phone = optional(typed.phone, |typed| office_phone(typed, demo));
        let account = if typed.bank.trim().is_empty() && typed.bank_account.trim().is_empty() {
            Ok(None)
        } else {
            BankAccount::parse(typed.bank, typed.bank_account, demo).map(|account| Some(account.into_parts()))
        };
        match (facts, account, phone) {
            (Ok((name, tax_number, address)), Ok(account), Ok(phone)) => Ok(Self {
                name,
                tax_number,
                account,
                address,
                phone,
            }),
            (facts, account, phone) => {
                let mut refused = facts.err().unwrap_or_default();
                refused.extend(account.err().unwrap_or_default());
                refused.extend(phone.err());
                Err(refused)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landlines_are_read_however_they_are_typed() {
        for (typed, read) in [
            ("010-0000 0365", "010-00000365"),
            ("（０１０）００００－０３６５", "010-00000365"),
            ("+86 10 0000 0365", "010-00000365"),
            ("0571-0000365", "0571-0000365"),
            ("400-000-0365", "400-0000365"),
            ("021-00000365 转 806", "021-00000365转806"),
            ("021-00000365 ext. 806", "021-00000365转806"),
        ] {
            assert_eq!(office_phone(typed, true).as_deref(), Ok(read), "{typed}");
        }
        assert_eq!(
            office_phone("010-8888 0365", false).as_deref(),
            Ok("010-88880365")
        );
    }

    #[test]
    fn what_is_no_landline_of_an_enterprise_is_refused() {
        let cases: &[(&str, bool, Book)] = &[
            ("100-0000-0001", true, Book::OfficePhoneMobile),
            ("138 0013 8000", false, Book::OfficePhoneMobile),
            ("010-8888 0365", true, Book::OfficePhoneNotFictional),
            ("0000 0365", true, Book::OfficePhone),
            ("010-0000 03651", true, Book::OfficePhone),
            ("010-000365", true, Book::OfficePhone),
            ("010-0000 036a", true, Book::OfficePhone),
            ("010-0000 0365 转", true, Book::OfficePhone),
            ("010-0000 0365 转 1234567", true, Book::OfficePhone),
            ("前台", true, Book::OfficePhone),
            ("+1 212 555 0100", true, Book::OfficePhone),
            ("<b>", true, Book::OfficePhone),
        ];
        for (typed, demo, why) in cases {
            assert_eq!(office_phone(typed, *demo), Err((*why).into()), "{typed}");
        }
    }

    #[test]
    fn a_place_takes_nothing_that_reaches_a_person() {
        let read = |label: &str, address: &str, phone: &str| {
            Place::read(
                TypedPlace {
                    label,
                    address,
                    desk: Desk::Reception,
                    phone,
                },
                true,
            )
        };
        let place = read(" 总部 ", "上海市演示区示例路 365 号", "").expect("sound");
        assert_eq!((place.label.as_str(), place.phone), ("总部", None));
        assert_eq!(
            read("打 13800138000", "上海", "1"),
            Err(vec![
                Book::PlaceLabel.into(),
                Refused::ShareAddress,
                Book::OfficePhone.into()
            ])
        );
        let reaches = read("总部", "上海市示例路 365 号 微信 lin_zhiyuan", "");
        assert_eq!(reaches, Err(vec![Book::PlaceContact.into()]));
        for label in ["", "\u{202e}总部", "总\n部", &"长".repeat(21)] {
            let refused = read(label, "上海市演示区示例路 365 号", "");
            assert_eq!(refused, Err(vec![Book::PlaceLabel.into()]), "{label}");
        }
    }

    #[test]
    fn a_title_names_bank_and_account_together() {
        let title = |bank: &'static str, bank_account: &'static str, address: &'static str| {
            Title::read(
                TypedTitle {
                    name: "星渚软件（演示）",
                    tax_number: "91999999MAD3650188",
                    bank,
                    bank_account,
                    address,
                    phone: "",
                },
                true,
            )
        };
        let plain = title("", "", "").expect("sound");
        assert_eq!((plain.account, plain.address), (None, None));
        let whole = title("演示银行上海分行", "9999990001", "上海市演示区示例路 365 号").expect("sound");
        let account = ("演示银行上海分行".to_owned(), "9999990001".to_owned());
        assert_eq!(whole.account, Some(account));
        let codes = |title: Result<Title, Vec<Refused>>| -> Vec<&'static str> {
            title.expect_err("refused").iter().map(|why| why.code()).collect()
        };
        assert_eq!(codes(title("演示银行上海分行", "", "")), ["bank_account_number"]);
        assert_eq!(
            codes(title("", "9999990001", "x")),
            ["share_address", "bank_name"]
        );
        // A card is a person's.
        assert_eq!(
            codes(title("演示银行上海分行", "6222020200112233446", "")),
            ["bank_account_personal"]
        );
    }
}
