//! Two-step log-in (两步登录): the second step, the way out for whoever lost everything, the proof that
//! acts of weight want, turning it on and off, recovery codes. No page holds a code that was typed.

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};
use time::macros::datetime;

use super::account::FieldError;
use super::frame::{Frame, Lang};
use super::moment::Moment;
use super::passkey::PasskeyPart;

/// What a demonstration tells at a place where a code is asked for: whose, and which are good now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemoCodes {
    /// The account's name.
    pub name: &'static str,
    /// The code that is good now and the one after it; none outside a demonstration.
    pub codes: Vec<String>,
}

impl DemoCodes {
    /// With two codes.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            name: "沈砚秋",
            codes: vec!["000000".to_owned(), "111111".to_owned()],
        }
    }
}

macro_rules! errors_by_field {
    ($($page:ident),+) => {$(
        impl $page {
            /// The message for a field.
            #[must_use]
            pub fn err(&self, name: &str) -> Option<&str> {
                FieldError::find(&self.errors, name)
            }
        }
    )+};
}

errors_by_field!(SecondStepPage, SecondLossPage, ProofPage, SecondEnrolPage);

/// `GET`/`POST /denglu/yanzheng`: the second step of a log-in. The same for everybody, whether a
/// log-in waits or not.
#[derive(Template, Clone, Debug)]
#[template(path = "account/second_step.html")]
pub struct SecondStepPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// Where to go afterwards.
    pub next: String,
    /// Whether this device is to be remembered.
    pub remember: bool,
    /// Whether the last submission used a recovery code: its part is unfolded.
    pub recovery: bool,
    /// The demonstration's codes.
    pub demo: DemoCodes,
    /// How to ask a device for a passkey.
    pub passkey: PasskeyPart,
}

/// `GET`/`POST /denglu/yishi`: app and recovery codes are lost.
#[derive(Template, Clone, Debug)]
#[template(path = "account/second_loss.html")]
pub struct SecondLossPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The phone as typed.
    pub phone: String,
    /// Whether a code was just asked for; true also if the number is another account's.
    pub code_sent: bool,
    /// When the wait ends, if it began.
    pub off_at: Option<Moment>,
}

/// `GET`/`POST /zhanghao/queren`: the proof that it is the holder.
#[derive(Template, Clone, Debug)]
#[template(path = "account/proof.html")]
pub struct ProofPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// Where it leads back to.
    pub next: String,
    /// Whether a code of an authenticator app is asked for too.
    pub app: bool,
    /// Whether a passkey would do instead of everything.
    pub has_passkey: bool,
    /// Whether the last submission used a recovery code.
    pub recovery: bool,
    /// The demonstration's codes.
    pub demo: DemoCodes,
    /// How to ask a device for a passkey.
    pub passkey: PasskeyPart,
}

/// How log-in is guarded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Since when two-step log-in is on.
    pub on_since: Option<Moment>,
    /// Whether an authenticator app is part of it.
    pub app: bool,
    /// Passkeys.
    pub passkeys: i64,
    /// Recovery codes not yet used.
    pub codes_left: i64,
    /// When it goes because all of it was said to be lost.
    pub off_at: Option<Moment>,
}

impl Guard {
    /// Few enough recovery codes to say so.
    #[must_use]
    pub fn few(&self) -> bool {
        self.codes_left < 4
    }

    /// Off; on; on and about to go; on with a passkey alone.
    #[must_use]
    pub fn samples(lang: Lang) -> [Self; 4] {
        let on = Self {
            on_since: Some(Moment::of(lang, datetime!(2026-11-20 09:12 +8))),
            app: true,
            passkeys: 0,
            codes_left: 9,
            off_at: None,
        };
        let going = Self {
            passkeys: 2,
            codes_left: 2,
            off_at: Some(Moment::of(lang, datetime!(2026-11-30 09:12 +8))),
            ..on.clone()
        };
        let alone = Self {
            app: false,
            passkeys: 1,
            ..on.clone()
        };
        [Self::default(), on, going, alone]
    }
}

/// A remembered device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedRow {
    /// Its identifier, never its token.
    pub id: String,
    /// What its browser called it.
    pub device: String,
    /// When it was remembered.
    pub since: Moment,
    /// When it was last used.
    pub used: Moment,
    /// When it is forgotten.
    pub ends: Moment,
}

impl RememberedRow {
    /// One with markup in its name.
    #[must_use]
    pub fn sample(lang: Lang) -> Self {
        Self {
            id: "r1".to_owned(),
            device: "Firefox · Linux<b>".to_owned(),
            since: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
            used: Moment::of(lang, datetime!(2026-11-23 14:30 +8)),
            ends: Moment::of(lang, datetime!(2026-12-20 09:12 +8)),
        }
    }
}

/// `GET /zhanghao/liangbu`: how two-step log-in stands, and what can be done about it.
#[derive(Template, Clone, Debug)]
#[template(path = "account/second.html")]
pub struct SecondPage {
    /// The surrounding layout.
    pub f: Frame,
    /// How it stands.
    pub guard: Guard,
    /// The remembered devices.
    pub remembered: Vec<RememberedRow>,
}

/// A QR code as a drawing: the side in modules, quiet zone included, and the dark ones as a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The side.
    pub side: usize,
    /// The path.
    pub path: String,
}

impl Drawn {
    /// The quiet zone that readers want on every side.
    const QUIET: usize = 4;

    /// Draws a text; `None` for one too long to be drawn.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        use std::fmt::Write as _;
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (row, line) in code.to_colors().chunks(width).enumerate() {
            let mut column = 0;
            while column < width {
                let run = line[column..]
                    .iter()
                    .take_while(|colour| **colour == Color::Dark)
                    .count();
                if run > 0 {
                    let (left, top) = (column + Self::QUIET, row + Self::QUIET);
                    let _ = write!(path, "M{left} {top}h{run}v1h-{run}z");
                }
                column += run.max(1);
            }
        }
        Some(Self {
            side: width + 2 * Self::QUIET,
            path,
        })
    }
}

/// `GET`/`POST /zhanghao/liangbu/bangding`: the secret, once, and the first code.
#[derive(Template, Clone, Debug)]
#[template(path = "account/second_enrol.html")]
pub struct SecondEnrolPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The secret in groups.
    pub secret: String,
    /// The address that an app on the same device opens.
    pub uri: String,
    /// The same as a QR code.
    pub drawn: Option<Drawn>,
}

/// New recovery codes, this once.
#[derive(Template, Clone, Debug)]
#[template(path = "account/recovery_codes.html")]
pub struct RecoveryCodesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Whether two-step log-in was just turned on.
    pub just_on: bool,
    /// The codes.
    pub codes: Vec<String>,
}

impl RecoveryCodesPage {
    /// The codes as one text, to be sent back for the file.
    #[must_use]
    pub fn joined(&self) -> String {
        self.codes.join(" ")
    }
}

fn refused(lang: Lang, field: &'static str) -> FieldError {
    FieldError::new(field, lang.t("验证码不正确<b>", "The code is wrong <b>"))
}

impl SecondStepPage {
    /// An empty form and a refused one, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let empty = Self {
                f: Frame::sample(lang, lang.t("登录验证", "Second step"), "/denglu/yanzheng", false),
                errors: Vec::new(),
                next: "/zhanghao".to_owned(),
                remember: false,
                recovery: false,
                demo: DemoCodes::sample(),
                passkey: PasskeyPart::sample(),
            };
            let wrong = Self {
                errors: vec![refused(lang, "second_code")],
                remember: true,
                recovery: true,
                demo: DemoCodes::default(),
                ..empty.clone()
            };
            [empty, wrong]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl SecondLossPage {
    /// An empty form, a refused one, and the wait, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let empty = Self {
                f: Frame::sample(lang, lang.t("验证器遗失", "App lost"), "/denglu/yishi", false),
                errors: Vec::new(),
                phone: String::new(),
                code_sent: false,
                off_at: None,
            };
            let wrong = Self {
                errors: vec![refused(lang, "code")],
                phone: "100<b>".to_owned(),
                code_sent: true,
                ..empty.clone()
            };
            let waits = Self {
                off_at: Some(Moment::of(lang, datetime!(2026-11-30 09:12 +8))),
                ..empty.clone()
            };
            [empty, wrong, waits]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl ProofPage {
    /// With the password alone, refused with a second factor, and refused with a passkey, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let plain = Self {
                f: Frame::sample(
                    lang,
                    lang.t("确认是您本人", "Show that it is you"),
                    "/zhanghao/queren",
                    true,
                ),
                errors: Vec::new(),
                next: "/zhanghao/lingpai".to_owned(),
                app: false,
                has_passkey: false,
                recovery: false,
                demo: DemoCodes::default(),
                passkey: PasskeyPart::sample(),
            };
            let wrong = Self {
                errors: vec![refused(lang, "current"), refused(lang, "second_code")],
                app: true,
                demo: DemoCodes::sample(),
                ..plain.clone()
            };
            let alone = Self {
                errors: vec![refused(lang, "passkey")],
                has_passkey: true,
                ..plain.clone()
            };
            [plain, wrong, alone]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl SecondPage {
    /// Off, on, about to go, and with a passkey alone, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            Guard::samples(lang).map(|guard| Self {
                f: Frame::sample(
                    lang,
                    lang.t("两步登录", "Two-step log-in"),
                    "/zhanghao/liangbu",
                    true,
                ),
                remembered: guard
                    .on_since
                    .iter()
                    .map(|_| RememberedRow::sample(lang))
                    .collect(),
                guard,
            })
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl SecondEnrolPage {
    /// The secret, and after a wrong code, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let uri = "otpauth://totp/a:b?secret=MZXW6YTBOI&issuer=a";
            let fresh = Self {
                f: Frame::sample(
                    lang,
                    lang.t("绑定验证器", "Add an app"),
                    "/zhanghao/liangbu/bangding",
                    true,
                ),
                errors: Vec::new(),
                secret: "MZXW 6YTB OI".to_owned(),
                uri: uri.to_owned(),
                drawn: Drawn::of(uri),
            };
            let wrong = Self {
                errors: vec![refused(lang, "second_code")],
                drawn: None,
                ..fresh.clone()
            };
            [fresh, wrong]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl RecoveryCodesPage {
    /// After turning it on and after a renewal, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            [true, false].map(|just_on| Self {
                f: Frame::sample(
                    lang,
                    lang.t("恢复码", "Recovery codes"),
                    "/zhanghao/liangbu",
                    true,
                ),
                just_on,
                codes: vec!["0123-4567-89AB".to_owned(), "CDEF-GHJK-<b>".to_owned()],
            })
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_its_quiet_zone_and_every_dark_module() {
        let drawn = Drawn::of("otpauth://totp/a:b?secret=MZXW6YTBOI&issuer=a").expect("drawn");
        assert!(drawn.side >= 21 + 8);
        // The corner's finder begins with seven dark modules in a row.
        assert!(drawn.path.starts_with("M4 4h7v1h-7z"), "{}", &drawn.path[..40]);
        assert_eq!(Drawn::of(&"x".repeat(4_000)), None);
    }

    #[test]
    fn what_was_typed_as_a_code_is_on_no_page() {
        for page in SecondStepPage::samples() {
            let html = page.render().expect("renders");
            let inputs = super::super::account::tests::tags(&html, "input");
            for tag in inputs
                .iter()
                .filter(|tag| tag.contains("_code\"") && !tag.contains("hidden"))
            {
                assert!(!tag.contains(" value="), "{tag}");
            }
        }
    }
}
