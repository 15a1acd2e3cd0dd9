//! The page of consents: the documents, the optional offers, and everything that was said.

use askama::Template;
use time::macros::datetime;

use super::frame::{Frame, Lang};
use super::moment::Moment;

/// One of the two documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// Its name.
    pub name: String,
    /// Where it is read.
    pub href: &'static str,
    /// The version accepted last: the one that rules the reader (2.9.b).
    pub version: String,
    /// When.
    pub when: Moment,
}

/// Something that may be agreed to, and where the reader stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferRow {
    /// Its name in the address.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What is done, with which data.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
    /// Who receives it.
    pub who: &'static str,
    /// How long.
    pub how_long: &'static str,
    /// What a no means.
    pub without: &'static str,
    /// Where the reader stands.
    pub state: &'static str,
    /// Until when, if agreed.
    pub until: Option<Moment>,
    /// Whether it can be agreed to now.
    pub can_give: bool,
    /// Whether it can be refused now.
    pub can_refuse: bool,
    /// Whether it can be taken back now.
    pub can_withdraw: bool,
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// About what.
    pub document: String,
    /// What.
    pub act: &'static str,
    /// The version of the text.
    pub version: String,
    /// The beginning of the hash of the text that was shown.
    pub text_hash: String,
    /// When.
    pub when: Moment,
}

/// `GET /zhanghao/tongyi`.
#[derive(Template, Clone, Debug)]
#[template(path = "account/consents.html")]
pub struct ConsentsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The two documents.
    pub documents: Vec<DocumentRow>,
    /// The offers.
    pub offers: Vec<OfferRow>,
    /// Everything said, newest first.
    pub history: Vec<EventRow>,
}

impl OfferRow {
    /// An offer as yet undecided.
    #[must_use]
    pub fn sample(lang: Lang) -> Self {
        Self {
            id: "login_alert",
            name: lang.t("登录提醒短信", "Text message after a log-in"),
            what: lang.t("每次登录后发送一条短信。", "A message after each log-in."),
            why: lang.t("及时发现他人登录。<b>", "To notice a stranger's log-in. <b>"),
            who: lang.t("短信服务商。", "The sender of text messages."),
            how_long: lang.t("一年，可随时撤回。", "One year, withdrawn at any time."),
            without: lang.t("不同意也可使用全部功能。", "Everything works without it."),
            state: lang.t("尚未选择", "not decided"),
            until: None,
            can_give: true,
            can_refuse: true,
            can_withdraw: false,
        }
    }
}

impl ConsentsPage {
    /// Undecided, and agreed to, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let event = |document: &str, act| EventRow {
                document: document.to_owned(),
                act,
                version: "2020-11-01".to_owned(),
                text_hash: "9f2c41d07ab3".to_owned(),
                when: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
            };
            let policy = lang.t("隐私政策", "Privacy policy");
            let open = Self {
                f: Frame::sample(lang, lang.t("授权与同意", "Consents"), "/zhanghao/tongyi", true),
                documents: vec![DocumentRow {
                    name: policy.to_owned(),
                    href: "/zhengce",
                    version: "2020-11-01".to_owned(),
                    when: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
                }],
                offers: vec![OfferRow::sample(lang)],
                history: vec![event(policy, lang.t("同意", "agreed"))],
            };
            let given = Self {
                offers: vec![OfferRow {
                    state: lang.t("已同意", "agreed"),
                    until: Some(Moment::of(lang, datetime!(2027-11-20 09:12 +8))),
                    can_give: false,
                    can_refuse: false,
                    can_withdraw: true,
                    ..OfferRow::sample(lang)
                }],
                history: vec![
                    event(
                        lang.t("登录提醒短信<b>", "Text message after a log-in <b>"),
                        lang.t("同意", "agreed"),
                    ),
                    event(policy, lang.t("同意", "agreed")),
                ],
                ..open.clone()
            };
            [open, given]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::account::tests::{attr, tags};
    use super::*;

    /// PIPL 14, 15: a no is as easy as a yes, and taking back as easy as giving.
    #[test]
    fn clause_2_1_1_g_yes_no_and_back_are_equal_buttons() {
        let buttons = |page: &ConsentsPage| {
            let html = page.render().expect("renders");
            let found = tags(&html, "button").into_iter();
            let found = found.filter(|tag| attr(tag, "name") == Some("choice"));
            let read = |tag: &str, name| attr(tag, name).unwrap_or_default().to_owned();
            found
                .map(|tag| (read(tag, "value"), read(tag, "class")))
                .collect::<Vec<_>>()
        };
        let samples = ConsentsPage::samples();
        let (open, given) = (buttons(&samples[0]), buttons(&samples[1]));
        let values =
            |buttons: &[(String, String)]| buttons.iter().map(|(value, _)| value.clone()).collect::<Vec<_>>();
        assert_eq!(values(&open), ["give", "refuse"]);
        assert_eq!(values(&given), ["withdraw"]);
        assert_eq!(open[0].1, open[1].1);
        assert_eq!(open[0].1, given[0].1);
        assert!(!open[0].1.is_empty());
    }
}
