//! What suppliers sign, for everybody to read and for those who sign it (2.4.1.5.2.b).

use app::supplier::{self, Signing};
use axum::http::StatusCode;
use domain::Refused;
use policy::{Document, Edition, Paragraph};
use privacy::purpose::{Certify, KeepAccount};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{errors_of, status_of};
use super::org::parsed;
use super::supplier::page_of;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::moment::Day;
use crate::pages::public::ParagraphView;
use crate::pages::supplier::TermsPage;
use crate::request::{Named, Posted, Visit};

fn paragraphs(visit: &Visit, edition: &Edition, document: Document) -> Vec<ParagraphView> {
    let (lang, operator) = (visit.policy_lang(), &visit.state.settings.operator_name);
    let view = |paragraph| match paragraph {
        Paragraph::Heading(text) => ParagraphView { heading: true, text },
        Paragraph::Text(text) => ParagraphView { heading: false, text },
    };
    edition
        .paragraphs(document, lang, operator)
        .into_iter()
        .map(view)
        .collect()
}

fn hashes(visit: &Visit, edition: &Edition) -> [String; 2] {
    let (lang, operator) = (visit.policy_lang(), &visit.state.settings.operator_name);
    Document::ALL.map(|document| edition.hash(document, lang, operator))
}

fn terms_page(
    visit: &Visit,
    signs: Option<(String, String)>,
    errors: Vec<FieldError>,
) -> Result<TermsPage, Answer> {
    let edition = supplier::signed_documents(&visit.state.app).ok_or_else(|| Answer::not_found(visit))?;
    Ok(TermsPage {
        f: visit.frame(visit.lang.t("服务商协议", "What providers sign")),
        errors,
        signs,
        edition: edition.version.clone(),
        since: Day::of(visit.lang, edition.in_force_on),
        hashes: hashes(visit, edition),
        agreement: paragraphs(visit, edition, Document::Agreement),
        undertaking: paragraphs(visit, edition, Document::Undertaking),
    })
}

/// `GET /xieyi/fuwushang`.
pub async fn terms(visit: Visit) -> Result<Answer, Answer> {
    let page = terms_page(&visit, None, Vec::new())?;
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

async fn signing(visit: &Visit, id: Uuid, mut errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let path = page_of(id);
    let viewer = visit.viewer_for(&path)?;
    let view = supplier::supplier(&visit.state.app, &visit.ctx::<KeepAccount>(), viewer, id).await;
    let view = view.map_err(|failure| Answer::failure(visit, &failure))?;
    for error in &mut errors {
        if error.field != "accept_agreement" {
            error.field = "h-state".into();
        }
    }
    let page = terms_page(visit, Some((id.to_string(), view.organisation.name)), errors)?;
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/zuzhi/{id}/ruzhu/xieyi`.
pub async fn sign_form(visit: Visit, Named(id): Named<String>) -> Result<Answer, Answer> {
    visit.viewer()?;
    super::guard::proof_first(&visit).await?;
    let id = parsed(&visit, &id)?;
    signing(&visit, id, Vec::new()).await
}

/// What is signed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SignForm {
    csrf: String,
    edition: String,
    accept_agreement: String,
    accept_undertaking: String,
}

/// `POST /zhanghao/zuzhi/{id}/ruzhu/xieyi`.
pub async fn sign(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<SignForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let id = parsed(&visit, &id)?;
    let path = page_of(id);
    let viewer = visit.viewer_for(&path)?;
    let present = supplier::signed_documents(&visit.state.app).ok_or_else(|| Answer::not_found(&visit))?;
    let [agreement, undertaking] = hashes(&visit, present);
    let signing_of = Signing {
        edition: &form.edition,
        lang: match visit.policy_lang() {
            policy::Lang::Zh => "zh-CN",
            policy::Lang::En => "en",
        },
        hashes: [&agreement, &undertaking],
        accepted: [
            !form.accept_agreement.is_empty(),
            !form.accept_undertaking.is_empty(),
        ],
    };
    let signed = supplier::sign(&visit.state.app, &visit.ctx::<Certify>(), viewer, id, signing_of).await;
    match signed {
        Ok(()) => {
            super::catalogue::renew(&visit).await?;
            Ok(Answer::to(&path))
        }
        Err(failure) if failure.refusals().contains(&Refused::ProofNeeded) => {
            Err(super::guard::to_proof(&format!("{path}/xieyi")))
        }
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            signing(&visit, id, errors).await
        }
    }
}
