//! What a buyer may give the supplier of an order, field by field (2.4.1.3): a name to ask for, a
//! phone, a mail address, a place to come to. None is needed for the order itself.

use time::{Duration, OffsetDateTime};

use crate::Refused;
use crate::account::phone::Phone;
use crate::org::book::office_phone;

/// How long after the end of an order a share still stands.
pub const AFTER_END: Duration = Duration::days(30);
/// The longest value, in characters.
pub const MOST_CHARS: usize = 120;

/// A field that may be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Whom to ask for.
    ContactName,
    /// Where to call.
    Phone,
    /// Where to write.
    Email,
    /// Where to come to.
    Address,
}

impl Field {
    /// Every field, in the order in which forms show them.
    pub const ALL: [Self; 4] = [Self::ContactName, Self::Phone, Self::Email, Self::Address];

    /// The stable identifier: the column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContactName => "contact_name",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address => "address",
        }
    }

    /// The field as the register names it, as the one field of a disclosure.
    #[must_use]
    pub const fn registered(self) -> &'static [&'static str] {
        match self {
            Self::ContactName => &["order_share.contact_name"],
            Self::Phone => &["order_share.phone"],
            Self::Email => &["order_share.email"],
            Self::Address => &["order_share.address"],
        }
    }

    /// The field read back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == text)
    }

    /// Its name, in Chinese or English.
    #[must_use]
    pub const fn label(self, zh: bool) -> &'static str {
        match (self, zh) {
            (Self::ContactName, true) => "联系人称呼",
            (Self::ContactName, false) => "Whom to ask for",
            (Self::Phone, true) => "联系电话",
            (Self::Phone, false) => "Phone",
            (Self::Email, true) => "电子邮箱",
            (Self::Email, false) => "Mail address",
            (Self::Address, true) => "上门或收件地址",
            (Self::Address, false) => "Address for visits or post",
        }
    }

    /// What a supplier would need it for.
    #[must_use]
    pub const fn why(self, zh: bool) -> &'static str {
        match (self, zh) {
            (Self::ContactName, true) => "服务商联系您时如何称呼",
            (Self::ContactName, false) => "how the provider addresses you",
            (Self::Phone, true) => "需要电话沟通或短信通知时",
            (Self::Phone, false) => "where things have to be talked over",
            (Self::Email, true) => "需要把文件发到邮箱时",
            (Self::Email, false) => "where papers have to be mailed",
            (Self::Address, true) => "需要上门办理或邮寄材料时",
            (Self::Address, false) => "where somebody has to come, or send papers",
        }
    }

    /// Reads what was typed for this field.
    ///
    /// # Errors
    /// [`Refused::ShareName`], [`Refused::SharePhone`], [`Refused::ShareEmail`],
    /// [`Refused::ShareAddress`].
    pub fn read(self, typed: &str, demo: bool) -> Result<String, Refused> {
        let refused = match self {
            Self::ContactName => Refused::ShareName,
            Self::Phone => Refused::SharePhone,
            Self::Email => Refused::ShareEmail,
            Self::Address => Refused::ShareAddress,
        };
        if self == Self::Phone {
            // A landline is read where there is no mobile number, and never the other way round.
            return match Phone::parse(typed, demo) {
                Ok(phone) => Ok(phone.into_digits()),
                Err(_) if office_phone(typed, demo).is_ok() => office_phone(typed, demo),
                Err(Refused::PhoneNotFictional) => Err(Refused::SharePhoneNotFictional),
                Err(_) => Err(refused),
            };
        }
        let text = typed.trim();
        let count = text.chars().count();
        let plain = !text.chars().any(|sign| sign.is_control() || bidi(sign));
        let fits = match self {
            Self::ContactName => (1..=30).contains(&count),
            Self::Address => (5..=MOST_CHARS).contains(&count),
            _ => mail(text),
        };
        if plain && fits {
            Ok(text.to_owned())
        } else {
            Err(refused)
        }
    }
}

/// Signs that turn the direction of a text.
const fn bidi(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn mail(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let local = |sign: u8| sign.is_ascii_alphanumeric() || b"._%+-".contains(&sign);
    text.len() <= MOST_CHARS
        && !name.is_empty()
        && name.bytes().all(local)
        && host.contains('.')
        && host.split('.').all(word)
}

/// Until when a share may be used once its order came to an end at this instant.
#[must_use]
pub fn ends(order_ended: OffsetDateTime) -> OffsetDateTime {
    order_ended + AFTER_END
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_4_1_3_each_field_is_read_for_itself() {
        let good = [
            (Field::ContactName, " 林女士 ", "林女士"),
            (Field::Phone, "100-0000-0001", "10000000001"),
            (Field::Phone, "010-0000 0365 转 8", "010-00000365转8"),
            (
                Field::Email,
                "lin@demo.qifu365.example",
                "lin@demo.qifu365.example",
            ),
            (
                Field::Address,
                "上海市演示区示例路 365 号",
                "上海市演示区示例路 365 号",
            ),
        ];
        for (field, typed, read) in good {
            assert_eq!(field.read(typed, true).as_deref(), Ok(read));
        }
        let long = "长".repeat(MOST_CHARS + 1);
        let bad = [
            (Field::ContactName, "", Refused::ShareName),
            (Field::ContactName, "a\nb", Refused::ShareName),
            (Field::ContactName, "林\u{202e}女士", Refused::ShareName),
            (Field::ContactName, &long, Refused::ShareName),
            (Field::Phone, "123", Refused::SharePhoneNotFictional),
            (Field::Phone, "", Refused::SharePhone),
            (Field::Email, "lin", Refused::ShareEmail),
            (Field::Email, "lin@", Refused::ShareEmail),
            (Field::Email, "lin@example", Refused::ShareEmail),
            (Field::Email, "li n@example.com", Refused::ShareEmail),
            (Field::Email, "lin@-a.com", Refused::ShareEmail),
            (Field::Email, "<b>@example.com", Refused::ShareEmail),
            (Field::Address, "上海", Refused::ShareAddress),
            (Field::Address, &long, Refused::ShareAddress),
        ];
        for (field, typed, refused) in bad {
            assert_eq!(field.read(typed, true), Err(refused), "{field:?} {typed}");
        }
        assert_eq!(
            Field::Phone.read("100-0000-0001", false),
            Err(Refused::SharePhone)
        );
    }
}
