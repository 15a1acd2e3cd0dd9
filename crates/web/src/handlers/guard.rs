//! What guards a log-in: the proof that acts of weight want, two-step log-in on and off, recovery
//! codes, remembered devices.

use app::Failure;
use app::account::{self, Given, NewCodes, ProofState, Security};
use axum::http::StatusCode;
use domain::Refused;
use domain::account::totp;
use privacy::purpose::{KeepSafe, ShowOwn, VerifyHolder};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Next, Token, errors_of};
use super::passkey;
use super::second::demo_codes;
use crate::failure::{Answer, in_query, local};
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::second::{
    DemoCodes, Drawn, Guard, ProofPage, RecoveryCodesPage, RememberedRow, SecondEnrolPage, SecondPage,
};
use crate::request::{Asked, Named, Posted, Visit};

const PAGE: &str = "/zhanghao/liangbu";
const ENROL: &str = "/zhanghao/liangbu/bangding";

/// The way to the proof, and from there to `page`.
pub(super) fn to_proof(page: &str) -> Answer {
    Answer::to(&format!("/zhanghao/queren?next={}", in_query(local(page))))
}

async fn proof(visit: &Visit) -> Result<ProofState, Answer> {
    let viewer = visit.viewer()?;
    let state = account::proof_state(&visit.state.app, &visit.ctx::<KeepSafe>(), viewer).await;
    state.map_err(|failure| Answer::failure(visit, &failure))
}

/// Leads to the proof before a form is filled in that would want one from this account anyway.
pub(super) async fn proof_first(visit: &Visit) -> Result<(), Answer> {
    let state = proof(visit).await?;
    if state.is_on() && !state.fresh {
        return Err(to_proof(visit.page()));
    }
    Ok(())
}

/// The failure of an act that has no form of its own to come back to.
fn refused(visit: &Visit, failure: &Failure) -> Answer {
    match failure.refusals().first() {
        Some(Refused::ProofNeeded) => to_proof(PAGE),
        Some(Refused::SecondNotNow) => Answer::to(PAGE),
        _ => Answer::failure(visit, failure),
    }
}

/// The form of the proof.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    current: String,
    #[serde(default)]
    second_code: String,
    #[serde(default)]
    recovery_code: String,
}

/// The page of the proof; `recovery` unfolds its part.
pub(super) async fn proof_page(
    visit: &Visit,
    next: &str,
    recovery: bool,
    errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let state = proof(visit).await?;
    let page = ProofPage {
        f: visit.frame(visit.lang.t("确认是您本人", "Show that it is you")),
        next: local(next).to_owned(),
        app: state.app,
        has_passkey: state.passkey,
        recovery,
        passkey: passkey::part(visit),
        demo: if state.app {
            demo_codes(visit)
        } else {
            DemoCodes::default()
        },
        errors,
    };
    let status = if page.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let answer = Answer::page(visit, status, &page);
    Ok(if state.passkey { answer.scripted() } else { answer })
}

/// `GET /zhanghao/queren`.
pub async fn proof_form(visit: Visit, Asked(Next { next }): Asked<Next>) -> Result<Answer, Answer> {
    let state = proof(&visit).await?;
    if state.fresh {
        return Ok(Answer::to(local(&next)));
    }
    proof_page(&visit, &next, false, Vec::new()).await
}

/// `POST /zhanghao/queren`.
pub async fn prove(visit: Visit, Posted(form): Posted<ProofForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao")?;
    // Without an app the one field is for a recovery code.
    let (code, recovery) = if proof(&visit).await?.app {
        (&*form.second_code, &*form.recovery_code)
    } else {
        ("", &*form.second_code)
    };
    let given = Given { code, recovery };
    let ctx = visit.ctx::<VerifyHolder>();
    match account::step_up(&visit.state.app, &ctx, viewer, &form.current, &given).await {
        Ok(renewed) => Ok(Answer::to(local(&form.next)).with_session(&visit, &renewed.token)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let recovery = !form.recovery_code.is_empty();
            proof_page(&visit, &form.next, recovery, errors).await
        }
    }
}

/// How log-in is guarded, for a page.
pub(super) fn guard(lang: Lang, security: &Security) -> Guard {
    Guard {
        on_since: [security.app_since, security.passkeys_since]
            .into_iter()
            .flatten()
            .min()
            .map(|at| Moment::of(lang, at)),
        app: security.app_since.is_some(),
        passkeys: security.passkeys,
        codes_left: security.codes_left,
        off_at: security.off_at.map(|at| Moment::of(lang, at)),
    }
}

/// The remembered devices, for a page.
pub(super) fn remembered(lang: Lang, security: Security) -> Vec<RememberedRow> {
    let row = |device: account::Remembered| RememberedRow {
        id: device.id.to_string(),
        device: device.name,
        since: Moment::of(lang, device.created_at),
        used: Moment::of(lang, device.used_at),
        ends: Moment::of(lang, device.ends_at),
    };
    security.remembered.into_iter().map(row).collect()
}

/// How the viewer's log-in is guarded.
pub(super) async fn security(visit: &Visit) -> Result<Security, Answer> {
    let viewer = visit.viewer()?;
    let seen = account::security(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    seen.map_err(|failure| Answer::failure(visit, &failure))
}

/// `GET /zhanghao/liangbu`.
pub async fn state(visit: Visit) -> Result<Answer, Answer> {
    let seen = security(&visit).await?;
    let page = SecondPage {
        f: visit.frame(visit.lang.t("两步登录", "Two-step log-in")),
        guard: guard(visit.lang, &seen),
        remembered: remembered(visit.lang, seen),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// `POST /zhanghao/liangbu`: a secret is made, and waits for its first code.
pub async fn begin(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    match account::begin_second(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer).await {
        Ok(()) => Ok(Answer::to(ENROL)),
        Err(failure) => Err(refused(&visit, &failure)),
    }
}

async fn enrol_page(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for(PAGE)?;
    let offered = match account::offered(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer).await {
        Ok(offered) => offered,
        // On already, or never begun: the page before this one says which.
        Err(Failure::NotFound) => return Ok(Answer::to(PAGE)),
        Err(failure) => return Err(refused(visit, &failure)),
    };
    let uri = totp::uri(&visit.state.settings.brand, &offered.name, &offered.secret);
    let page = SecondEnrolPage {
        f: visit.frame(visit.lang.t("绑定验证器", "Add your authenticator app")),
        secret: totp::grouped(&offered.secret),
        drawn: Drawn::of(&uri),
        uri,
        errors,
    };
    let status = if page.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(Answer::page(visit, status, &page))
}

/// `GET /zhanghao/liangbu/bangding`.
pub async fn enrol_form(visit: Visit) -> Result<Answer, Answer> {
    enrol_page(&visit, Vec::new()).await
}

/// The form of the first code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstCode {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    second_code: String,
}

/// `POST /zhanghao/liangbu/bangding`. The answer is the page of the recovery codes itself: they are not
/// stored, so there is nothing a redirect could lead to.
pub async fn confirm(visit: Visit, Posted(form): Posted<FirstCode>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let ctx = visit.ctx::<VerifyHolder>();
    match account::confirm_second(&visit.state.app, &ctx, viewer, &form.second_code).await {
        Ok(made) => Ok(codes_page(&visit, made, true)),
        Err(failure) => match failure.refusals().first() {
            Some(Refused::ProofNeeded | Refused::SecondNotNow) | None => Err(refused(&visit, &failure)),
            Some(_) => enrol_page(&visit, errors_of(&visit, &failure)?).await,
        },
    }
}

pub(super) fn codes_page(visit: &Visit, made: NewCodes, just_on: bool) -> Answer {
    let mut page = RecoveryCodesPage {
        f: visit.frame(visit.lang.t("恢复码", "Recovery codes")),
        just_on,
        codes: made.codes,
    };
    // This page's own address shows nothing twice.
    PAGE.clone_into(&mut page.f.path);
    let answer = Answer::page(visit, StatusCode::OK, &page);
    match made.renewed {
        Some(renewed) => answer.with_session(visit, &renewed.token),
        None => answer,
    }
}

/// `POST /zhanghao/liangbu/huifuma`.
pub async fn renew_codes(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    match account::renew_codes(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer).await {
        Ok(made) => Ok(codes_page(&visit, made, false)),
        Err(failure) => Err(refused(&visit, &failure)),
    }
}

/// The codes that the page showed, to be saved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    codes: String,
}

/// `POST /zhanghao/liangbu/huifuma/wenjian`.
pub async fn codes_file(visit: Visit, Posted(form): Posted<Shown>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let ctx = visit.ctx::<VerifyHolder>();
    let own = account::own_codes(&visit.state.app, &ctx, viewer, &form.codes).await;
    let codes = own.map_err(|failure| refused(&visit, &failure))?;
    let (brand, lang) = (&visit.state.settings.brand, visit.lang);
    let head = lang.t(
        "两步登录恢复码，每个只能用一次，请离线保存。",
        "Recovery codes for two-step log-in. Each is good once; keep them offline.",
    );
    let text = format!("{brand}\r\n{head}\r\n\r\n{}\r\n", codes.join("\r\n"));
    let name = "qifu365-recovery-codes.txt";
    Ok(Answer::download(
        "text/plain; charset=utf-8",
        name,
        text.into_bytes(),
    ))
}

/// `POST /zhanghao/liangbu/guanbi`.
pub async fn turn_off(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    match account::turn_off(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer).await {
        Ok(renewed) => Ok(Answer::to(PAGE).with_session(&visit, &renewed.token)),
        Err(failure) => Err(refused(&visit, &failure)),
    }
}

/// `POST /zhanghao/liangbu/baoliu`: nothing is lost, it stays on.
pub async fn keep(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let kept = account::keep_second(&visit.state.app, &visit.ctx::<KeepSafe>(), viewer).await;
    kept.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to(PAGE))
}

/// `POST /zhanghao/jizhu/{device}/chexiao`.
pub async fn forget(
    visit: Visit,
    Named(device): Named<String>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao")?;
    let device = Uuid::parse_str(&device).map_err(|_| Answer::not_found(&visit))?;
    let forgotten = account::forget_device(&visit.state.app, &visit.ctx::<KeepSafe>(), viewer, device).await;
    forgotten.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to(PAGE))
}
