//! Receipts: what a person takes away and checks without asking us.

use privacy::log::receipt::Logged;
use privacy::log::{Kind, Opening, Plan};
use privacy::purpose::{ObeyLaw, ShowOwn};
use privacy::{Ask, Ctx, LegalBasis, Purpose, SubjectId};
use serde_json::{Value, json};
use storage::log::read;
use storage::log::{self, tree};
use storage::rights::erasure;
use storage::{StoreError, Tx, consent, disclosure, register};
use uuid::Uuid;

use crate::account::Viewer;
use crate::{App, Failure, Fault};

/// Who handles the data, as a receipt names them (1.0).
pub struct Controller<'a> {
    /// The registered name.
    pub name: &'a str,
    /// How to reach them.
    pub contact: &'a str,
    /// Who is responsible for personal information.
    pub responsible_person: &'a str,
}

/// The proof of an entry that is signed already; a refusal while it waits for the log.
async fn logged<P: Purpose>(
    tx: &mut Tx<'_, P>,
    place: Option<u64>,
    entry: &privacy::log::Entry,
    opening: &Opening,
) -> Result<Logged, Failure> {
    let latest = read::latest(tx).await?;
    let signed = latest.zip(place).filter(|(latest, place)| *place < latest.size);
    let (latest, place) = signed.ok_or(domain::Refused::ReceiptNotYet)?;
    let plan = Plan::inclusion(place, latest.size).map_err(StoreError::from)?;
    let proof = read::prove(tx, &plan).await?;
    Ok(Logged {
        key: tree::verifier(tx).await?.to_text(),
        index: place,
        entry: entry.to_text().map_err(StoreError::from)?,
        salt: opening.salt(),
        inclusion_proof: proof.iter().map(ToString::to_string).collect(),
        checkpoint: latest.note,
        payload: opening.payload().map_err(StoreError::from)?,
    })
}

/// The receipt of one of the viewer's own consents or disclosures, as JSON; a consent's with the
/// fields of ISO/IEC TS 27560.
///
/// # Errors
/// [`Failure::NotFound`] for anybody else's event; a refusal while it waits for the log.
pub async fn receipt(
    app: &App,
    ctx: &Ctx<ShowOwn>,
    viewer: &Viewer,
    event: Uuid,
    controller: &Controller<'_>,
) -> Result<Value, Failure> {
    receipt_about(app, ctx, viewer.subject, event, controller).await
}

/// The receipt of an event about a person: for that person, or for the guardian who said it.
pub(crate) async fn receipt_about(
    app: &App,
    ctx: &Ctx<ShowOwn>,
    subject: SubjectId,
    event: Uuid,
    controller: &Controller<'_>,
) -> Result<Value, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let found = log::of_event(&mut tx, subject, event).await?;
    let own = found.ok_or(Failure::NotFound)?;
    if own.place.is_none() {
        return Err(domain::Refused::ReceiptNotYet.into());
    }
    let ask = Ask {
        subject,
        fields: &["log_entry.opening"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let opened = {
        let permit = tx.permit(ask).await?;
        tx.show(&permit, &own.field, &own.opening).await?
    };
    let opening = Opening::parse(&opened).map_err(StoreError::from)?;
    let logged = logged(&mut tx, own.place, &own.entry, &opening).await?;
    let statement = if own.entry.kind == Kind::Disclosure {
        // The ledger says something else than the log, or nothing any more: nothing is signed over that.
        if disclosure::said(&mut tx, subject, event).await?.as_ref() != Some(&logged.payload) {
            return Err(Failure::Fault(Fault::Document));
        }
        disclosed(tx.ctx(), &logged.payload, controller)
    } else {
        statement(&mut tx, subject, event, &logged.payload, controller).await?
    };
    let receipt = tree::sign_receipt(&mut tx, statement, &logged).await?;
    tx.commit().await?;
    Ok(receipt)
}

fn party(controller: &Controller<'_>) -> Value {
    json!([{
        "role": "pii_controller",
        "name": controller.name,
        "contact": controller.contact,
        "responsible_person": controller.responsible_person,
    }])
}

/// What was given to whom: all of it is what was committed to.
fn disclosed(ctx: &Ctx<ShowOwn>, payload: &Value, controller: &Controller<'_>) -> Value {
    json!({
        "header": {
            "record_id": payload["disclosure"],
            "pii_principal_id": payload["subject"],
            "issued_at": privacy::log::instant(ctx.now()),
        },
        "processing": {
            "recipient_kind": payload["recipient_kind"],
            "recipient": payload["recipient"],
            "pii_categories": payload["fields"],
            "purpose": payload["purpose"],
            "ground": payload["ground"],
            "clauses": [payload["clause"]],
            "policy_version": payload["version"],
        },
        "party_identification": party(controller),
        "events": [{ "event_type": "disclosure", "event_time": payload["at"] }],
    })
}

/// The receipt of an erasure that was carried out: whoever has the certificate's number may have it.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown number and for an erasure that goes on; a refusal while it
/// waits for the log.
pub async fn erasure_receipt(
    app: &App,
    ctx: &Ctx<ObeyLaw>,
    number: &str,
    controller: &Controller<'_>,
) -> Result<Value, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let found = erasure::by_number(&mut tx, number).await?;
    let erased = found
        .filter(|erased| erased.ended_at.is_some())
        .ok_or(Failure::NotFound)?;
    let stood = log::public_of(&mut tx, erased.id).await?;
    let (place, entry, opening) = stood.ok_or(Failure::NotFound)?;
    let logged = logged(&mut tx, place, &entry, &opening).await?;
    // The record says something else than the log: nothing is signed over that.
    if logged.payload != crate::rights::erasure_payload(&erased) {
        return Err(Failure::Fault(Fault::Document));
    }
    let statement = json!({
        "header": { "record_id": erased.number, "issued_at": privacy::log::instant(ctx.now()) },
        "party_identification": party(controller),
        "events": [{ "event_type": "erasure", "event_time": logged.payload["ended_at"] }],
    });
    let receipt = tree::sign_receipt(&mut tx, statement, &logged).await?;
    tx.commit().await?;
    Ok(receipt)
}

/// The readable part. What it says of the event is what was committed to; the rest is as the
/// register has it today.
async fn statement(
    tx: &mut Tx<'_, ShowOwn>,
    subject: SubjectId,
    event: Uuid,
    payload: &Value,
    controller: &Controller<'_>,
) -> Result<Value, Failure> {
    let events = consent::of_subject(tx, subject).await?;
    let stored = events.iter().find(|stored| stored.id == event);
    // The ledger says something else than the log: nothing is signed over that.
    if stored.is_none_or(|stored| stored.log_payload() != *payload) {
        return Err(Failure::Fault(Fault::Document));
    }
    let columns = register::columns().map_err(|_| Failure::Fault(Fault::Document))?;
    let mut purposes: Vec<Value> = Vec::new();
    for purpose in privacy::PurposeId::ALL {
        let (mut fields, mut clauses) = (Vec::new(), Vec::new());
        for column in &columns {
            if let Some(under) = column.uses.get(purpose.as_str()) {
                fields.push(format!("{}.{}", column.table, column.name));
                clauses.extend_from_slice(under);
            }
        }
        clauses.sort();
        clauses.dedup();
        if !fields.is_empty() {
            purposes.push(json!({
                "purpose": purpose.as_str(),
                "pii_categories": fields,
                "clauses": clauses,
            }));
        }
    }
    let basis = if payload["document"] == "agreement" {
        "contract"
    } else {
        "consent"
    };
    Ok(json!({
        "header": {
            "schema_version": "ISO/IEC TS 27560:2023",
            "record_id": payload["event"],
            "pii_principal_id": payload["subject"],
            "issued_at": privacy::log::instant(tx.ctx().now()),
        },
        "processing": {
            "privacy_notice": {
                "document": payload["document"],
                "version": payload["version"],
                "language": payload["language"],
                "text_sha256": payload["text_sha256"],
            },
            "lawful_basis": basis,
            "purpose": payload["purpose"],
            "recipient": payload["recipient"],
            "clauses": ["0.2", "0.7"],
            "purposes_as_of_issue": purposes,
            "retention_of_record": "consent_proof_3y",
            "withdrawal_method": controller.contact,
        },
        "party_identification": party(controller),
        "events": [{
            "event_type": match payload["origin"].as_str() {
                None => "explicit",
                Some("guardian") => "explicit_by_guardian",
                Some(_) => "signal",
            },
            "event_state": payload["state"],
            "event_time": payload["at"],
            "expires_at": payload["expires_at"],
        }],
    }))
}
