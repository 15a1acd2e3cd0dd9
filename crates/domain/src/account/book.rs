//! A person's own address book and titles for invoices (2.6.1.a): kept to be filled in later, given to
//! nobody by being here.

use super::change::line;
use crate::market::share::Field;
use crate::named::named;
use crate::org::company_name;
use crate::org::credit_code::CreditCode;
use crate::refused::{Book, Refused};

/// The most entries of one address book.
pub const MOST_ENTRIES: usize = 20;
/// The most titles of one person.
pub const MOST_TITLES: usize = 10;
/// The longest title, in characters.
const TITLE_CHARS: usize = 60;

named! {
    /// What an entry of an address book is.
    Kind {
        /// Where somebody works.
        Work = "work" "公司" "work",
        /// Where somebody lives.
        Home = "home" "住址" "home",
        /// Anything else.
        Other = "other" "其他" "other",
    }
}

named! {
    /// Whom a title names.
    TitleKind {
        /// An enterprise, with its tax number.
        Enterprise = "enterprise" "企业" "enterprise",
        /// A person.
        Person = "person" "个人" "person",
    }
}

/// Reads the fields of an entry; what is left empty is not in it.
///
/// # Errors
/// Each wrong field by its refusal of [`Field::read`]; [`Book::Empty`] if nothing is there.
pub fn entry(typed: &[(Field, String)], demo: bool) -> Result<Vec<(Field, String)>, Vec<Refused>> {
    let (mut values, mut refused) = (Vec::new(), Vec::new());
    for (field, typed) in typed.iter().filter(|(_, typed)| !typed.trim().is_empty()) {
        match field.read(typed, demo) {
            Ok(value) => values.push((*field, value)),
            Err(why) => refused.push(why),
        }
    }
    if values.is_empty() && refused.is_empty() {
        refused.push(Book::Empty.into());
    }
    if refused.is_empty() {
        Ok(values)
    } else {
        Err(refused)
    }
}

/// A person's title for invoices. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Title {
    /// Whom it names.
    pub kind: TitleKind,
    /// The name.
    pub name: String,
    /// The tax number of an enterprise: its credit code.
    pub tax_number: Option<String>,
    /// Where invoices are sent.
    pub email: Option<String>,
}

impl std::fmt::Debug for Title {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[personal]")
    }
}

/// A title as typed.
#[derive(Clone, Copy)]
pub struct TypedTitle<'a> {
    /// Whom it names.
    pub kind: TitleKind,
    /// The name.
    pub name: &'a str,
    /// The tax number; empty for a person.
    pub tax_number: &'a str,
    /// Where invoices are sent; may be empty.
    pub email: &'a str,
}

impl Title {
    /// Reads a title.
    ///
    /// # Errors
    /// [`Book::TitleName`], [`Book::TitlePerson`], the refusals of enterprises' names and codes,
    /// [`Refused::ShareEmail`]; each wrong field is named.
    pub fn read(typed: TypedTitle<'_>, demo: bool) -> Result<Self, Vec<Refused>> {
        let name = match typed.kind {
            TitleKind::Enterprise => company_name::parse(typed.name),
            TitleKind::Person => person(typed.name),
        };
        let tax_number = match typed.kind {
            TitleKind::Enterprise => {
                CreditCode::parse(typed.tax_number, demo).map(|code| Some(code.as_str().to_owned()))
            }
            TitleKind::Person if typed.tax_number.trim().is_empty() => Ok(None),
            TitleKind::Person => Err(Book::TitlePerson.into()),
        };
        let email = match typed.email.trim() {
            "" => Ok(None),
            typed => Field::Email.read(typed, demo).map(Some),
        };
        match (name, tax_number, email) {
            (Ok(name), Ok(tax_number), Ok(email)) => Ok(Self {
                kind: typed.kind,
                name,
                tax_number,
                email,
            }),
            (name, tax_number, email) => Err([name.err(), tax_number.err(), email.err()]
                .into_iter()
                .flatten()
                .collect()),
        }
    }
}

fn person(typed: &str) -> Result<String, Refused> {
    let name = line(typed, TITLE_CHARS).ok().flatten();
    name.ok_or(Book::TitleName.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_6_1_a_an_entry_has_what_was_filled_in() {
        let typed = |name: &str, phone: &str| {
            vec![
                (Field::ContactName, name.to_owned()),
                (Field::Phone, phone.to_owned()),
                (Field::Email, " ".to_owned()),
            ]
        };
        let read = entry(&typed(" 林女士 ", "100-0000-0001"), true);
        let want = vec![
            (Field::ContactName, "林女士".to_owned()),
            (Field::Phone, "10000000001".to_owned()),
        ];
        assert_eq!(read, Ok(want));
        assert_eq!(entry(&typed("", " "), true), Err(vec![Book::Empty.into()]));
        let both = entry(&typed("林\u{202e}", "123"), true);
        assert_eq!(
            both,
            Err(vec![Refused::ShareName, Refused::SharePhoneNotFictional])
        );
    }

    #[test]
    fn clause_2_6_1_a_a_title_names_a_person_or_an_enterprise() {
        let read = |kind, name: &str, tax_number: &str, email: &str| {
            Title::read(
                TypedTitle {
                    kind,
                    name,
                    tax_number,
                    email,
                },
                true,
            )
        };
        let code = "91999999MAD3650188";
        let title = read(
            TitleKind::Enterprise,
            "星渚软件（演示）",
            code,
            "fp@demo.qifu365.example",
        );
        assert_eq!(title.expect("sound").tax_number.as_deref(), Some(code));
        let title = read(TitleKind::Person, " 林𠮷 ", "", "").expect("sound");
        assert_eq!(
            (title.name.as_str(), title.tax_number, title.email),
            ("林𠮷", None, None)
        );
        assert_eq!(
            read(TitleKind::Person, "", code, "x@"),
            Err(vec![
                Book::TitleName.into(),
                Book::TitlePerson.into(),
                Refused::ShareEmail
            ])
        );
        for name in ["", "a\nb", "林\u{200b}", "林\u{202e}", &"长".repeat(61)] {
            assert_eq!(
                read(TitleKind::Person, name, "", ""),
                Err(vec![Book::TitleName.into()]),
                "{name}"
            );
        }
        // The number of a person is no tax number, whatever its check digit says.
        let number = read(
            TitleKind::Enterprise,
            "星渚软件（演示）",
            "999999199001010016",
            "",
        );
        assert_eq!(number.map_err(|why| why[0].code()), Err("credit_code_identity"));
    }
}
