//! The pages of access tokens: the list with the form for a new one, and the one page that shows a
//! token's text.

use askama::Template;
use time::macros::datetime;

use super::account::FieldError;
use super::frame::{Frame, Lang};
use super::moment::Moment;

/// A live token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// The token's identifier, never its text.
    pub id: String,
    /// The name its person gave it.
    pub name: String,
    /// For whom it acts.
    pub acting: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
    /// When it ends.
    pub ends: Moment,
}

/// A scope to tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeChoice {
    /// The field's name.
    pub field: &'static str,
    /// The scope's identifier.
    pub scope: &'static str,
    /// What it allows.
    pub label: &'static str,
    /// Whether it was ticked.
    pub ticked: bool,
}

/// A life to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeChoice {
    /// Days.
    pub days: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// `GET`/`POST /zhanghao/lingpai`: the tokens and the form for a new one.
#[derive(Template, Clone, Debug)]
#[template(path = "account/tokens.html")]
pub struct TokensPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The live tokens.
    pub tokens: Vec<TokenRow>,
    /// The name as typed.
    pub token_name: String,
    /// The scopes.
    pub scopes: Vec<ScopeChoice>,
    /// The lives.
    pub lives: Vec<LifeChoice>,
}

/// `POST /zhanghao/lingpai`, done: the token's text, this once.
#[derive(Template, Clone, Debug)]
#[template(path = "account/token_new.html")]
pub struct NewTokenPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The token's text.
    pub text: String,
    /// When it ends.
    pub ends: Moment,
}

impl TokensPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// No token yet, and a refused form over one token, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let scope = |field, scope, label, ticked| ScopeChoice {
                field,
                scope,
                label,
                ticked,
            };
            let read = lang.t("读取账号概览", "read the account's overview");
            let orders = lang.t("读取订单", "read orders");
            let empty = Self {
                f: Frame::sample(
                    lang,
                    lang.t("访问令牌", "Access tokens"),
                    "/zhanghao/lingpai",
                    true,
                ),
                errors: Vec::new(),
                tokens: Vec::new(),
                token_name: String::new(),
                scopes: vec![
                    scope("account_read", "account:read", read, false),
                    scope("order_read", "order:read", orders, true),
                ],
                lives: ["30", "365"]
                    .map(|days| LifeChoice {
                        days,
                        chosen: days == "30",
                    })
                    .to_vec(),
            };
            let refused = Self {
                errors: vec![
                    FieldError::new("token_name", lang.t("请起一个名称", "Give it a name")),
                    FieldError::new("scopes", lang.t("请至少勾选一项", "Tick at least one")),
                    FieldError::new("days", lang.t("请重新选择", "Choose again")),
                ],
                tokens: vec![TokenRow {
                    id: "t1".to_owned(),
                    name: lang.t("月度报表", "Monthly report").to_owned(),
                    acting: "星渚软件（演示）<b>".to_owned(),
                    scopes: vec![orders.to_owned()],
                    created: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
                    used: None,
                    ends: Moment::of(lang, datetime!(2026-12-20 09:12 +8)),
                }],
                token_name: "<b>财务".to_owned(),
                ..empty.clone()
            };
            [empty, refused]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl NewTokenPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| Self {
            f: Frame::sample(
                lang,
                lang.t("新的访问令牌", "New access token"),
                "/zhanghao/lingpai",
                true,
            ),
            text: format!("qf_{}<b>", "0f".repeat(32)),
            ends: Moment::of(lang, datetime!(2026-12-20 09:12 +8)),
        };
        Lang::ALL.into_iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::account::tests::{attr, tags};
    use super::*;

    #[test]
    fn a_refused_form_names_its_fields_and_keeps_what_was_typed() {
        let html = TokensPage::samples().remove(1).render().expect("renders");
        for field in ["token_name", "scopes", "days"] {
            assert!(html.contains(&format!("href=\"#{field}\"")), "{field}");
        }
        assert!(!html.contains("<b>财务") && html.contains("&#60;b&#62;财务"));
        let ticked: Vec<_> = tags(&html, "input")
            .into_iter()
            .filter(|tag| tag.contains("checked"))
            .collect();
        assert_eq!(ticked.len(), 1);
        assert_eq!(attr(ticked[0], "name"), Some("order_read"));
        assert!(html.contains("action=\"/zhanghao/lingpai/t1/chexiao\""));
    }

    #[test]
    fn the_text_of_a_token_is_on_its_own_page_only() {
        let page = NewTokenPage::samples().remove(0);
        let html = page.render().expect("renders");
        assert!(html.contains(page.text.trim_end_matches("<b>")));
        for page in TokensPage::samples() {
            assert!(!page.render().expect("renders").contains("qf_"));
        }
    }
}
