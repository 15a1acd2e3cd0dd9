//! Registration: the three fields of clause 2.1.1.b after two separate acceptances.

use app::account::{self, CodeRequest, Documents, Registration};
use domain::minor::Band;
use privacy::purpose::KeepAccount;
use serde::Deserialize;

use super::account::{Next, errors_of, status_of};
use super::minor::{guardian_first, leads_to_guardian};
use super::stopped::{puzzle_for, solved};
use crate::failure::{Answer, local};
use crate::pages::account::{FieldError, RegisterPage};
use crate::pages::guard::PuzzleBox;
use crate::pages::minor::BandRow;
use crate::request::{Asked, Posted, Visit};

pub(super) fn documents(visit: &Visit) -> Result<Documents, Answer> {
    let version = visit.state.version().ok_or_else(|| Answer::not_found(visit))?;
    let lang = visit.policy_lang();
    Ok(Documents {
        agreement_version: version.id.clone(),
        agreement_hash: version.agreement_hash(lang, &visit.state.settings.operator_name),
        policy_version: version.id.clone(),
        policy_hash: version.policy_hash(lang),
        lang: visit.lang.code(),
    })
}

/// The registration form: the three fields of clause 2.1.1.b, the code, two separate boxes (0.2).
/// A field more is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    account_name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    age_band: String,
    accept_agreement: Option<String>,
    accept_policy: Option<String>,
    #[serde(default)]
    next: String,
    #[serde(default)]
    puzzle: String,
    #[serde(default)]
    work: String,
    #[serde(default)]
    answer: String,
}

impl RegisterForm {
    /// Whether the two boxes were ticked for the versions shown now: a tick for an earlier text is
    /// none for this one (0.2).
    fn ticks(&self, documents: &Documents) -> (bool, bool) {
        let ticked = |tick: &Option<String>, version: &str| tick.as_deref() == Some(version);
        (
            ticked(&self.accept_agreement, &documents.agreement_version),
            ticked(&self.accept_policy, &documents.policy_version),
        )
    }
}

fn register_page(
    visit: &Visit,
    form: &RegisterForm,
    errors: Vec<FieldError>,
    code_sent: bool,
    puzzle: Option<PuzzleBox>,
) -> Answer {
    let version = visit
        .state
        .version()
        .map(|version| version.id.clone())
        .unwrap_or_default();
    // The person's own ticks stay, like everything they typed; none is ever set for them (0.7).
    let kept = |tick: &Option<String>| tick.as_deref() == Some(version.as_str());
    let (agreement_ticked, policy_ticked) = (kept(&form.accept_agreement), kept(&form.accept_policy));
    let status = status_of(&errors);
    let page = RegisterPage {
        f: visit.frame(visit.lang.t("注册账号", "Create an account")),
        errors,
        bands: BandRow::all(visit.lang, &form.age_band, false),
        phone: form.phone.chars().take(64).collect(),
        account_name: form.account_name.chars().take(64).collect(),
        next: local(&form.next).to_owned(),
        code_sent,
        advice: Vec::new(),
        agreement_ticked,
        policy_ticked,
        agreement_version: version.clone(),
        policy_version: version,
        puzzle,
    };
    Answer::page(visit, status, &page).scripted()
}

/// `GET /zhuce`.
pub async fn form(visit: Visit, Asked(Next { next }): Asked<Next>) -> Answer {
    if visit.viewer.is_some() {
        return Answer::to(local(&next));
    }
    let empty = RegisterForm {
        csrf: String::new(),
        phone: String::new(),
        code: String::new(),
        account_name: String::new(),
        password: String::new(),
        age_band: String::new(),
        accept_agreement: None,
        accept_policy: None,
        next,
        puzzle: String::new(),
        work: String::new(),
        answer: String::new(),
    };
    register_page(&visit, &empty, Vec::new(), false, None)
}

/// `POST /zhuce/yanzhengma`.
pub async fn code(visit: Visit, Posted(form): Posted<RegisterForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let documents = documents(&visit)?;
    let (accept_agreement, accept_policy) = form.ticks(&documents);
    let request = CodeRequest {
        phone: &form.phone,
        age: Band::parse(&form.age_band),
        accept_agreement,
        accept_policy,
        documents: &documents,
        from: visit.origin(solved(&form.puzzle, &form.work, &form.answer)),
    };
    let ctx = visit.ctx::<KeepAccount>();
    let asked = account::request_code(&visit.state.app, &ctx, &request);
    match visit.evenly(asked).await {
        Ok(()) => Ok(register_page(&visit, &form, Vec::new(), true, None)),
        Err(failure) => {
            let puzzle = puzzle_for(&visit, &failure, request.from.solved).await?;
            refused(&visit, &form, &failure, puzzle)
        }
    }
}

/// A refused form; one of somebody under age leads to the guardian first (2.7.a).
fn refused(
    visit: &Visit,
    form: &RegisterForm,
    failure: &app::Failure,
    puzzle: Option<PuzzleBox>,
) -> Result<Answer, Answer> {
    if leads_to_guardian(failure) {
        return Ok(guardian_first(visit, &form.phone, &form.age_band));
    }
    Ok(register_page(
        visit,
        form,
        errors_of(visit, failure)?,
        false,
        puzzle,
    ))
}

/// `POST /zhuce`.
pub async fn register(visit: Visit, Posted(form): Posted<RegisterForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let documents = documents(&visit)?;
    let (accept_agreement, accept_policy) = form.ticks(&documents);
    let registration = Registration {
        phone: &form.phone,
        code: &form.code,
        account_name: &form.account_name,
        password: &form.password,
        age: Band::parse(&form.age_band),
        accept_agreement,
        accept_policy,
        documents: &documents,
        device: &visit.device,
        from: visit.origin(solved(&form.puzzle, &form.work, &form.answer)),
    };
    let ctx = visit.ctx::<KeepAccount>();
    let registered = account::register(&visit.state.app, &ctx, &registration);
    match visit.evenly(registered).await {
        Ok(begun) => Ok(Answer::to(local(&form.next)).with_session(&visit, &begun.token)),
        Err(failure) => {
            let puzzle = puzzle_for(&visit, &failure, registration.from.solved).await?;
            refused(&visit, &form, &failure, puzzle)
        }
    }
}
