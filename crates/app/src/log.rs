//! The transparency log's use cases: letting it grow, showing it, and the receipt a person takes
//! away.

use policy::{Archive, Lang};
use privacy::log::receipt::Logged;
use privacy::log::tile::TilePath;
use privacy::log::{Growth, Kind, Opening, Plan};
use privacy::purpose::{Browse, Operate, ShowOwn};
use privacy::{Ask, Ctx, LegalBasis};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use storage::log::audit::Audit;
use storage::log::read::{self, Signed};
use storage::log::{self, NewEntry, tree};
use storage::{Tx, consent, register};
use uuid::Uuid;

use crate::account::Viewer;
use crate::{App, Failure, Fault};

/// Entries counted as waiting, at most.
const MOST_WAITING: i64 = 100_000;

/// Names the log and enters the texts in force or to come. Called at every start; what is there
/// already is left alone.
///
/// # Errors
/// [`Failure::Fault`], also for a domain that cannot be part of a log's name.
pub async fn begin(
    app: &App,
    ctx: &Ctx<Operate>,
    domain: Option<&str>,
    archive: &Archive,
    operator: &str,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if let Some(domain) = domain {
        tree::begin(&mut tx, &format!("{domain}/tlog")).await?;
    }
    for version in archive.iter() {
        for lang in [Lang::Zh, Lang::En] {
            let texts = [
                ("policy", version.policy_hash(lang)),
                ("agreement", version.agreement_hash(lang, operator)),
            ];
            for (document, hash) in texts {
                let language = if lang == Lang::Zh { "zh" } else { "en" };
                let payload = json!({
                    "kind": Kind::Document.as_str(),
                    "document": document,
                    "version": version.id,
                    "language": language,
                    "text_sha256": hash,
                    "effective_on": version.effective_on.to_string(),
                });
                let entry = NewEntry {
                    kind: Kind::Document,
                    subject: None,
                    // The text itself: a published version that is edited after all enters anew.
                    reference: reference(&[document, &version.id, language, &hash]),
                    payload,
                };
                policy::clause!("0.17");
                log::append(&mut tx, &entry).await?;
            }
        }
    }
    Ok(tx.commit().await?)
}

/// An identifier for what has none: the beginning of the digest of its words.
fn reference(words: &[&str]) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(words.join("\0").as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Gives everything that waits its place and signs the tree; says how many entries were placed. Each
/// batch is a transaction of its own: whatever it is that ends this half-way, the next run goes on.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn advance(app: &App, ctx: &Ctx<Operate>) -> Result<u64, Failure> {
    let mut placed = 0;
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let batch = tree::grow(&mut tx, tree::BATCH).await?;
        tx.commit().await?;
        placed += batch;
        if batch < u64::from(tree::BATCH) {
            break;
        }
    }
    let mut tx = app.store.begin(ctx).await?;
    if tree::sign(&mut tx).await? {
        tx.commit().await?;
    }
    Ok(placed)
}

/// A published text as the log has it.
#[derive(Clone, Debug)]
pub struct LoggedDocument {
    /// Its place.
    pub place: u64,
    /// The salt of its commitment, in hex.
    pub salt: String,
    /// What was committed to.
    pub payload: Value,
}

/// The log as its page shows it.
#[derive(Clone, Debug)]
pub struct Front {
    /// The log's key.
    pub key: String,
    /// The latest checkpoint, once there is one.
    pub latest: Option<Signed>,
    /// Published texts, newest first.
    pub documents: Vec<LoggedDocument>,
}

/// The log as its page shows it.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn front(app: &App, ctx: &Ctx<Browse>) -> Result<Front, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let documents = read::public(&mut tx, Kind::Document, 50).await?;
    Ok(Front {
        key: tree::verifier(&mut tx).await?.to_text(),
        latest: read::latest(&mut tx).await?,
        documents: documents
            .into_iter()
            .map(|(place, salt, payload)| LoggedDocument { place, salt, payload })
            .collect(),
    })
}

/// The latest checkpoint's note.
///
/// # Errors
/// [`Failure::NotFound`] before the first one.
pub async fn checkpoint(app: &App, ctx: &Ctx<Browse>) -> Result<String, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let latest = read::latest(&mut tx).await?;
    latest.map(|latest| latest.note).ok_or(Failure::NotFound)
}

/// A tile or a bundle of entries.
///
/// # Errors
/// [`Failure::NotFound`] for a path that is none, or beyond what is signed.
pub async fn tile(app: &App, ctx: &Ctx<Browse>, path: &str) -> Result<Vec<u8>, Failure> {
    let path = TilePath::parse(path).map_err(|_| Failure::NotFound)?;
    let mut tx = app.store.begin(ctx).await?;
    read::at_path(&mut tx, path).await?.ok_or(Failure::NotFound)
}

/// The latest checkpoint with the proof that it goes on from the log of `old` entries.
///
/// # Errors
/// [`Failure::NotFound`] if the log was never as long, or has no checkpoint yet.
pub async fn growth(app: &App, ctx: &Ctx<Browse>, old: u64) -> Result<String, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let latest = read::latest(&mut tx).await?.ok_or(Failure::NotFound)?;
    let plan = Plan::consistency(old, latest.size).map_err(|_| Failure::NotFound)?;
    let growth = Growth {
        old,
        proof: read::prove(&mut tx, &plan).await?,
        checkpoint: latest.note,
    };
    Ok(growth.to_text())
}

/// Reads the whole log and compares it with everything that was signed.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn audit(app: &App, ctx: &Ctx<Operate>) -> Result<(Audit, i64), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let audit = storage::log::audit::audit(&mut tx).await?;
    Ok((audit, tree::waiting(&mut tx, MOST_WAITING).await?))
}

/// Who handles the data, as a receipt names them (1.0).
pub struct Controller<'a> {
    /// The registered name.
    pub name: &'a str,
    /// How to reach them.
    pub contact: &'a str,
    /// Who is responsible for personal information.
    pub responsible_person: &'a str,
}

/// The receipt of one of the viewer's own consent events, as JSON with the fields of
/// ISO/IEC TS 27560.
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
    let mut tx = app.store.begin(ctx).await?;
    let found = log::of_event(&mut tx, viewer.subject, event).await?;
    let own = found.ok_or(Failure::NotFound)?;
    let latest = read::latest(&mut tx).await?;
    let signed = latest
        .zip(own.place)
        .filter(|(latest, place)| *place < latest.size);
    let (latest, place) = signed.ok_or(domain::Refused::ReceiptNotYet)?;
    let ask = Ask {
        subject: viewer.subject,
        fields: &["log_entry.opening"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let opened = tx.open(&permit, &own.field, &own.opening).await?;
    let opening = Opening::parse(&opened).map_err(storage::StoreError::from)?;
    let payload = opening.payload().map_err(storage::StoreError::from)?;
    let plan = Plan::inclusion(place, latest.size).map_err(storage::StoreError::from)?;
    let proof = read::prove(&mut tx, &plan).await?;
    let logged = Logged {
        key: tree::verifier(&mut tx).await?.to_text(),
        index: place,
        entry: own.entry.to_text().map_err(storage::StoreError::from)?,
        salt: opening.salt(),
        inclusion_proof: proof.iter().map(ToString::to_string).collect(),
        checkpoint: latest.note,
        payload,
    };
    let statement = statement(&mut tx, viewer, event, &logged.payload, controller).await?;
    let receipt = tree::sign_receipt(&mut tx, statement, &logged).await?;
    tx.commit().await?;
    Ok(receipt)
}

/// The readable part. What it says of the event is what was committed to; the rest is as the
/// register has it today.
async fn statement(
    tx: &mut Tx<'_, ShowOwn>,
    viewer: &Viewer,
    event: Uuid,
    payload: &Value,
    controller: &Controller<'_>,
) -> Result<Value, Failure> {
    let events = consent::of_subject(tx, viewer.subject).await?;
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
        "party_identification": [{
            "role": "pii_controller",
            "name": controller.name,
            "contact": controller.contact,
            "responsible_person": controller.responsible_person,
        }],
        "events": [{
            "event_type": if payload["origin"].is_null() { "explicit" } else { "signal" },
            "event_state": payload["state"],
            "event_time": payload["at"],
            "expires_at": payload["expires_at"],
        }],
    }))
}
