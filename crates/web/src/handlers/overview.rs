//! The account page, and the lists behind it: who opened one's data, what was corrected, log-ins.

use app::account::{self, Place, SessionState};
use axum::http::StatusCode;
use domain::account::offer::{ENTERPRISE, REAL_NAME, SUPPLIER};
use domain::calendar::day_text;
use privacy::PurposeId;
use privacy::purpose::{KeepSafe, ShowOwn};
use serde::Deserialize;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::account::{Token, among, field_name, purpose_name, reason_name, who};
use super::share::supplier_name;
use super::{consent, guard};
use crate::failure::Answer;
use crate::pages::frame::Lang;
use crate::pages::history::{ChangeRow, ChangesPage, Choice, LoginRow, LoginsPage, OpeningsPage};
use crate::pages::moment::Moment;
use crate::pages::overview::{
    AccessRow, AccountPage, ConsentRow, MembershipRow, ReceiptLink, RecoveryRow, SessionRow,
};
use crate::request::{Asked, Posted, Visit};

/// Openings shown on the account page; the others are on their own.
const LATEST: usize = 5;
/// The purposes under which something of a person is opened.
const OPENING: [PurposeId; 8] = [
    PurposeId::ShowOwn,
    PurposeId::VerifyHolder,
    PurposeId::Notify,
    PurposeId::FulfilContract,
    PurposeId::KeepAccount,
    PurposeId::KeepSafe,
    PurposeId::Certify,
    PurposeId::ObeyLaw,
];

/// A wish for a new number as pages show it.
pub(super) fn recovery_row(lang: Lang, waiting: account::Waiting) -> RecoveryRow {
    RecoveryRow {
        phone: waiting.phone,
        asked: Moment::of(lang, waiting.asked_at),
        due: Moment::of(lang, waiting.due_at),
    }
}

fn role_name(lang: Lang, role: &str) -> &'static str {
    match role {
        "owner" => lang.t("店主", "owner"),
        "admin" => lang.t("管理员", "administrator"),
        "sales" => lang.t("销售", "sales"),
        "delivery" => lang.t("交付", "delivery"),
        "finance" => lang.t("财务", "finance"),
        _ => lang.t("成员", "member"),
    }
}

/// The reason and the case of what staff opened; empty for others.
fn why(lang: Lang, opening: &app::account::Opening) -> String {
    let Some(reason) = &opening.reason else {
        return String::new();
    };
    let reason = format!("{}{}", lang.t("理由：", "reason: "), reason_name(lang, reason));
    match opening.case.filter(|_| opening.purpose == "certify") {
        Some(case) => format!(
            "{reason}{}{}",
            lang.t("；案件 ", "; case "),
            domain::staff::case_signs(case)
        ),
        None => reason,
    }
}

pub(super) fn access_row(visit: &Visit, account: Uuid, opening: app::account::Opening) -> AccessRow {
    let lang = visit.lang;
    let own = opening.actor_account == Some(account);
    let fields: Vec<&str> = opening
        .fields
        .split(',')
        .map(|field| field_name(lang, field))
        .collect();
    let why = why(lang, &opening);
    // Nobody else opens somebody's data under that purpose but the guardian of a minor.
    let guardian = opening.actor_kind == "person" && !own && opening.purpose == "show_own";
    let who = if guardian {
        lang.t("监护人", "the guardian").to_owned()
    } else {
        who(lang, &opening.actor_kind, own)
    };
    AccessRow {
        who: among(lang, who, opening.people),
        fields: fields.join(lang.t("、", ", ")),
        purpose: purpose_name(lang, &opening.purpose).to_owned(),
        clause: opening.clause,
        why,
        when: Moment::of(lang, opening.at),
    }
}

/// `GET /zhanghao` (2.6.1, 2.5.1.e).
pub async fn overview(visit: Visit) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    // A general no of the browser is heard before anything is asked.
    let asked = consent::choices(&visit).await?;
    let seen = account::overview(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let seen = seen.map_err(|failure| Answer::failure(&visit, &failure))?;
    let dealings = account::dealings(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let dealings = dealings.map_err(|failure| Answer::failure(&visit, &failure))?;
    let called = account::display_name(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let lang = visit.lang;
    let security = guard::security(&visit).await?;
    let sessions = seen.devices.into_iter().map(|device| SessionRow {
        id: device.session.to_string(),
        device: device.name,
        started: Moment::of(lang, device.created_at),
        last_seen: Moment::of(lang, device.seen_at),
        current: device.current,
    });
    // Verification is offered where it is needed, and asked for nowhere else.
    let asked = asked.offers.iter().filter(|choice| {
        choice.may_ask && ![REAL_NAME.id, ENTERPRISE.id, SUPPLIER.id].contains(&choice.offer.id)
    });
    let offers = asked.map(|choice| consent::offer_row(lang, choice)).collect();
    let consents = seen.consents.into_iter().rev().map(|event| ConsentRow {
        document: consent::document_name(lang, &event.document),
        version: event.version,
        text_hash: event.text_hash.chars().take(12).collect(),
        when: Moment::of(lang, event.at),
        receipt: match seen.receipts.get(&event.id) {
            Some(true) => ReceiptLink::Ready(event.id.to_string()),
            Some(false) => ReceiptLink::Soon,
            None => ReceiptLink::Never,
        },
    });
    let latest = seen.openings.into_iter().take(LATEST);
    let memberships = dealings
        .memberships
        .into_iter()
        .map(|(supplier, role)| MembershipRow {
            href: format!("/fuwushang/{supplier}"),
            name: supplier_name(&visit, supplier),
            role: role_name(lang, &role),
        });
    let page = AccountPage {
        f: visit.frame(lang.t("我的账号", "My account")),
        account_name: seen.name,
        display_name: called.map_err(|failure| Answer::failure(&visit, &failure))?,
        phone_masked: seen.phone,
        recovery: dealings.recovery.map(|waiting| recovery_row(lang, waiting)),
        memberships: memberships.collect(),
        sessions: sessions.collect(),
        guard: guard::guard(lang, &security),
        remembered: guard::remembered(lang, security),
        orders: dealings.bought.0,
        orders_open: dealings.bought.1,
        offers,
        consents: consents.collect(),
        access: latest
            .map(|opening| access_row(&visit, viewer.account, opening))
            .collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// Where in a list a page begins, and what it is narrowed to.
#[derive(Default, Deserialize)]
pub struct Query {
    #[serde(default)]
    qian: String,
    #[serde(default)]
    yongtu: String,
}

impl Query {
    /// The place; above everything for an address that names none, or none that can be read.
    fn place(&self) -> Option<Place> {
        let (at, id) = self.qian.split_once('-')?;
        let micros: i128 = at.parse::<i64>().ok()?.into();
        Some(Place {
            at: OffsetDateTime::from_unix_timestamp_nanos(micros * 1_000).ok()?,
            id: Uuid::parse_str(id).ok()?,
        })
    }

    /// Whether it is the first page.
    pub(super) fn is_first(&self) -> bool {
        self.place().is_none()
    }

    pub(super) fn from(&self) -> Place {
        self.place().unwrap_or(Place::TOP)
    }
}

pub(super) fn cursor(place: Place) -> String {
    format!("{}-{}", place.at.unix_timestamp_nanos() / 1_000, place.id)
}

/// `GET /zhanghao/chakan` (2.5.1.e).
pub async fn openings(visit: Visit, Asked(query): Asked<Query>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let lang = visit.lang;
    let purpose = OPENING
        .into_iter()
        .find(|purpose| purpose.as_str() == query.yongtu);
    let ctx = visit.ctx::<ShowOwn>();
    let found = account::openings(&visit.state.app, &ctx, viewer, purpose, query.from()).await;
    let found = found.map_err(|failure| Answer::failure(&visit, &failure))?;
    let choice = |known: PurposeId| Choice {
        value: known.as_str(),
        label: purpose_name(lang, known.as_str()).to_owned(),
        chosen: Some(known) == purpose,
    };
    let page = OpeningsPage {
        f: visit.frame(lang.t("谁看过我的信息", "Who has seen my information")),
        purposes: OPENING.into_iter().map(choice).collect(),
        first: query.place().is_none(),
        next: found.next.map(cursor),
        rows: found
            .rows
            .into_iter()
            .map(|opening| access_row(&visit, viewer.account, opening))
            .collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// `GET /zhanghao/xiugai` (2.6.2.a).
pub async fn changes(visit: Visit, Asked(query): Asked<Query>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let lang = visit.lang;
    let ctx = visit.ctx::<ShowOwn>();
    let found = account::changes(&visit.state.app, &ctx, viewer, query.from()).await;
    let found = found.map_err(|failure| Answer::failure(&visit, &failure))?;
    let rows = found.rows.into_iter().map(|change| ChangeRow {
        what: change.what.label(lang == Lang::Zh),
        who: who(lang, &change.actor_kind, true),
        reason: change.reason,
        when: Moment::of(lang, change.at),
    });
    let page = ChangesPage {
        f: visit.frame(lang.t("修改记录", "Record of changes")),
        rows: rows.collect(),
        next: found.next.map(cursor),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

fn day(lang: Lang, day: &str) -> String {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    Date::parse(day, form).map_or_else(|_| day.to_owned(), |day| day_text(day, lang == Lang::Zh))
}

/// `GET /zhanghao/denglu` (2.2.3.d).
pub async fn logins(visit: Visit, Asked(query): Asked<Query>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let lang = visit.lang;
    let found = account::logins(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer, query.from()).await;
    let found = found.map_err(|failure| Answer::failure(&visit, &failure))?;
    let rows = found.events.rows.into_iter().map(|login| LoginRow {
        device: login.device,
        when: Moment::of(lang, login.at),
        state: match login.state {
            SessionState::Current => lang.t("本机，使用中", "this device, in use"),
            SessionState::Live => lang.t("登录中", "logged in"),
            SessionState::Ended => lang.t("已退出", "logged out"),
            SessionState::Expired => lang.t("已过期", "expired"),
        },
    });
    let failures = found.failures.into_iter();
    let page = LoginsPage {
        f: visit.frame(lang.t("登录记录", "Log-ins")),
        rows: rows.collect(),
        failures: failures.map(|(on, times)| (day(lang, &on), times)).collect(),
        first: query.place().is_none(),
        next: found.events.next.map(cursor),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// `POST /zhanghao/huihua/tuichu`: every other device.
pub async fn end_others(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao")?;
    let ended = account::end_others(&visit.state.app, &visit.ctx::<KeepSafe>(), viewer).await;
    ended.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to("/zhanghao"))
}
