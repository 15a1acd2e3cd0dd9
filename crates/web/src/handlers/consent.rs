//! What the account's holder agreed to: list, give, refuse, take back.

use app::account::{self, Choice, Choices, Shown};
use axum::http::StatusCode;
use domain::account::offer::Offer;
use privacy::consent::{ConsentEvent, ConsentState, Origin, Standing};
use privacy::purpose::{KeepAccount, ShowOwn};
use serde::Deserialize;

use crate::failure::Answer;
use crate::pages::consent::{ConsentsPage, DocumentRow, EventRow, OfferRow};
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::request::{Named, Posted, Visit};

const PAGE: &str = "/zhanghao/tongyi";

pub(super) fn version(visit: &Visit) -> String {
    let version = visit.state.version();
    version.map(|version| version.id.clone()).unwrap_or_default()
}

/// What the viewer was asked and said. A browser that asks in general not to give data away is
/// heard before anything is asked.
///
/// # Errors
/// A page for the failure, or the way to the log-in page.
pub(super) async fn choices(visit: &Visit) -> Result<Choices, Answer> {
    let viewer = visit.viewer()?;
    let (app, version) = (&visit.state.app, version(visit));
    let failed = |failure| Answer::failure(visit, &failure);
    if visit.opts_out {
        let ctx = visit.ctx::<KeepAccount>();
        account::heed_signal(app, &ctx, viewer, shown(visit, &version))
            .await
            .map_err(failed)?;
    }
    account::choices(app, &visit.ctx::<ShowOwn>(), viewer)
        .await
        .map_err(failed)
}

pub(super) fn shown<'a>(visit: &Visit, version: &'a str) -> Shown<'a> {
    Shown {
        version,
        lang: visit.lang.code(),
        zh: visit.lang == Lang::Zh,
    }
}

/// An offer as pages show it.
pub(super) fn offer_row(lang: Lang, choice: &Choice) -> OfferRow {
    let zh = lang == Lang::Zh;
    let offer = choice.offer;
    let (state, until) = match choice.standing {
        Standing::Open => (lang.t("尚未选择", "not decided"), None),
        Standing::Given { until, .. } => (
            lang.t("已同意", "agreed"),
            until.map(|until| Moment::of(lang, until)),
        ),
        Standing::Refused {
            origin: Origin::Signal,
            ..
        } => (
            lang.t(
                "未同意（按浏览器的隐私信号）",
                "not agreed (your browser's privacy signal)",
            ),
            None,
        ),
        Standing::Refused {
            origin: Origin::Restore,
            ..
        } => (
            lang.t(
                "已停用（系统恢复了旧数据），可重新选择",
                "ended (older data was put back); choose again",
            ),
            None,
        ),
        Standing::Refused { .. } => (lang.t("不同意", "refused"), None),
        Standing::Withdrawn { .. } => (lang.t("已撤回", "withdrawn"), None),
        Standing::Expired { .. } => (lang.t("已到期", "ended"), None),
    };
    OfferRow {
        id: offer.id,
        name: offer.name.get(zh),
        what: offer.what.get(zh),
        why: offer.why.get(zh),
        who: offer.who.get(zh),
        how_long: offer.how_long.get(zh),
        without: offer.without.get(zh),
        state,
        until,
        can_give: choice.standing.may_become(ConsentState::Given),
        can_refuse: choice.standing.may_become(ConsentState::Refused),
        can_withdraw: choice.standing.may_become(ConsentState::Withdrawn),
    }
}

/// What an event is about, in the reader's language.
pub(super) fn document_name(lang: Lang, document: &str) -> String {
    match document {
        "agreement" => lang.t("用户服务协议", "User agreement").to_owned(),
        "policy" => lang.t("隐私政策", "Privacy policy").to_owned(),
        "supplier_agreement" => lang
            .t(
                "服务商协议（代表企业签署）",
                "Provider agreement, signed for an enterprise",
            )
            .to_owned(),
        "supplier_undertaking" => lang
            .t(
                "个人信息处理与保密协议（代表企业签署）",
                "Undertaking on personal data, signed for an enterprise",
            )
            .to_owned(),
        "child_rules" => lang
            .t("儿童个人信息保护规则", "Rules for children’s data")
            .to_owned(),
        other => Offer::named(other).map_or_else(
            || other.to_owned(),
            |offer| offer.name.get(lang == Lang::Zh).to_owned(),
        ),
    }
}

fn event_row(lang: Lang, event: &ConsentEvent) -> EventRow {
    let act = match (event.state, event.origin) {
        (ConsentState::Given, Origin::Guardian) => lang.t("监护人同意", "the guardian agreed"),
        (ConsentState::Refused, Origin::Guardian) => lang.t("监护人不同意", "the guardian refused"),
        (ConsentState::Withdrawn, Origin::Guardian) => lang.t("监护人撤回", "the guardian withdrew"),
        (ConsentState::Given, _) => lang.t("同意", "agreed"),
        (ConsentState::Refused, Origin::Act) => lang.t("不同意", "refused"),
        (ConsentState::Refused, Origin::Signal) => {
            lang.t("按浏览器信号不同意", "refused by the browser's signal")
        }
        (ConsentState::Refused, Origin::Restore) => lang.t(
            "系统恢复旧数据后停用，可重新选择",
            "ended when older data was put back; choose again",
        ),
        (ConsentState::Withdrawn, _) => lang.t("撤回", "withdrew"),
    };
    EventRow {
        document: document_name(lang, &event.document),
        act,
        version: event.version.clone(),
        text_hash: event.text_hash.chars().take(12).collect(),
        when: Moment::of(lang, event.at),
    }
}

/// `GET /zhanghao/tongyi`.
pub async fn list(visit: Visit) -> Result<Answer, Answer> {
    let choices = choices(&visit).await?;
    let lang = visit.lang;
    let accepted = |document: &str| {
        let mut events = choices.history.iter();
        events
            .find(|event| event.document == document && event.state == ConsentState::Given)
            .map(|event| (event.version.clone(), Moment::of(lang, event.at)))
    };
    let row = |document: &str, href: &'static str| {
        let (version, when) = accepted(document)?;
        Some(DocumentRow {
            name: document_name(lang, document),
            href,
            version,
            when,
        })
    };
    let page = ConsentsPage {
        f: visit.frame(lang.t("授权与同意", "Consents")),
        documents: [row("agreement", "/xieyi"), row("policy", "/zhengce")]
            .into_iter()
            .flatten()
            .collect(),
        offers: choices
            .offers
            .iter()
            .map(|choice| offer_row(lang, choice))
            .collect(),
        history: choices
            .history
            .iter()
            .map(|event| event_row(lang, event))
            .collect(),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// A choice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    choice: String,
}

/// `POST /zhanghao/tongyi/{offer}`.
pub async fn choose(
    visit: Visit,
    Named(offer): Named<String>,
    Posted(form): Posted<ChoiceForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let state = match form.choice.as_str() {
        "give" => ConsentState::Given,
        "refuse" => ConsentState::Refused,
        "withdraw" => ConsentState::Withdrawn,
        _ => return Err(Answer::not_found(&visit)),
    };
    let (version, ctx) = (version(&visit), visit.ctx::<KeepAccount>());
    let chosen = account::choose(
        &visit.state.app,
        &ctx,
        viewer,
        &offer,
        state,
        shown(&visit, &version),
    );
    chosen
        .await
        .map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to(PAGE))
}
