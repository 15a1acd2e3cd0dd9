//! Account pages: registration, log-in, password reset and change. A page never holds a password or a code, so none can be echoed.

use std::borrow::Cow;

use askama::Template;

use super::frame::{Frame, Lang};
use super::guard::PuzzleBox;
use super::minor::BandRow;
use super::passkey::PasskeyPart;

/// One problem with a form, shown in the summary (linking to the field) and beside the field itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The `id` of the field the problem belongs to.
    pub field: Cow<'static, str>,
    /// What is wrong and what to do, in the page's language, without the typed value.
    pub message: String,
}

impl FieldError {
    /// A problem with `field`.
    #[must_use]
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }

    /// The first message for `name`.
    #[must_use]
    pub fn find<'a>(errors: &'a [Self], name: &str) -> Option<&'a str> {
        errors
            .iter()
            .find(|e| e.field == name)
            .map(|e| e.message.as_str())
    }
}

/// `GET`/`POST /zhuce`: registration.
#[derive(Template, Clone, Debug)]
#[template(path = "account/register.html")]
pub struct RegisterPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The age bands to choose from; none is chosen beforehand.
    pub bands: Vec<BandRow>,
    /// The phone number as typed.
    pub phone: String,
    /// The account name as typed.
    pub account_name: String,
    /// Where to go afterwards.
    pub next: String,
    /// Whether a code was just sent.
    pub code_sent: bool,
    /// Advice on the refused password.
    pub advice: Vec<String>,
    /// Whether the person ticked the user agreement in this version.
    pub agreement_ticked: bool,
    /// Whether the person ticked the privacy policy in this version.
    pub policy_ticked: bool,
    /// The version of the user agreement; the value of its tick.
    pub agreement_version: String,
    /// The version of the privacy policy; the value of its tick.
    pub policy_version: String,
    /// The puzzle, if one is to be solved.
    pub puzzle: Option<PuzzleBox>,
}

impl RegisterPage {
    /// Which numbers are taken.
    #[must_use]
    pub fn phone_hint(&self) -> &'static str {
        if self.f.demo {
            self.f.lang.t(
                "100-0000-00NN 形式的虚构号码，用于登录和安全验证。",
                "A fictional number of the form 100-0000-00NN, used to log in and to confirm it is you.",
            )
        } else {
            self.f.lang.t(
                "中国大陆 11 位手机号，用于登录和安全验证。",
                "An 11-digit mainland China number, used to log in and to confirm it is you.",
            )
        }
    }

    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// An empty form and a refused one, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let empty = Self {
                f: Frame::sample(lang, lang.t("注册", "Create an account"), "/zhuce", false),
                errors: Vec::new(),
                bands: BandRow::all(lang, "", false),
                phone: String::new(),
                account_name: String::new(),
                next: "/zhanghao".to_owned(),
                code_sent: false,
                advice: Vec::new(),
                agreement_ticked: false,
                policy_ticked: false,
                agreement_version: "1.0".to_owned(),
                policy_version: "2.0".to_owned(),
                puzzle: None,
            };
            let refused = Self {
                errors: vec![
                    FieldError::new(
                        "phone",
                        lang.t("请填写 11 位手机号", "Enter an 11-digit mobile number"),
                    ),
                    FieldError::new(
                        "password",
                        lang.t("密码太容易被猜到", "This password is easy to guess"),
                    ),
                    FieldError::new(
                        "accept_policy",
                        lang.t("请阅读并勾选隐私政策", "Read and tick the privacy policy"),
                    ),
                ],
                bands: BandRow::all(lang, "adult", false),
                phone: "1380000".to_owned(),
                agreement_ticked: true,
                account_name: "星渚<b>软件</b>".to_owned(),
                code_sent: true,
                advice: vec![
                    lang.t("再加一两个不常见的词<b>", "Add another uncommon word or two <b>")
                        .to_owned(),
                ],
                puzzle: Some(PuzzleBox::sample(lang)),
                ..empty.clone()
            };
            vec![empty, refused]
        })
    }
}

/// Log-ins of a demonstration that belong together.
#[derive(Clone, Debug)]
pub struct DemoGroup {
    /// What they have in common.
    pub name: &'static str,
    /// Account names, each with what it shows.
    pub people: Vec<(&'static str, &'static str)>,
}

/// `GET`/`POST /denglu`: log-in.
#[derive(Template, Clone, Debug)]
#[template(path = "account/login.html")]
pub struct LoginPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The phone number or account name as typed.
    pub login: String,
    /// The local path to go to afterwards; empty for the start page.
    pub next: String,
    /// The demonstration's log-ins by group, name and what each shows; empty elsewhere.
    pub demo_people: Vec<DemoGroup>,
    /// Their password.
    pub demo_password: &'static str,
    /// The secret of the one with two-step log-in, in groups.
    pub demo_secret: String,
    /// How to ask a device for a passkey.
    pub passkey: PasskeyPart,
    /// The puzzle, if one is to be solved.
    pub puzzle: Option<PuzzleBox>,
}

impl LoginPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// An empty form and a refused one, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let empty = Self {
                f: Frame::sample(lang, lang.t("登录", "Log in"), "/denglu", false),
                errors: Vec::new(),
                login: String::new(),
                next: "/zhanghao".to_owned(),
                demo_people: vec![
                    DemoGroup {
                        name: lang.t("买方", "Buyers"),
                        people: vec![("林知远", lang.t("订单各状态齐全<b>", "orders in every state<b>"))],
                    },
                    DemoGroup {
                        name: lang.t("服务商", "Providers"),
                        people: vec![("青栀店主", lang.t("所有者", "owner"))],
                    },
                ],
                demo_password: "x",
                demo_secret: "ABCD EFGH".to_owned(),
                passkey: PasskeyPart::sample(),
                puzzle: None,
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "login",
                    lang.t("账号或密码不正确", "The account or the password is not right"),
                )],
                login: "xingzhu<b>".to_owned(),
                puzzle: Some(PuzzleBox::sample(lang)),
                ..empty.clone()
            };
            vec![empty, refused]
        })
    }
}

/// `GET`/`POST /mima/chongzhi`: password reset by text-message code.
#[derive(Template, Clone, Debug)]
#[template(path = "account/reset.html")]
pub struct ResetPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The phone number as typed.
    pub phone: String,
    /// Whether a code was just asked for; true also when the number has no account.
    pub code_sent: bool,
    /// Advice on the refused password.
    pub advice: Vec<String>,
    /// The puzzle, if one is to be solved.
    pub puzzle: Option<PuzzleBox>,
}

impl ResetPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// An empty form and a refused one, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let empty = Self {
                f: Frame::sample(
                    lang,
                    lang.t("重置密码", "Reset password"),
                    "/mima/chongzhi",
                    false,
                ),
                errors: Vec::new(),
                phone: String::new(),
                code_sent: false,
                advice: Vec::new(),
                puzzle: None,
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "code",
                    lang.t("验证码不正确或已过期", "The code is wrong or has expired"),
                )],
                phone: "138<b>00000001".to_owned(),
                code_sent: true,
                puzzle: Some(PuzzleBox::sample(lang)),
                ..empty.clone()
            };
            vec![empty, refused]
        })
    }
}

/// `GET`/`POST /zhanghao/mima`: password change.
#[derive(Template, Clone, Debug)]
#[template(path = "account/password.html")]
pub struct PasswordPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// Advice on the refused password.
    pub advice: Vec<String>,
}

impl PasswordPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// An empty form and a refused one, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let f = Frame::sample(
                lang,
                lang.t("修改密码", "Change password"),
                "/zhanghao/mima",
                true,
            );
            let errors = vec![FieldError::new(
                "current",
                lang.t("当前密码不正确", "The current password is not right"),
            )];
            let advice = vec![
                lang.t("不要使用公司名称<b>", "Do not use the company's name <b>")
                    .to_owned(),
            ];
            vec![
                Self {
                    f: f.clone(),
                    errors: Vec::new(),
                    advice: Vec::new(),
                },
                Self { f, errors, advice },
            ]
        })
    }
}

/// The sample values of `make` in every language.
pub(super) fn both<T>(make: impl Fn(Lang) -> Vec<T>) -> Vec<T> {
    Lang::ALL.into_iter().flat_map(make).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The start tags called `name`.
    pub fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
        let open = format!("<{name} ");
        html.match_indices(&open)
            .map(|(at, _)| &html[at..=at + html[at..].find('>').unwrap()])
            .collect()
    }

    /// The value of attribute `name` in a start tag.
    pub fn attr<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
        let open = format!(" {name}=\"");
        let from = tag.find(&open)? + open.len();
        tag[from..].split('"').next()
    }

    /// Agreement is an act of the user: a box is ticked if the user ticked it, and never otherwise.
    #[test]
    fn clause_0_7_registration_never_ticks_for_the_user() {
        for page in RegisterPage::samples() {
            let html = page.render().unwrap();
            let boxes: Vec<_> = tags(&html, "input")
                .into_iter()
                .filter(|tag| attr(tag, "type") == Some("checkbox"))
                .map(|tag| (attr(tag, "name"), tag.contains(" checked")))
                .collect();
            let given = [
                (Some("accept_agreement"), page.agreement_ticked),
                (Some("accept_policy"), page.policy_ticked),
            ];
            assert_eq!(boxes, given);
        }
    }

    #[test]
    fn a_refused_form_names_its_fields_and_keeps_the_typed_values() {
        let page = RegisterPage::samples().remove(1);
        let html = page.render().unwrap();
        assert!(html.contains("href=\"#phone\""));
        let phone = tags(&html, "input")
            .into_iter()
            .find(|t| attr(t, "id") == Some("phone"))
            .unwrap();
        assert_eq!(attr(phone, "value"), Some("1380000"));
        assert_eq!(attr(phone, "aria-invalid"), Some("true"));
        assert!(attr(phone, "aria-describedby").unwrap().contains("phone-err"));
        assert!(!html.contains("<b>软件"), "typed text must be escaped");
        let code = tags(&html, "input")
            .into_iter()
            .find(|t| attr(t, "id") == Some("code"))
            .unwrap();
        assert_eq!(attr(code, "value"), None);
        assert_eq!(attr(code, "aria-invalid"), None);
    }
}
