//! A child as the guardian sees it, and the guardian's steps: prove, read, consent or refuse, look, correct,
//! copy, take back (2.7.a, 2.7.b).

use app::account::Documents;
use app::minor::{self, Child, Ticks};
use app::rights;
use domain::account::offer::{GUARDIAN_ACCOUNT, GUARDIAN_MESSAGES, Offer, REAL_NAME};
use domain::minor::{Band, Event, State};
use policy::ChildRules;
use privacy::consent::{ConsentState, Standing};
use privacy::purpose::{KeepAccount, ObeyLaw, ShowOwn, VerifyHolder};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Token, errors_of, status_of};
use super::consent::{document_name, shown, version};
use super::minor::{ROOM, row};
use super::overview::access_row;
use super::register::documents;
use super::rights::{copy_document, portion};
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::consent::OfferRow;
use crate::pages::frame::Lang;
use crate::pages::minor::{ChildPage, SaidRow, Turn, TurnRow};
use crate::pages::moment::Moment;
use crate::request::{Named, Posted, Visit};

fn offer_row(lang: Lang, offer: &Offer) -> OfferRow {
    let zh = lang == Lang::Zh;
    OfferRow {
        id: offer.id,
        name: offer.name.get(zh),
        what: offer.what.get(zh),
        why: offer.why.get(zh),
        who: offer.who.get(zh),
        how_long: offer.how_long.get(zh),
        without: offer.without.get(zh),
        state: "",
        until: None,
        can_give: true,
        can_refuse: true,
        can_withdraw: false,
    }
}

fn offers(visit: &Visit, child: &Child) -> Vec<OfferRow> {
    let mut all = vec![&GUARDIAN_ACCOUNT, &GUARDIAN_MESSAGES];
    if child.line.guardianship.band == Band::Teen && visit.state.app.identity.is_some() {
        all.push(&REAL_NAME);
    }
    all.into_iter()
        .map(|offer| offer_row(visit.lang, offer))
        .collect()
}

fn side(lang: Lang, side: &str) -> &'static str {
    match side {
        "minor" => lang.t("未成年人", "the minor"),
        "guardian" => lang.t("监护人", "the guardian"),
        "officer" => lang.t("个人信息保护负责人", "the privacy officer"),
        _ => lang.t("系统", "the program"),
    }
}

#[derive(Default)]
struct Shown {
    errors: Vec<FieldError>,
    code_sent: bool,
    account_name: String,
}

fn page_of(visit: &Visit, child: &Child, account: Uuid, shown: Shown) -> ChildPage {
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let turn = match child.line.guardianship.state {
        State::Proven => Turn::Read,
        State::Informed => Turn::Consent,
        State::Active => Turn::Active,
        _ => Turn::Prove,
    };
    let act = |state| match state {
        ConsentState::Given => lang.t("同意", "agreed"),
        ConsentState::Refused => lang.t("不同意", "refused"),
        ConsentState::Withdrawn => lang.t("撤回", "withdrew"),
    };
    let teen = child.line.guardianship.band == Band::Teen;
    let certify = turn == Turn::Active && teen && visit.state.app.identity.is_some();
    ChildPage {
        f: visit.frame(&child.line.number),
        errors: shown.errors,
        row: row(lang, &child.line),
        turn,
        phone: child.phone.clone(),
        code_sent: shown.code_sent,
        rules_version: ChildRules::in_force().version,
        offers: if turn == Turn::Consent {
            offers(visit, child)
        } else {
            Vec::new()
        },
        needed: 2,
        portions: child
            .portions
            .iter()
            .filter_map(|stored| portion(lang, stored.table, stored.rows, ""))
            .collect(),
        openings: child
            .openings
            .iter()
            .map(|opening| access_row(visit, account, opening.clone()))
            .collect(),
        said: child
            .consents
            .iter()
            .map(|event| SaidRow {
                id: event.id.to_string(),
                document: document_name(lang, &event.document),
                act: act(event.state),
                version: event.version.clone(),
                hash: event.text_hash.chars().take(12).collect(),
                when: Moment::of(lang, event.at),
                receipt: child.receipts.get(&event.id).copied().unwrap_or_default(),
            })
            .collect(),
        steps: child
            .events
            .iter()
            .map(|step| TurnRow {
                when: Moment::of(lang, step.at),
                what: step.event.label(zh),
                who: side(lang, &step.side),
            })
            .collect(),
        content: child.content,
        account: child.line.account,
        can_fifteen: child.may.contains(&Event::TurnFifteen),
        can_adult: child.may.contains(&Event::ComeOfAge),
        certify: certify.then_some(matches!(child.certify, Standing::Given { .. })),
        account_name: shown.account_name,
    }
}

async fn show(visit: &Visit, id: &str, mut shown: Shown) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(visit, id)?;
    let found = minor::child(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer, id).await;
    let child = found.map_err(|failure| Answer::failure(visit, &failure))?;
    for error in &mut shown.errors {
        let fields: &[&str] = match child.line.guardianship.state {
            State::Told => &["code", "statement"],
            State::Proven => &["read"],
            State::Informed => &["guardian_account", "guardian_messages"],
            State::Active => &["sure", "account_name", "current"],
            _ => &[],
        };
        let there = fields.contains(&&*error.field)
            && (child.content || !["account_name", "current"].contains(&&*error.field));
        if !there {
            error.field = "guardian".into();
        }
    }
    let page = page_of(visit, &child, viewer.account, shown);
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

fn parse(visit: &Visit, id: &str) -> Result<Uuid, Answer> {
    Uuid::parse_str(id).map_err(|_| Answer::not_found(visit))
}

fn back(id: Uuid) -> Answer {
    Answer::to(&format!("{ROOM}/{id}"))
}

async fn or_show(visit: &Visit, id: Uuid, done: Result<(), app::Failure>) -> Result<Answer, Answer> {
    match done {
        Ok(()) => Ok(back(id)),
        Err(failure) => {
            let shown = Shown {
                errors: errors_of(visit, &failure)?,
                ..Shown::default()
            };
            show(visit, &id.to_string(), shown).await
        }
    }
}

/// `GET /zhanghao/jianhu/{id}`.
pub async fn view(visit: Visit, Named(id): Named<String>) -> Result<Answer, Answer> {
    show(&visit, &id, Shown::default()).await
}

/// A code, and the guardian's statement. The code is not kept.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProveForm {
    csrf: String,
    code: String,
    statement: String,
}

/// `POST /zhanghao/jianhu/{id}/yanzhengma`.
pub async fn code(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<ProveForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let of = parse(&visit, &id)?;
    let sent = minor::send_code(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer, of).await;
    let shown = match sent {
        Ok(()) => Shown {
            code_sent: true,
            ..Shown::default()
        },
        Err(failure) => Shown {
            // A phone that is asked too often is the one of this account.
            errors: errors_of(&visit, &failure)?
                .into_iter()
                .map(|error| FieldError::new("code", error.message))
                .collect(),
            ..Shown::default()
        },
    };
    show(&visit, &id, shown).await
}

/// `POST /zhanghao/jianhu/{id}/queren`.
pub async fn prove(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<ProveForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(&visit, &id)?;
    let said = (form.code.as_str(), !form.statement.is_empty());
    let ctx = visit.ctx::<VerifyHolder>();
    let proved = minor::prove(&visit.state.app, &ctx, viewer, id, said).await;
    or_show(&visit, id, proved).await
}

/// That the rules were read.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadForm {
    csrf: String,
    read: String,
}

/// `POST /zhanghao/jianhu/{id}/guize`.
pub async fn read_rules(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<ReadForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(&visit, &id)?;
    let (version, ctx) = (version(&visit), visit.ctx::<KeepAccount>());
    let operator = visit.state.settings.operator_name.clone();
    let said = (!form.read.is_empty(), operator.as_str(), shown(&visit, &version));
    let read = minor::read_rules(&visit.state.app, &ctx, viewer, id, said).await;
    or_show(&visit, id, read).await
}

/// The ticks, purpose by purpose.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentForm {
    csrf: String,
    guardian_account: String,
    guardian_messages: String,
    real_name: String,
}

/// `POST /zhanghao/jianhu/{id}/tongyi`.
pub async fn consent(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<ConsentForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(&visit, &id)?;
    let (version, ctx) = (version(&visit), visit.ctx::<KeepAccount>());
    let accepted: Documents = documents(&visit)?;
    let ticks = Ticks {
        account: !form.guardian_account.is_empty(),
        messages: !form.guardian_messages.is_empty(),
        certify: !form.real_name.is_empty(),
    };
    let said = (ticks, &accepted, shown(&visit, &version));
    let consented = minor::consent(&visit.state.app, &ctx, viewer, id, said).await;
    or_show(&visit, id, consented).await
}

/// `POST /zhanghao/jianhu/{id}/jujue`.
pub async fn refuse(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(&visit, &id)?;
    let refused = minor::refuse_request(&visit.state.app, &visit.ctx::<ObeyLaw>(), viewer, id).await;
    match refused {
        Ok(()) => Ok(Answer::to(ROOM)),
        Err(failure) => or_show(&visit, id, Err(failure)).await,
    }
}

/// Whether it is meant.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SureForm {
    csrf: String,
    sure: String,
    event: String,
}

/// `POST /zhanghao/jianhu/{id}/chehui`.
pub async fn withdraw(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<SureForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(&visit, &id)?;
    let (version, ctx) = (version(&visit), visit.ctx::<ObeyLaw>());
    let said = (!form.sure.is_empty(), shown(&visit, &version));
    match minor::withdraw(&visit.state.app, &ctx, viewer, id, said).await {
        Ok(Some(number)) => Ok(Answer::to(&format!("/zhuxiao/{number}"))),
        Ok(None) => Ok(Answer::to(ROOM)),
        Err(failure) => or_show(&visit, id, Err(failure)).await,
    }
}

/// `POST /zhanghao/jianhu/{id}/nianling`.
pub async fn grow(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<SureForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(&visit, &id)?;
    let event = Event::parse(&form.event).ok_or_else(|| Answer::not_found(&visit))?;
    let ctx = visit.ctx::<KeepAccount>();
    let grown = minor::grow(&visit.state.app, &ctx, viewer, id, (event, !form.sure.is_empty())).await;
    if grown.is_ok() && event == Event::ComeOfAge {
        return Ok(Answer::to(ROOM));
    }
    or_show(&visit, id, grown).await
}

/// A choice.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChoiceForm {
    csrf: String,
    choice: String,
}

/// `POST /zhanghao/jianhu/{id}/shiming`.
pub async fn certify(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<ChoiceForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(&visit, &id)?;
    let give = match form.choice.as_str() {
        "give" => true,
        "withdraw" => false,
        _ => return Err(Answer::not_found(&visit)),
    };
    let (version, ctx) = (version(&visit), visit.ctx::<KeepAccount>());
    let said = (give, shown(&visit, &version));
    let certified = minor::certify(&visit.state.app, &ctx, viewer, id, said).await;
    or_show(&visit, id, certified).await
}

/// A name for the child, and the guardian's own password.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NameForm {
    csrf: String,
    account_name: String,
    current: String,
}

/// `POST /zhanghao/jianhu/{id}/mingcheng`.
pub async fn rename(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<NameForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let of = parse(&visit, &id)?;
    let typed = (form.account_name.as_str(), form.current.as_str());
    let ctx = visit.ctx::<VerifyHolder>();
    match minor::rename_child(&visit.state.app, &ctx, viewer, of, typed).await {
        Ok(()) => Ok(back(of)),
        Err(failure) => {
            let shown = Shown {
                errors: errors_of(&visit, &failure)?,
                account_name: form.account_name.chars().take(64).collect(),
                code_sent: false,
            };
            show(&visit, &id, shown).await
        }
    }
}

/// The guardian's own password.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordForm {
    csrf: String,
    current: String,
}

/// `POST /zhanghao/jianhu/{id}/fuben`: the archive itself.
pub async fn copy(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<PasswordForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ROOM)?;
    let id = parse(&visit, &id)?;
    let (verify, show) = (visit.ctx::<VerifyHolder>(), visit.ctx::<ShowOwn>());
    match minor::copy_of_child(&visit.state.app, &verify, &show, viewer, (id, &form.current)).await {
        Ok(made) => {
            let page = copy_document(&visit, &made)?;
            let archive = rights::bundle(&made, &page);
            let archive = archive.map_err(|failure| Answer::failure(&visit, &failure))?;
            Ok(Answer::download("application/zip", "qifu365-copy.zip", archive))
        }
        Err(failure) => or_show(&visit, id, Err(failure)).await,
    }
}

/// `GET /zhanghao/jianhu/{id}/pingzheng/{event}`.
pub async fn receipt(visit: Visit, Named((id, event)): Named<(Uuid, Uuid)>) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for(ROOM)?;
    let controller = super::log::controller(&visit);
    let ctx = visit.ctx::<ShowOwn>();
    let made = minor::receipt_of_child(&visit.state.app, &ctx, viewer, (id, event), &controller).await;
    let receipt = made.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(super::log::download(&receipt))
}
