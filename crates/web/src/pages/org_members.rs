//! The page of an organisation and its members.

use askama::Template;
use time::macros::datetime;

use super::account::{FieldError, both};
use super::frame::{Frame, Lang};
use super::moment::Moment;
use super::org::{InvitationRow, invitation};

/// A role to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatRow {
    /// Its word.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// The account.
    pub account: String,
    /// What they want to be called.
    pub name: String,
    /// Whether it is the reader.
    pub own: bool,
    /// Their role.
    pub seat: &'static str,
    /// Since when.
    pub since: Moment,
    /// The roles the reader may give them.
    pub seats: Vec<SeatRow>,
    /// Whether the reader may end their membership.
    pub can_remove: bool,
    /// Limits of their own, for whoever sets limits.
    pub limits: Option<String>,
    /// The form of their limits, if they purchase and the reader sets limits.
    pub form: Option<LimitsRow>,
}

/// Limits as a form shows them, in yuan; empty for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsRow {
    /// For one order.
    pub once: String,
    /// For a month.
    pub month: String,
    /// How many have to approve what is above.
    pub approvals: String,
}

/// Something that happened to the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// When.
    pub when: Moment,
    /// To whom.
    pub who: String,
    /// What.
    pub what: &'static str,
    /// The role after it; empty for none.
    pub seat: &'static str,
    /// By whom; empty for themself.
    pub by: String,
}

/// `GET`/`POST /zhanghao/zuzhi/{id}`.
#[derive(Template, Clone, Debug)]
#[template(path = "org/organisation.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the page asks, one by one")]
pub struct OrganisationPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The organisation.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub code: String,
    /// How its verification stands.
    pub badge: &'static str,
    /// Whether that is verified.
    pub verified: bool,
    /// The verification, for owners.
    pub verification: Option<String>,
    /// The reader's role.
    pub seat: &'static str,
    /// Whether the reader has a part in selling.
    pub sells: bool,
    /// How many members there are.
    pub count: usize,
    /// Members of this page.
    pub members: Vec<MemberRow>,
    /// The number of the next page, if there is one.
    pub next: Option<usize>,
    /// Invitations that wait.
    pub invitations: Vec<InvitationRow>,
    /// The roles the reader may invite to.
    pub may_invite: Vec<SeatRow>,
    /// What happened, the latest first.
    pub history: Vec<HistoryRow>,
    /// Whether the reader may dissolve it.
    pub can_dissolve: bool,
    /// Whether the session acts for it now.
    pub acting: bool,
    /// The limits of everybody who purchases, for whoever sets them.
    pub limits: Option<LimitsRow>,
    /// What was typed.
    pub phone: String,
}

impl OrganisationPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, field: &str) -> Option<&str> {
        FieldError::find(&self.errors, field)
    }
}

fn sample_members(lang: Lang, since: Moment, seats: &[SeatRow]) -> Vec<MemberRow> {
    vec![
        MemberRow {
            account: "a1".to_owned(),
            name: "知远".to_owned(),
            own: true,
            seat: lang.t("所有者", "owner"),
            since,
            seats: seats.to_vec(),
            can_remove: false,
            limits: None,
            form: None,
        },
        MemberRow {
            account: "a2".to_owned(),
            name: "小满<b>".to_owned(),
            own: false,
            seat: lang.t("采购", "purchasing"),
            since,
            seats: seats.to_vec(),
            can_remove: true,
            limits: Some(lang.t("单笔 ¥8,000.00<b>", "one order ¥8,000.00<b>").to_owned()),
            form: Some(LimitsRow {
                once: "8000.00".to_owned(),
                month: String::new(),
                approvals: "0".to_owned(),
            }),
        },
    ]
}

impl OrganisationPage {
    /// As an owner sees it, refused, and as a member who may do little, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let since = Moment::of(lang, datetime!(2026-11-25 10:00 +8));
            let seat = |word, zh, en| SeatRow {
                word,
                name: lang.t(zh, en),
            };
            let seats = vec![
                seat("owner", "所有者", "owner"),
                seat("admin", "管理员", "administrator"),
                seat("buyer", "采购", "purchasing"),
                seat("viewer", "只读成员", "viewer"),
            ];
            let owner = Self {
                f: Frame::sample(lang, "星渚软件（演示）", "/zhanghao/zuzhi/o1", true),
                errors: Vec::new(),
                id: "o1".to_owned(),
                name: "星渚软件（演示）<b>".to_owned(),
                code: "91999999MAD3650188".to_owned(),
                badge: lang.t("已企业认证", "verified"),
                verified: true,
                verification: Some("v1".to_owned()),
                seat: lang.t("所有者", "owner"),
                sells: true,
                count: 2,
                members: sample_members(lang, since, &seats),
                next: Some(1),
                invitations: vec![invitation(lang)],
                may_invite: seats,
                history: vec![HistoryRow {
                    when: since,
                    who: "小满".to_owned(),
                    what: lang.t("接受邀请加入", "joined by invitation"),
                    seat: lang.t("采购", "purchasing"),
                    by: lang.t("您", "you").to_owned(),
                }],
                can_dissolve: true,
                acting: true,
                limits: Some(LimitsRow {
                    once: "5000.00".to_owned(),
                    month: String::new(),
                    approvals: "1".to_owned(),
                }),
                phone: String::new(),
            };
            let refused = Self {
                errors: vec![
                    FieldError::new("phone", lang.t("手机号有误", "Not a number")),
                    FieldError::new("seat", lang.t("请选择角色", "Choose a role")),
                    FieldError::new("h-members", lang.t("至少一位所有者", "An owner stays")),
                    FieldError::new("limit", lang.t("额度有误", "No amount")),
                    FieldError::new("approvals", lang.t("人数有误", "Not so many")),
                ],
                phone: "100<b>".to_owned(),
                ..owner.clone()
            };
            let mut member = Self {
                verification: None,
                seat: lang.t("只读成员", "viewer"),
                invitations: Vec::new(),
                may_invite: Vec::new(),
                history: Vec::new(),
                can_dissolve: false,
                next: None,
                limits: None,
                acting: false,
                verified: false,
                badge: lang.t("未认证", "not verified"),
                ..owner.clone()
            };
            for row in &mut member.members {
                row.seats.clear();
                row.can_remove = false;
                (row.limits, row.form) = (None, None);
                row.own = !row.own;
            }
            vec![owner, refused, member]
        })
    }
}
