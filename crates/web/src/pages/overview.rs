//! The account page: what there is about a person, and the way to every part of it.

use askama::Template;
use time::macros::datetime;

use super::account::both;
use super::consent::OfferRow;
use super::frame::{Frame, Lang};
use super::moment::Moment;
use super::second::{Guard, RememberedRow};

/// One logged-in device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The public handle of the session, never its token.
    pub id: String,
    /// A coarse description such as the browser family.
    pub device: String,
    /// When the log-in happened.
    pub started: Moment,
    /// When it was last used.
    pub last_seen: Moment,
    /// Whether this request came through it.
    pub current: bool,
}

/// One consent record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRow {
    /// The document's name in the page's language.
    pub document: String,
    /// Its version.
    pub version: String,
    /// The beginning of the hash of the text that was shown.
    pub text_hash: String,
    /// When it was recorded.
    pub when: Moment,
    /// Its receipt.
    pub receipt: ReceiptLink,
}

/// The receipt of a consent record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptLink {
    /// It can be had, under this event.
    Ready(String),
    /// The record waits for the log's next signature.
    Soon,
    /// The record is from before there was a log.
    Never,
}

/// One entry of the access log the account can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// What kind of party looked.
    pub who: String,
    /// Which fields.
    pub fields: String,
    /// What for.
    pub purpose: String,
    /// The policy clause that permits it.
    pub clause: String,
    /// The reason and case of staff; empty for others.
    pub why: String,
    /// When.
    pub when: Moment,
}

impl AccessRow {
    /// One of support.
    #[must_use]
    pub fn sample(lang: Lang) -> Self {
        Self {
            who: lang.t("平台客服<b>", "Platform support <b>").to_owned(),
            fields: lang.t("手机号（遮盖）", "Mobile number (masked)").to_owned(),
            purpose: lang.t("处理工单", "Answering a ticket").to_owned(),
            clause: "2.1".to_owned(),
            why: lang
                .t("理由：本人请求<b>", "reason: the person asked <b>")
                .to_owned(),
            when: Moment::of(lang, datetime!(2026-11-22 10:05 +8)),
        }
    }
}

/// A supplier the account works for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipRow {
    /// The supplier's page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// The role there.
    pub role: &'static str,
}

/// A wish for a new number that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryRow {
    /// The new number, masked.
    pub phone: String,
    /// When it was asked for.
    pub asked: Moment,
    /// When it is carried out.
    pub due: Moment,
}

impl RecoveryRow {
    /// One that waits.
    #[must_use]
    pub fn sample(lang: Lang) -> Self {
        Self {
            phone: "100****0077".to_owned(),
            asked: Moment::of(lang, datetime!(2026-11-23 10:00 +8)),
            due: Moment::of(lang, datetime!(2026-11-30 10:00 +8)),
        }
    }
}

/// `GET /zhanghao`: the account, and the way to everything about it (2.6.1).
#[derive(Template, Clone, Debug)]
#[template(path = "account/account.html")]
pub struct AccountPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The account name.
    pub account_name: String,
    /// The name the person wants to be called by; empty for none.
    pub display_name: String,
    /// The phone number, already masked.
    pub phone_masked: String,
    /// The wish for a new number that waits.
    pub recovery: Option<RecoveryRow>,
    /// The suppliers the account works for.
    pub memberships: Vec<MembershipRow>,
    /// The logged-in devices.
    pub sessions: Vec<SessionRow>,
    /// How log-in is guarded.
    pub guard: Guard,
    /// The remembered devices.
    pub remembered: Vec<RememberedRow>,
    /// Orders placed in all.
    pub orders: i64,
    /// Those that have not ended.
    pub orders_open: i64,
    /// What the account may be asked now.
    pub offers: Vec<OfferRow>,
    /// The consent records, newest first.
    pub consents: Vec<ConsentRow>,
    /// The latest of the access log, newest first.
    pub access: Vec<AccessRow>,
}

impl AccountPage {
    /// A full overview and a new account's, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let session = |id: &str, device: &str, current| SessionRow {
                id: id.to_owned(),
                device: device.to_owned(),
                started: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
                last_seen: Moment::of(lang, datetime!(2026-11-23 14:30 +8)),
                current,
            };
            let full = Self {
                f: Frame::sample(lang, lang.t("我的账号", "My account"), "/zhanghao", true),
                account_name: lang.t("星渚软件<b>", "Xingzhu Software <b>").to_owned(),
                display_name: lang.t("阿远<b>", "Yuan <b>").to_owned(),
                phone_masked: "138****0001".to_owned(),
                recovery: Some(RecoveryRow::sample(lang)),
                memberships: vec![MembershipRow {
                    href: "/fuwushang/1".to_owned(),
                    name: lang.t("青栀财税<b>", "Qingzhi <b>").to_owned(),
                    role: lang.t("店主", "owner"),
                }],
                sessions: vec![
                    session("s1", "Firefox · Linux", true),
                    session("s2", "Safari · iOS", false),
                ],
                guard: Guard::samples(lang)[2].clone(),
                remembered: vec![RememberedRow::sample(lang)],
                orders: 12,
                orders_open: 2,
                offers: vec![OfferRow::sample(lang)],
                consents: vec![ConsentRow {
                    document: lang.t("隐私政策", "Privacy policy").to_owned(),
                    version: "2.0".to_owned(),
                    text_hash: "9f2c41d07ab3".to_owned(),
                    when: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
                    receipt: ReceiptLink::Ready("7d5f4a10-0000-4000-8000-000000000000".to_owned()),
                }],
                access: vec![AccessRow::sample(lang)],
            };
            let fresh = Self {
                display_name: String::new(),
                recovery: None,
                memberships: Vec::new(),
                sessions: vec![session("s1", "Firefox · Linux", true)],
                guard: Guard::default(),
                remembered: Vec::new(),
                orders: 0,
                orders_open: 0,
                offers: Vec::new(),
                consents: Vec::new(),
                access: Vec::new(),
                ..full.clone()
            };
            vec![full, fresh]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_devices_can_be_revoked() {
        let html = AccountPage::samples().remove(0).render().unwrap();
        assert!(html.contains("action=\"/zhanghao/huihua/s2/chexiao\""));
        assert!(!html.contains("/huihua/s1/"));
    }
}
