//! The operator's console: the frame of its pages, the way in, and its home. No page of it shows a person
//! by name, but the one field that a verifier opened.

pub mod cases;
pub mod guard;
pub mod minor;
pub mod people;
pub mod training;
pub mod work;

use askama::Template;
use time::macros::datetime;

use super::account::{FieldError, both};
use super::frame::{Frame, Lang};
use super::guard::PuzzleBox;
use super::moment::Moment;
use super::second::{DemoCodes, Drawn};

/// A room of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Where.
    pub href: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// How the training of whoever looks stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trained {
    /// Never passed.
    #[default]
    Never,
    /// Ran out then.
    Lapsed(Moment),
    /// Valid until then, which is soon.
    Soon(Moment),
    /// Valid until then.
    Valid(Moment),
}

/// What every page of the console shows of whoever is signed in; empty before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Console {
    /// By what records name them.
    pub identifier: String,
    /// Where they may go.
    pub rooms: Vec<Room>,
    /// How their training stands.
    pub trained: Trained,
}

impl Console {
    /// Somebody with every room and a training in this state.
    #[must_use]
    pub fn sample(lang: Lang, trained: Trained) -> Self {
        let room = |href, zh, en| Room {
            href,
            name: lang.t(zh, en),
        };
        Self {
            identifier: "verifier-1".to_owned(),
            rooms: vec![
                room("/guanli", "首页", "Home"),
                room("/guanli/shiming", "实名认证", "Persons"),
                room("/guanli/qiye", "企业认证", "Enterprises"),
                room("/guanli/ruzhu", "服务商入驻", "Providers"),
                room("/guanli/zizhi", "服务商资质", "Licences"),
                room("/guanli/qingqiu", "个人信息请求", "Demands"),
                room("/guanli/dingdan", "待裁决订单", "Disputes"),
                room("/guanli/renyuan", "人员", "Staff"),
                room("/guanli/peixun", "培训", "Training"),
            ],
            trained,
        }
    }

    /// Somebody whose training is valid.
    #[must_use]
    pub fn trained(lang: Lang) -> Self {
        let until = Moment::of(lang, datetime!(2027-11-23 10:00 +8));
        Self::sample(lang, Trained::Valid(until))
    }
}

macro_rules! errors_by_field {
    ($($page:ty),+) => {$(
        impl $page {
            /// The message for a field.
            #[must_use]
            pub fn err(&self, name: &str) -> Option<&str> {
                $crate::pages::account::FieldError::find(&self.errors, name)
            }
        }
    )+};
}

pub(crate) use errors_by_field;

errors_by_field!(StaffLoginPage, StaffSetupPage, StaffEnrolPage);

/// A log-in of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoLogin {
    /// The identifier.
    pub identifier: &'static str,
    /// The roles.
    pub roles: String,
    /// What it shows.
    pub shows: &'static str,
}

/// `GET`/`POST /guanli/denglu`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/login.html")]
pub struct StaffLoginPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The identifier as typed.
    pub identifier: String,
    /// The demonstration's log-ins; none elsewhere.
    pub demo_staff: Vec<DemoLogin>,
    /// Their password.
    pub demo_password: &'static str,
    /// Their codes.
    pub demo: DemoCodes,
    /// The puzzle, if one is to be solved.
    pub puzzle: Option<PuzzleBox>,
}

/// `GET`/`POST /guanli/kaitong`: identifier and set-up code.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/setup.html")]
pub struct StaffSetupPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The identifier as typed.
    pub identifier: String,
}

/// `POST /guanli/kaitong`: name, password and the authenticator app.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/enrol.html")]
pub struct StaffEnrolPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The identifier.
    pub identifier: String,
    /// The set-up code, for the next form.
    pub setup_code: String,
    /// The name as typed.
    pub display_name: String,
    /// The app's key in groups.
    pub secret: String,
    /// The address that an app on the same device opens.
    pub uri: String,
    /// The same as a QR code.
    pub drawn: Option<Drawn>,
}

/// `POST /guanli/kaitong/wancheng`: the recovery codes, this once.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/codes.html")]
pub struct StaffCodesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Whose.
    pub identifier: String,
    /// The codes.
    pub codes: Vec<String>,
}

/// How urgent a queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Nothing waits.
    Idle,
    /// There is time.
    Calm,
    /// The last working day.
    Soon,
    /// Over.
    Late,
}

/// A queue as a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueCard {
    /// Its name.
    pub name: &'static str,
    /// Where its work is.
    pub href: &'static str,
    /// How much waits.
    pub count: i64,
    /// Since when the longest waiting one does.
    pub oldest: Option<Moment>,
    /// Until when the first may.
    pub due: Option<Moment>,
    /// The clock in words.
    pub clock: String,
    /// How urgent it is.
    pub urgency: Urgency,
}

/// `GET /guanli`: what waits.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/home.html")]
pub struct StaffHomePage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// What they want to be called.
    pub name: String,
    /// What they do.
    pub roles: Vec<&'static str>,
    /// What waits.
    pub queues: Vec<QueueCard>,
    /// Whether one of the roles opens personal data.
    pub opens: bool,
}

impl StaffLoginPage {
    /// Empty, refused, and outside a demonstration, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let empty = Self {
                f: Frame::sample(
                    lang,
                    lang.t("工作人员登录", "Staff log-in"),
                    "/guanli/denglu",
                    false,
                ),
                c: Console::default(),
                errors: Vec::new(),
                identifier: String::new(),
                demo_staff: vec![DemoLogin {
                    identifier: "verifier-1",
                    roles: lang.t("认证审核", "verifier").to_owned(),
                    shows: lang.t("培训有效", "training valid"),
                }],
                demo_password: "sample-password",
                demo: DemoCodes::sample(),
                puzzle: None,
            };
            let refused = Self {
                errors: vec![FieldError::new("identifier", lang.t("不正确<b>", "Wrong <b>"))],
                identifier: "verifier<b>".to_owned(),
                ..empty.clone()
            };
            let plain = Self {
                demo_staff: Vec::new(),
                demo: DemoCodes::default(),
                ..empty.clone()
            };
            let puzzled = Self {
                errors: vec![FieldError::new(
                    "answer",
                    lang.t("请先完成安全验证", "Do the check first"),
                )],
                puzzle: Some(PuzzleBox::sample(lang)),
                ..plain.clone()
            };
            vec![empty, refused, plain, puzzled]
        })
    }
}

impl StaffSetupPage {
    /// Empty and refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let empty = Self {
                f: Frame::sample(
                    lang,
                    lang.t("开通账号", "Set up your account"),
                    "/guanli/kaitong",
                    false,
                ),
                c: Console::default(),
                errors: Vec::new(),
                identifier: String::new(),
            };
            let refused = Self {
                errors: vec![FieldError::new("setup_code", lang.t("不正确", "Wrong"))],
                identifier: "verifier<b>".to_owned(),
                ..empty.clone()
            };
            vec![empty, refused]
        })
    }
}

impl StaffEnrolPage {
    /// Empty and refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let uri = "otpauth://totp/x:verifier-1?secret=MZXW6&issuer=x";
            let empty = Self {
                f: Frame::sample(
                    lang,
                    lang.t("开通账号", "Set up your account"),
                    "/guanli/kaitong",
                    false,
                ),
                c: Console::default(),
                errors: Vec::new(),
                identifier: "verifier-1".to_owned(),
                setup_code: "0123-4567-89AB-CDEF".to_owned(),
                display_name: String::new(),
                secret: "MZXW 6YTB".to_owned(),
                drawn: Drawn::of(uri),
                uri: uri.to_owned(),
            };
            let error = |field| FieldError::new(field, lang.t("有误<b>", "Wrong <b>"));
            let refused = Self {
                errors: ["display_name", "password", "second_code"].map(error).to_vec(),
                display_name: "<b>".to_owned(),
                ..empty.clone()
            };
            vec![empty, refused]
        })
    }
}

impl StaffCodesPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            vec![Self {
                f: Frame::sample(lang, lang.t("恢复码", "Recovery codes"), "/guanli/kaitong", false),
                c: Console::default(),
                identifier: "verifier-1<b>".to_owned(),
                codes: vec!["0123-4567-89AZ".to_owned(), "AAAA-BBBB-CCCC".to_owned()],
            }]
        })
    }
}

impl StaffHomePage {
    /// Busy; trained no longer; with nothing to do; in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let at = |at| Moment::of(lang, at);
            let card = |name, href, count, urgency, clock: &str| QueueCard {
                name,
                href,
                count,
                oldest: (count > 0).then(|| at(datetime!(2026-11-20 09:12 +8))),
                due: (count > 0).then(|| at(datetime!(2026-11-24 00:00 +8))),
                clock: clock.to_owned(),
                urgency,
            };
            let busy = Self {
                f: Frame::sample(lang, lang.t("工作台", "Console"), "/guanli", false),
                c: Console::trained(lang),
                name: lang.t("小审<b>", "Xiao Shen <b>").to_owned(),
                roles: vec![lang.t("认证审核", "verifier"), lang.t("仲裁", "arbiter")],
                queues: vec![
                    card(
                        lang.t("实名认证", "Verifications"),
                        "/guanli/shiming",
                        2,
                        Urgency::Soon,
                        lang.t("今天到期", "due today"),
                    ),
                    card(
                        lang.t("个人信息请求", "Demands"),
                        "/guanli/qingqiu",
                        12,
                        Urgency::Calm,
                        lang.t("还剩 8 个工作日", "8 working days left"),
                    ),
                    card(
                        lang.t("待裁决订单", "Disputes"),
                        "/guanli/dingdan",
                        1,
                        Urgency::Late,
                        lang.t("已超时", "overdue"),
                    ),
                    card(lang.t("空", "Empty"), "/guanli/shiming", 0, Urgency::Idle, ""),
                ],
                opens: true,
            };
            let lapsed = Self {
                c: Console::sample(lang, Trained::Lapsed(at(datetime!(2026-11-20 10:00 +8)))),
                name: String::new(),
                ..busy.clone()
            };
            let soon = Self {
                c: Console::sample(lang, Trained::Soon(at(datetime!(2026-12-10 10:00 +8)))),
                ..busy.clone()
            };
            let idle = Self {
                c: Console::sample(lang, Trained::Never),
                queues: Vec::new(),
                opens: false,
                ..busy.clone()
            };
            vec![busy, lapsed, soon, idle]
        })
    }
}
