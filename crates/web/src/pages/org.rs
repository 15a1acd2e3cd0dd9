//! The pages of a person's enterprises: the list, an application with its proofs, an organisation.

use askama::Template;
use time::macros::datetime;

use super::account::{FieldError, both};
use super::consent::OfferRow;
use super::frame::{Frame, Lang};
use super::moment::Moment;

/// An organisation of the reader's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationRow {
    /// The organisation.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub code: String,
    /// The reader's role.
    pub seat: &'static str,
    /// How its verification stands, as others see it.
    pub badge: &'static str,
    /// Whether that is verified.
    pub verified: bool,
    /// The verification, for owners.
    pub verification: Option<String>,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// The invitation.
    pub id: String,
    /// The organisation's name.
    pub name: String,
    /// The role.
    pub seat: &'static str,
    /// When it was sent.
    pub sent: Moment,
    /// When it is over.
    pub until: Option<Moment>,
}

/// `GET`/`POST /zhanghao/qiye`.
#[derive(Template, Clone, Debug)]
#[template(path = "org/mine.html")]
pub struct EnterprisesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The reader's organisations.
    pub organisations: Vec<OrganisationRow>,
    /// An application under way: identifier, name, state.
    pub application: Option<(String, String, &'static str)>,
    /// Invitations to the reader.
    pub invitations: Vec<InvitationRow>,
    /// Whether the reader is verified as a person.
    pub verified: bool,
    /// Whether enterprises can be verified on this site.
    pub open: bool,
    /// What is agreed to before the first step.
    pub offer: Option<OfferRow>,
}

impl EnterprisesPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, field: &str) -> Option<&str> {
        FieldError::find(&self.errors, field)
    }
}

/// What the reader may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// To fill in.
    Form,
    /// To wait for the register.
    Wait,
    /// To choose the proof.
    Choose,
    /// To tell the amount that arrived.
    Transfer,
    /// To wait for a verifier.
    Letter,
    /// To wait until the lock is over.
    Locked,
    /// To put something right.
    Rejected,
    /// Nothing: it is done.
    Verified,
    /// Nothing: it was taken back.
    Revoked,
    /// Nothing: it was given up.
    Withdrawn,
}

/// A line of what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// What.
    pub what: &'static str,
    /// What it led to.
    pub state: &'static str,
    /// Who did it.
    pub who: &'static str,
    /// What has to be put right.
    pub reasons: Vec<&'static str>,
    /// When.
    pub when: Moment,
}

/// `GET`/`POST /zhanghao/qiye/{id}`.
#[derive(Template, Clone, Debug)]
#[template(path = "org/application.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct ApplicationPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The verification.
    pub id: String,
    /// What the reader may do now.
    pub stage: Stage,
    /// How it stands, in words.
    pub state: &'static str,
    /// Whether what is filled in changes a verified enterprise.
    pub revision: bool,
    /// The organisation, once there is one.
    pub organisation: Option<String>,
    /// What has to be put right.
    pub reasons: Vec<&'static str>,
    /// Name and code that were handed in, or are verified.
    pub named: Option<(String, String)>,
    /// What was typed, or handed in before.
    pub company_name: String,
    /// What was typed, or handed in before.
    pub credit_code: String,
    /// What was typed.
    pub representative: String,
    /// What was chosen.
    pub relation: String,
    /// What was typed.
    pub bank: String,
    /// Whether transfers can be made on this site.
    pub has_bank: bool,
    /// Whether an organisation with this code is there already.
    pub claim: bool,
    /// Whether that one is verified: no transfer leads there.
    pub claims: bool,
    /// The last four digits of the account that the transfer went to.
    pub last_four: String,
    /// When it was asked for.
    pub sent: Option<Moment>,
    /// Whether the bank made it.
    pub arrived: bool,
    /// Whether the bank refused it.
    pub refused: bool,
    /// Amounts that may still be tried.
    pub tries_left: i64,
    /// What the clock does, and when.
    pub due: Option<(&'static str, Moment)>,
    /// Whether it can be taken back.
    pub can_withdraw: bool,
    /// Whether it can be put right.
    pub can_edit: bool,
    /// Whether the revocation can be appealed against.
    pub can_appeal: bool,
    /// How an appeal stands, in words; empty for none.
    pub appeal: &'static str,
    /// What happened, the latest first.
    pub steps: Vec<StepRow>,
}

impl ApplicationPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, field: &str) -> Option<&str> {
        FieldError::find(&self.errors, field)
    }

    /// The step of the way the reader is on: 1 to fill in, 2 to be checked, 3 to prove, 4 the result.
    #[must_use]
    pub const fn place(&self) -> u8 {
        match self.stage {
            Stage::Form | Stage::Rejected => 1,
            Stage::Wait => 2,
            Stage::Choose | Stage::Transfer | Stage::Letter | Stage::Locked => 3,
            Stage::Verified | Stage::Revoked | Stage::Withdrawn => 4,
        }
    }

    /// Whether a letter can be handed in now.
    #[must_use]
    pub const fn letter_open(&self) -> bool {
        matches!(self.stage, Stage::Choose | Stage::Transfer | Stage::Letter)
    }

    /// Whether a transfer can be asked for now.
    #[must_use]
    pub const fn transfer_open(&self) -> bool {
        self.has_bank && matches!(self.stage, Stage::Choose | Stage::Transfer | Stage::Letter)
    }
}

/// `GET /zhanghao/qiye/{id}/shouquanshu`.
#[derive(Template, Clone, Debug)]
#[template(path = "org/letter.html")]
pub struct LetterPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The verification.
    pub id: String,
    /// The enterprise's name.
    pub company_name: String,
    /// Its credit code.
    pub credit_code: String,
    /// What the verification is called.
    pub number: String,
}

pub(super) fn invitation(lang: Lang) -> InvitationRow {
    InvitationRow {
        id: "i1".to_owned(),
        name: "鹿鸣餐饮（演示）<b>".to_owned(),
        seat: lang.t("采购", "purchasing"),
        sent: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
        until: Some(Moment::of(lang, datetime!(2026-12-02 10:00 +8))),
    }
}

impl EnterprisesPage {
    /// With everything, with nothing yet, before the person is verified, and closed, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let full = Self {
                f: Frame::sample(lang, lang.t("我的企业", "My enterprises"), "/zhanghao/qiye", true),
                errors: Vec::new(),
                organisations: vec![
                    OrganisationRow {
                        id: "o1".to_owned(),
                        name: "星渚软件（演示）<b>".to_owned(),
                        code: "91999999MAD3650188".to_owned(),
                        seat: lang.t("所有者", "owner"),
                        badge: lang.t("已企业认证", "verified"),
                        verified: true,
                        verification: Some("v1".to_owned()),
                    },
                    OrganisationRow {
                        id: "o2".to_owned(),
                        name: "白塔贸易（演示）".to_owned(),
                        code: "91999999MAD3650263".to_owned(),
                        seat: lang.t("财务", "finance"),
                        badge: lang.t("变更核验中", "change being verified"),
                        verified: false,
                        verification: None,
                    },
                ],
                application: Some((
                    "v2".to_owned(),
                    "鹿鸣餐饮（演示）".to_owned(),
                    lang.t("验证中", "being proved"),
                )),
                invitations: vec![invitation(lang)],
                verified: true,
                open: true,
                offer: Some(OfferRow::sample(lang)),
            };
            let none = Self {
                organisations: Vec::new(),
                application: None,
                invitations: Vec::new(),
                errors: vec![FieldError::new(
                    "accept_enterprise",
                    lang.t("请勾选同意", "Tick the box"),
                )],
                ..full.clone()
            };
            let unverified = Self {
                errors: Vec::new(),
                verified: false,
                ..none.clone()
            };
            let closed = Self {
                open: false,
                ..unverified.clone()
            };
            vec![full, none, unverified, closed]
        })
    }
}

impl ApplicationPage {
    /// One to be filled in.
    fn filling(lang: Lang) -> Self {
        let at = |at| Moment::of(lang, at);
        let day = at(datetime!(2026-12-02 10:00 +8));
        Self {
            f: Frame::sample(
                lang,
                lang.t("企业认证", "Verification of an enterprise"),
                "/zhanghao/qiye/v1",
                true,
            ),
            errors: Vec::new(),
            id: "v1".to_owned(),
            stage: Stage::Form,
            state: lang.t("填写中", "draft"),
            revision: false,
            organisation: None,
            reasons: Vec::new(),
            named: None,
            company_name: String::new(),
            credit_code: String::new(),
            representative: String::new(),
            relation: String::new(),
            bank: String::new(),
            has_bank: true,
            claim: false,
            claims: false,
            last_four: String::new(),
            sent: None,
            arrived: true,
            refused: false,
            tries_left: 3,
            due: Some((lang.t("长期未继续将自动撤回：", "Given up by itself on: "), day)),
            can_withdraw: true,
            can_edit: false,
            can_appeal: false,
            appeal: "",
            steps: vec![StepRow {
                what: lang.t("开始填写", "start"),
                state: lang.t("填写中", "draft"),
                who: lang.t("申请人", "the applicant"),
                reasons: Vec::new(),
                when: at(datetime!(2026-11-25 10:00 +8)),
            }],
        }
    }

    /// Every stage, and a refused form, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let at = |at| Moment::of(lang, at);
            let day = at(datetime!(2026-12-02 10:00 +8));
            let form = Self::filling(lang);
            let refused = Self {
                errors: vec![
                    FieldError::new("credit_code", lang.t("代码有误", "There is an error")),
                    FieldError::new("licence", lang.t("只接受图片", "Pictures only")),
                    FieldError::new("relation", lang.t("请选择", "Choose one")),
                ],
                company_name: "<b>".to_owned(),
                credit_code: "91999999<b>".to_owned(),
                representative: "<b>".to_owned(),
                ..form.clone()
            };
            let named = Some(("星渚软件（演示）<b>".to_owned(), "91999999MAD3650188".to_owned()));
            let wait = Self {
                stage: Stage::Wait,
                state: lang.t("已提交", "submitted"),
                named: named.clone(),
                due: None,
                ..form.clone()
            };
            let choose = Self {
                stage: Stage::Choose,
                state: lang.t("信息一致，待验证", "register agrees, to be proved"),
                claim: true,
                ..wait.clone()
            };
            let transfer = Self {
                stage: Stage::Transfer,
                state: lang.t("验证中", "being proved"),
                last_four: "0001".to_owned(),
                sent: Some(at(datetime!(2026-11-25 11:00 +8))),
                tries_left: 2,
                claim: false,
                claims: false,
                errors: vec![FieldError::new("amount", lang.t("金额不符", "Not the amount"))],
                due: Some((lang.t("请在此之前完成：", "Prove it before: "), day)),
                ..choose.clone()
            };
            let letter = Self {
                stage: Stage::Letter,
                errors: Vec::new(),
                sent: None,
                due: None,
                ..transfer.clone()
            };
            let locked = Self {
                stage: Stage::Locked,
                state: lang.t("已锁定", "locked"),
                due: Some((lang.t("解锁时间：", "Open again: "), day)),
                ..letter.clone()
            };
            let mut all = vec![form, refused, wait, choose, transfer, letter.clone(), locked];
            all.extend(Self::decided(lang, &letter));
            all
        })
    }

    /// Decided, one way or another.
    fn decided(lang: Lang, letter: &Self) -> Vec<Self> {
        let day = Moment::of(lang, datetime!(2026-12-02 10:00 +8));
        let rejected = Self {
            stage: Stage::Rejected,
            state: lang.t("未通过", "not passed"),
            reasons: vec![
                lang.t("营业执照不清晰或不完整", "the licence cannot be read"),
                lang.t("企业名称与登记信息不一致", "the name is not the registered one"),
            ],
            can_edit: true,
            ..letter.clone()
        };
        let verified = Self {
            stage: Stage::Verified,
            state: lang.t("已企业认证", "verified"),
            revision: true,
            organisation: Some("o1".to_owned()),
            reasons: Vec::new(),
            can_edit: false,
            company_name: "星渚软件（演示）".to_owned(),
            credit_code: "91999999MAD3650188".to_owned(),
            due: Some((lang.t("下次年度复核：", "The next yearly check: "), day)),
            ..rejected.clone()
        };
        let revoked = Self {
            stage: Stage::Revoked,
            state: lang.t("已撤销", "revoked"),
            reasons: vec![lang.t(
                "提供虚假材料或冒用他人名义",
                "false documents or pretended identity",
            )],
            can_withdraw: false,
            can_appeal: true,
            revision: false,
            due: None,
            ..verified.clone()
        };
        let withdrawn = Self {
            stage: Stage::Withdrawn,
            state: lang.t("已撤回", "withdrawn"),
            reasons: Vec::new(),
            can_appeal: false,
            ..revoked.clone()
        };
        vec![rejected, verified, revoked, withdrawn]
    }
}

impl LetterPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            vec![Self {
                f: Frame::sample(
                    lang,
                    lang.t("授权书", "Letter of authorisation"),
                    "/zhanghao/qiye/v1/shouquanshu",
                    true,
                ),
                id: "v1".to_owned(),
                company_name: "星渚软件（演示）<b>".to_owned(),
                credit_code: "91999999MAD3650188".to_owned(),
                number: "QY0123456789".to_owned(),
            }]
        })
    }
}
