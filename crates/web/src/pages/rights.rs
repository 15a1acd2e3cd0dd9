//! The pages of a person's rights: the privacy centre, the copy, closing the account, the
//! certificate of an erasure.

use askama::Template;
use time::macros::datetime;

use super::account::FieldError;
use super::frame::{Frame, Lang};
use super::moment::Moment;
use super::share::DemandRow;

/// What a table is called where people read of it; `None` for one that is nobody's.
#[must_use]
pub fn table_name(lang: Lang, table: &str) -> Option<&'static str> {
    Some(match table {
        "account" => lang.t("账号资料", "Account"),
        "blind_index" => lang.t("登录查找索引", "Look-up index"),
        "session" => lang.t("登录设备", "Devices logged in"),
        "account_change" => lang.t("修改记录", "Record of changes"),
        "phone_proof" => lang.t("更换手机号的验证", "Proof before a change of the number"),
        "phone_recovery" => lang.t("手机号找回申请", "Replacement of a lost number"),
        "address_entry" => lang.t("地址簿", "Address book"),
        "invoice_title" => lang.t("发票抬头", "Invoice titles"),
        "profile" => lang.t("显示名", "Display name"),
        "login_failure" => lang.t("登录失败次数", "Log-ins that failed"),
        "guard_sighting" => lang.t("安全守卫的信号", "Signals of the security guard"),
        "guard_decision" => lang.t("安全守卫的决定", "Decisions of the security guard"),
        "api_token" => lang.t("访问令牌", "Access tokens"),
        "authenticator" => lang.t("两步登录的验证器", "Authenticator app of two-step log-in"),
        "recovery_code" => lang.t("恢复码（仅校验值）", "Recovery codes (check values only)"),
        "passkey" => lang.t("通行密钥", "Passkeys"),
        "passkey_ceremony" => lang.t("等待应答的通行密钥挑战", "Challenges that wait for a passkey"),
        "second_loss" => lang.t("两步登录遗失申请", "Wish to end a lost two-step log-in"),
        "login_pending" => lang.t("等待第二步的登录", "Log-ins that wait for their second step"),
        "remembered_device" => lang.t("记住的设备", "Remembered devices"),
        "one_time_code" => lang.t("验证码记录", "One-time codes"),
        "message_outbox" => lang.t("发给您的消息", "Messages to you"),
        "attempt" => lang.t("尝试次数记录", "Counted attempts"),
        "consent_event" => lang.t("授权与同意记录", "Consents"),
        "access_record" | "bulk_access_subject" | "bulk_access" => {
            lang.t("谁在何时为何看过您的信息", "Who opened your data, when and why")
        }
        "membership" => lang.t("服务商成员身份", "Memberships of providers"),
        "organisation_member" => lang.t("所在企业与角色", "Organisations and roles"),
        "organisation_invitation" => lang.t("发出的企业邀请", "Invitations sent"),
        "organisation_event" => lang.t("企业成员变动中与您的关联", "Your part in changes of members"),
        "enterprise_verification" => lang.t("企业认证申请", "Applications for enterprises"),
        "enterprise_verification_event" => lang.t(
            "企业认证经过中与您的关联",
            "Your part in verifications of enterprises",
        ),
        "supplier_paper" => lang.t("服务商资质材料", "Papers of providers"),
        "supplier_signature" => lang.t("服务商协议签署", "Signatures for providers"),
        "supplier_event" => lang.t("服务商办理经过", "Steps taken for providers"),
        "enterprise_paper" => lang.t("企业认证材料", "Papers of enterprises"),
        "spending_request" => lang.t("下单审批申请", "Wishes for orders above a limit"),
        "spending_approval" => lang.t("您同意的下单申请", "Orders above a limit that you approved"),
        "person_verification" => lang.t("实名认证", "Real-name verification"),
        "age_band" => lang.t("年龄段", "Age band"),
        "guardianship" => lang.t("监护人同意", "Guardian’s consent"),
        "guardianship_event" => lang.t("监护人同意的经过", "What happened to the guardian’s consent"),
        "staff_approval" => lang.t("主管批准查看的记录", "Approvals of openings by staff"),
        "person_verification_event" => lang.t("实名认证的经过", "What happened to the verification"),
        "service_order" => lang.t("订单", "Orders"),
        "order_milestone" => lang.t("订单阶段", "Milestones of orders"),
        "order_event" => lang.t("订单进展与说明", "Steps of orders and notes"),
        "order_posting" => lang.t("订单款项", "Money of orders"),
        "order_notice" => lang.t("订单提醒", "Reminders of orders"),
        "disclosure" => lang.t("信息共享记录", "Record of who received your data"),
        "staff" => lang.t("工作人员账号", "Staff account"),
        "order_note_copy" => lang.t("您一方的订单备注副本", "Your side's copies of notes on orders"),
        "order_share" => lang.t("提供给服务商的联系方式", "Contact details given to providers"),
        "recipient_demand" => lang.t(
            "对接收方的删除与更正要求",
            "What recipients were asked to delete or correct",
        ),
        "account_closure" => lang.t("注销申请", "Requests to close the account"),
        "erasure" => lang.t("删除记录", "Erasure"),
        "legal_hold" => lang.t("依法封存", "Legal holds"),
        "log_entry" | "log_leaf" => lang.t("透明日志条目", "Entries of the transparency log"),
        _ => return None,
    })
}

/// `GET /zhanghao/yinsi`: every right, one click away (2.6.0).
#[derive(Template, Clone, Debug)]
#[template(path = "account/privacy.html")]
pub struct PrivacyPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The number of the wish to close the account, if one waits.
    pub closing: Option<String>,
}

/// A line of what is there: a name and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// What it is.
    pub name: String,
    /// How many rows.
    pub rows: i64,
    /// Why it stays, and until when; empty if it goes.
    pub kept: String,
}

/// `GET`/`POST /zhanghao/fuben`: what the copy holds, and the password.
#[derive(Template, Clone, Debug)]
#[template(path = "account/copy.html")]
pub struct CopyPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// What there is.
    pub portions: Vec<Portion>,
}

/// A wish that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub number: String,
    /// When it was received.
    pub asked: Moment,
    /// By when it is answered.
    pub due: Option<Moment>,
}

/// Something that stands in the way of closing the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockerRow {
    /// The order's number.
    pub number: String,
    /// When it no longer does; `None` while the order goes on.
    pub clears: Option<Moment>,
}

/// `GET`/`POST /zhanghao/zhuxiao`: what would happen, what stands in the way, and the password.
#[derive(Template, Clone, Debug)]
#[template(path = "account/close.html")]
pub struct ClosePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// What stands in the way.
    pub blockers: Vec<BlockerRow>,
    /// Organisations whose only owner the reader is: identifier and name.
    pub organisations: Vec<(String, String)>,
    /// What goes.
    pub going: Vec<Portion>,
    /// What a law keeps.
    pub staying: Vec<Portion>,
    /// Notes of which another party has a copy.
    pub copies: i64,
    /// The wish that waits.
    pub pending: Option<Waiting>,
}

/// A value kept under a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// What.
    pub what: String,
    /// The article.
    pub article: String,
    /// Until when.
    pub until: Moment,
}

/// `GET /zhuxiao/{number}`: what was erased, what stays, what the search found.
#[derive(Template, Clone, Debug)]
#[template(path = "account/certificate.html")]
pub struct CertificatePage {
    /// The surrounding layout.
    pub f: Frame,
    /// The number.
    pub number: String,
    /// Whether it was done again after older data was put back.
    pub restored: bool,
    /// When it was asked for.
    pub asked: Moment,
    /// When everything became unreadable; `None` if not yet.
    pub unreadable: Option<Moment>,
    /// When it ended; `None` if not yet.
    pub ended: Option<Moment>,
    /// What went.
    pub removed: Vec<Portion>,
    /// What stays.
    pub kept: Vec<Portion>,
    /// What is sealed apart.
    pub held: Vec<HoldRow>,
    /// Notes of which another party has a copy.
    pub copies: i64,
    /// Columns, files and identifiers of the search; `None` before it.
    pub probe: Option<(usize, usize, usize)>,
    /// Where the search found something.
    pub found: Vec<String>,
    /// What those who had received something were asked.
    pub demands: Vec<DemandRow>,
    /// Whether there is a receipt.
    pub receipt: bool,
}

impl CopyPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }
}

impl ClosePage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }
}

fn portion(lang: Lang, table: &str, rows: i64, kept: &str) -> Portion {
    Portion {
        name: table_name(lang, table).unwrap_or_default().to_owned(),
        rows,
        kept: kept.to_owned(),
    }
}

impl PrivacyPage {
    /// With and without a wish that waits, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let title = lang.t("隐私中心", "Privacy centre");
            let page = |closing| Self {
                f: Frame::sample(lang, title, "/zhanghao/yinsi", true),
                closing,
            };
            [page(None), page(Some("7K2M9P4X1NQF0Z3T<b>".to_owned()))]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl CopyPage {
    /// Fresh and refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let title = lang.t("获取个人信息副本", "Copy of your data");
            let fresh = Self {
                f: Frame::sample(lang, title, "/zhanghao/fuben", true),
                errors: Vec::new(),
                portions: vec![
                    portion(lang, "account", 1, ""),
                    portion(lang, "service_order", 12, ""),
                    Portion {
                        name: "<b>".to_owned(),
                        rows: 3,
                        kept: String::new(),
                    },
                ],
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "current",
                    lang.t("密码不正确", "The password is wrong"),
                )],
                ..fresh.clone()
            };
            [fresh, refused]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl ClosePage {
    /// Free to close, blocked, and waiting, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let title = lang.t("注销账号", "Close the account");
            let free = Self {
                f: Frame::sample(lang, title, "/zhanghao/zhuxiao", true),
                errors: Vec::new(),
                blockers: Vec::new(),
                organisations: Vec::new(),
                going: vec![portion(lang, "account", 1, ""), portion(lang, "session", 2, "")],
                staying: vec![portion(
                    lang,
                    "service_order",
                    3,
                    lang.t("交易完成后三年<b>", "three years after the order<b>"),
                )],
                copies: 2,
                pending: None,
            };
            let blocked = Self {
                errors: vec![FieldError::new(
                    "current",
                    lang.t("密码不正确", "The password is wrong"),
                )],
                blockers: vec![
                    BlockerRow {
                        number: "QF7K2M9P4X1N".to_owned(),
                        clears: None,
                    },
                    BlockerRow {
                        number: "QF3T8W5R2B6J".to_owned(),
                        clears: Some(Moment::of(lang, datetime!(2027-03-02 09:12 +8))),
                    },
                ],
                organisations: vec![("o1".to_owned(), "星渚软件（演示）<b>".to_owned())],
                ..free.clone()
            };
            let waiting = Self {
                errors: Vec::new(),
                pending: Some(Waiting {
                    number: "7K2M9P4X1NQF0Z3T".to_owned(),
                    asked: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
                    due: Some(Moment::of(lang, datetime!(2026-12-04 10:00 +8))),
                }),
                ..blocked.clone()
            };
            [free, blocked, waiting]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl CertificatePage {
    /// Under way, done, and with something found, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let title = lang.t("删除证明", "Certificate of erasure");
            let begun = Self {
                f: Frame::sample(lang, title, "/zhuxiao/7K2M9P4X1NQF0Z3T", false),
                number: "7K2M9P4X1NQF0Z3T<b>".to_owned(),
                restored: false,
                asked: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
                unreadable: None,
                ended: None,
                removed: Vec::new(),
                kept: Vec::new(),
                held: Vec::new(),
                copies: 0,
                probe: None,
                found: Vec::new(),
                demands: Vec::new(),
                receipt: false,
            };
            let done = Self {
                unreadable: Some(Moment::of(lang, datetime!(2026-11-25 10:00 +8))),
                ended: Some(Moment::of(lang, datetime!(2026-11-25 10:01 +8))),
                removed: vec![portion(lang, "account", 1, ""), portion(lang, "session", 2, "")],
                kept: vec![portion(
                    lang,
                    "service_order",
                    3,
                    lang.t("交易完成后三年", "three years after the order"),
                )],
                held: vec![HoldRow {
                    what: lang.t("订单说明", "A note on an order").to_owned(),
                    article: lang
                        .t("电子商务法第三十一条", "E-Commerce Law, article 31")
                        .to_owned(),
                    until: Moment::of(lang, datetime!(2029-05-28 10:00 +8)),
                }],
                copies: 2,
                probe: Some((74, 3, 5)),
                demands: DemandRow::samples(lang),
                receipt: true,
                ..begun.clone()
            };
            let found = Self {
                restored: true,
                ended: None,
                found: vec!["job.error".to_owned()],
                ..done.clone()
            };
            [begun, done, found]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_belongs_to_a_person_has_a_name() {
        for owned in storage::rights::owned() {
            for lang in Lang::ALL {
                assert!(table_name(lang, owned.table).is_some(), "{}", owned.table);
            }
        }
    }

    #[test]
    fn clause_2_6_0_every_right_is_one_click_from_the_centre() {
        let html = PrivacyPage::samples().remove(0).render().expect("renders");
        for path in [
            "/zhanghao",
            "/zhanghao/fuben",
            "/zhanghao/zhuxiao",
            "/zhanghao/tongyi",
            "/zhanghao/mima",
            "/dingdan",
            "/lianxi",
        ] {
            assert!(html.contains(&format!("href=\"{path}\"")), "{path}");
        }
    }
}
