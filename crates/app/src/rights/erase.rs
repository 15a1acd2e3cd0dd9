//! Erasing a person, step by step (1.6, 2.6.4.d, PIPL 47).
//!
//! Each step leaves a state from which the next start goes on; each is done again without harm.
//! First what a law keeps moves under keys of its own, then the person's key is destroyed, and from
//! that instant every sealed value is unreadable in every copy, backups included. Rows, digests and
//! files follow, and then the store is searched for what must not be there.

use std::collections::BTreeMap;

use domain::account::name;
use domain::rights::{TRANSACTION_YEARS, years_after};
use privacy::purpose::ObeyLaw;
use privacy::{Ask, Ctx, HoldId, LegalBasis, Personal, SubjectId, log};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use storage::account::{self, code, session, token};
use storage::job::{self, Claimed, NewJob};
use storage::log::NewEntry;
use storage::minor;
use storage::org::invitation;
use storage::rights::demand;
use storage::rights::erasure::{self, Erasure, Step};
use storage::rights::hold::{self, Hold};
use storage::rights::probe::{self, Needle};
use storage::{StoreError, Tx};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::account::index;
use crate::{App, Failure, Fault};

/// The kind of the job that erases.
pub const ERASE: &str = "erase";
/// Notes put under a hold in one transaction.
const BATCH: i64 = 100;
/// How long the identifiers to look for may wait for a search that keeps failing.
const KEEP_IDENTIFIERS_DAYS: i64 = 30;

/// What an erasure did and found; holds no personal value.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub(super) struct Report {
    /// Rows removed, by table.
    pub removed: BTreeMap<String, u64>,
    /// What the search found.
    pub probe: Option<Probe>,
}

/// The search afterwards.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Probe {
    /// Columns looked through.
    pub columns: usize,
    /// Files looked through.
    pub files: usize,
    /// Identifiers looked for.
    pub identifiers: usize,
    /// Whether a value sealed under the person's key could still be opened.
    pub readable: bool,
    /// Where something was found; empty if all is well.
    pub found: Vec<String>,
}

/// What is looked for afterwards: sealed under the erasure's own key until then.
#[derive(Deserialize, Serialize)]
struct Identifiers {
    phone: String,
    name: String,
}

impl Identifiers {
    /// How the phone could be written: as stored, and as people write it. The name is looked for by
    /// its digest alone: most names are words that stand in many texts and belong to nobody.
    fn texts(&self) -> Vec<String> {
        let grouped: String = match self.phone.as_bytes() {
            digits if digits.len() == 11 && self.phone.is_ascii() => {
                format!("{}-{}-{}", &self.phone[..3], &self.phone[3..7], &self.phone[7..])
            }
            _ => self.phone.clone(),
        };
        vec![self.phone.clone(), grouped]
    }
}

/// Notes that a person is to be erased, under the number of the certificate, and writes the job. From
/// the commit on nobody logs in as this person, and no session or token of theirs is taken.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn plan(
    tx: &mut Tx<'_, ObeyLaw>,
    subject: SubjectId,
    number: &str,
    ground: &str,
) -> Result<Erasure, Failure> {
    policy::clause!("2.6.4.c");
    if let Some(account) = account::of_subject(tx, subject).await? {
        session::revoke_others(tx, account, Uuid::nil()).await?;
        token::revoke_all(tx, account).await?;
    }
    let planned = erasure::plan(tx, subject, number, ground).await?;
    let new = NewJob {
        kind: ERASE,
        dedup: planned.id.to_string(),
        payload: &serde_json::json!({ "subject": subject.0 }).to_string(),
        run_at: tx.ctx().now(),
    };
    job::enqueue(tx, &new).await?;
    Ok(planned)
}

/// Does the erasure a job is about, and finishes the job.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again and goes on where it stood.
pub async fn perform(app: &App, ctx: &Ctx<ObeyLaw>, claimed: &Claimed) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Payload {
        subject: Uuid,
    }
    let payload: Payload =
        serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    erase(app, ctx, SubjectId(payload.subject)).await?;
    let mut tx = app.store.begin(ctx).await?;
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}

/// Takes a planned erasure to its end.
///
/// # Errors
/// [`Failure::NotFound`] if none was planned; [`Failure::Fault`] with [`Fault::Residue`] if the
/// search found something.
pub async fn erase(app: &App, ctx: &Ctx<ObeyLaw>, subject: SubjectId) -> Result<(), Failure> {
    // A step ahead of another worker is an answer, not a fault: that worker goes on.
    while step(app, ctx, subject).await? != Step::Ended {}
    Ok(())
}

/// Takes the next step, and says how far the erasure is then.
///
/// # Errors
/// As [`erase`].
pub async fn step(app: &App, ctx: &Ctx<ObeyLaw>, subject: SubjectId) -> Result<Step, Failure> {
    let planned = {
        let mut tx = app.store.begin(ctx).await?;
        erasure::of_subject(&mut tx, subject).await?
    };
    let mut erasure = planned.ok_or(Failure::NotFound)?;
    match erasure.step {
        Step::Planned => hold_and_note(app, ctx, &mut erasure).await?,
        Step::Held => {
            app.store.entomb(subject, &erasure.number, ctx.now()).await?;
            erasure.key_destroyed_at = Some(ctx.now());
            advance(app, ctx, &mut erasure, Step::Unreadable).await?;
        }
        Step::Unreadable => remove(app, ctx, &mut erasure).await?,
        Step::Removed => search(app, ctx, &mut erasure).await?,
        Step::Probed => {
            app.store.destroy_hold_key(HoldId(erasure.id)).await?;
            erasure.identifiers = None;
            erasure.ended_at = Some(ctx.now());
            let mut tx = app.store.begin(ctx).await?;
            // Nobody's key seals it: it names no person, and who has the certificate's number opens it.
            let entry = NewEntry {
                kind: log::Kind::Erasure,
                subject: None,
                reference: erasure.id,
                payload: erasure_payload(&erasure),
            };
            storage::log::append(&mut tx, &entry).await?;
            advance_in(&mut tx, &mut erasure, Step::Ended).await?;
            tx.commit().await?;
        }
        Step::Ended => {}
    }
    Ok(erasure.step)
}

async fn advance(app: &App, ctx: &Ctx<ObeyLaw>, erasure: &mut Erasure, to: Step) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    advance_in(&mut tx, erasure, to).await?;
    Ok(tx.commit().await?)
}

async fn advance_in(tx: &mut Tx<'_, ObeyLaw>, erasure: &mut Erasure, to: Step) -> Result<(), Failure> {
    let from = std::mem::replace(&mut erasure.step, to);
    match erasure::advance(tx, erasure, from).await {
        Ok(()) => Ok(()),
        Err(error) => {
            erasure.step = from;
            Err(error.into())
        }
    }
}

/// What the log commits to: the certificate by its number, with a digest of what was found.
pub(crate) fn erasure_payload(of: &Erasure) -> serde_json::Value {
    let instant = |at: Option<OffsetDateTime>| at.map(log::instant);
    serde_json::json!({
        "kind": log::Kind::Erasure.as_str(),
        "number": of.number,
        "ground": of.ground,
        "asked_at": log::instant(of.asked_at),
        "key_destroyed_at": instant(of.key_destroyed_at),
        "ended_at": instant(of.ended_at),
        "report_sha256": log::hex(&Sha256::digest(of.report.as_bytes())),
    })
}

pub(super) fn report(erasure: &Erasure) -> Result<Report, Failure> {
    serde_json::from_str(&erasure.report).map_err(|_| Failure::Fault(Fault::Document))
}

fn write_report(erasure: &mut Erasure, report: &Report) -> Result<(), Failure> {
    erasure.report = serde_json::to_string(report).map_err(|_| Failure::Fault(Fault::Document))?;
    Ok(())
}

/// One key for what one person's erasure leaves of one order: the same at every try, so that a try
/// that broke off leaves no key behind.
fn hold_key(subject: SubjectId, order: Uuid) -> Uuid {
    let mut digest = Sha256::new();
    digest.update(b"hold");
    digest.update(subject.0);
    digest.update(order);
    let bytes: [u8; 32] = digest.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&bytes[..16]);
    uuid::Builder::from_custom_bytes(id).into_uuid()
}

/// What a law keeps goes under keys of its own; what to look for afterwards is noted. Nothing is
/// gone yet.
async fn hold_and_note(app: &App, ctx: &Ctx<ObeyLaw>, erasure: &mut Erasure) -> Result<(), Failure> {
    let subject = erasure.subject;
    // Long enough to be tried again for, and never longer. A key of a try that broke off long ago may
    // have ended; nothing lies under it yet.
    let until = ctx.now() + Duration::days(KEEP_IDENTIFIERS_DAYS);
    app.store.destroy_hold_key(HoldId(erasure.id)).await?;
    app.store
        .create_hold_key(HoldId(erasure.id), ctx.now(), until)
        .await?;
    // None if the person was erased before and came back with a copy of the data: nothing of them
    // opens any more, neither to be kept nor to be looked for.
    let readable = app.store.has_key(subject, ctx.now()).await?;
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let notes = hold::unheld(&mut tx, subject, BATCH).await?;
        if notes.is_empty() || !readable {
            break;
        }
        let ask = Ask {
            subject,
            fields: hold::PLACES_OF_ORDERS,
            basis: LegalBasis::LegalDuty(hold::TRANSACTION),
            clause: policy::clause!("2.5.3.b"),
            case: None,
        };
        let permit = tx.permit(ask).await?;
        let mut texts = Vec::with_capacity(notes.len());
        for note in &notes {
            let place = storage::market::order::note_field(note.event, subject);
            texts.push(tx.open(&permit, &place, &note.note).await?.kept());
        }
        for (note, text) in notes.into_iter().zip(texts) {
            let key = hold_key(subject, note.order);
            // An order that goes on has no end yet to count from.
            let from = if note.ended { note.changed_at } else { ctx.now() };
            let until = years_after(from, TRANSACTION_YEARS);
            if until <= ctx.now() {
                hold::let_go(&mut tx, note.event).await?;
                continue;
            }
            app.store.create_hold_key(HoldId(key), ctx.now(), until).await?;
            let sealed = tx.seal(&hold::held_field(note.event, key), &text).await?;
            let hold = Hold {
                id: app.entropy.id(),
                place: hold::PLACES_OF_ORDERS[0].to_owned(),
                row: note.event,
                key,
                article: hold::TRANSACTION.to_owned(),
                until,
            };
            hold::keep(&mut tx, subject, &hold, &sealed).await?;
        }
        tx.commit().await?;
    }
    let mut tx = app.store.begin(ctx).await?;
    if let (true, Some(row)) = (readable, account::by_subject(&mut tx, subject).await?) {
        let ask = Ask {
            subject,
            fields: &["account.phone", "account.name"],
            basis: LegalBasis::LegalDuty("PIPL 47"),
            clause: policy::clause!("1.6"),
            case: None,
        };
        let permit = tx.permit(ask).await?;
        let field = |column| account::field(column, row.id, subject);
        let identifiers = Identifiers {
            phone: tx
                .open(&permit, &field("phone"), &row.phone)
                .await?
                .inside()
                .to_owned(),
            name: tx
                .open(&permit, &field("name"), &row.name)
                .await?
                .inside()
                .to_owned(),
        };
        let text = serde_json::to_string(&identifiers).map_err(|_| Failure::Fault(Fault::Document))?;
        let place = erasure::identifiers_field(erasure.id);
        erasure.identifiers = Some(tx.seal(&place, &Personal::received(text)).await?);
    }
    advance_in(&mut tx, erasure, Step::Held).await?;
    Ok(tx.commit().await?)
}

/// The identifiers noted before, if there were any and they still open.
async fn identifiers(tx: &mut Tx<'_, ObeyLaw>, erasure: &Erasure) -> Result<Option<Identifiers>, Failure> {
    let Some(sealed) = &erasure.identifiers else {
        return Ok(None);
    };
    let ask = Ask {
        subject: SubjectId(erasure.id),
        fields: &["erasure.identifiers"],
        basis: LegalBasis::LegalDuty("PIPL 47"),
        clause: policy::clause!("1.6"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let place = erasure::identifiers_field(erasure.id);
    let text = match tx.open(&permit, &place, sealed).await {
        Ok(text) => text,
        // Its key ended: waited for too long, or done before a copy of the data was put back.
        Err(StoreError::NoKey) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    serde_json::from_str(text.inside())
        .map(Some)
        .map_err(|_| Failure::Fault(Fault::Document))
}

fn digests(app: &App, of: &Identifiers) -> [privacy::BlindIndex; 2] {
    [
        index(app, account::PHONE, &of.phone),
        index(app, account::NAME, &name::comparable(&of.name)),
    ]
}

async fn remove(app: &App, ctx: &Ctx<ObeyLaw>, erasure: &mut Erasure) -> Result<(), Failure> {
    let mut report = report(erasure)?;
    let mut tx = app.store.begin(ctx).await?;
    let known = identifiers(&mut tx, erasure).await?;
    if let Some(known) = &known {
        for digest in digests(app, known) {
            minor::forget_digest(&mut tx, digest).await?;
            minor::age::forget(&mut tx, digest).await?;
            let rows = code::forget_digest(&mut tx, digest).await?;
            *report.removed.entry("attempt".to_owned()).or_default() += rows;
            let rows = invitation::forget(&mut tx, digest).await?;
            *report
                .removed
                .entry("organisation_invitation".to_owned())
                .or_default() += rows;
        }
    }
    for (table, rows) in erasure::remove(&mut tx, erasure.subject).await? {
        *report.removed.entry(table.to_owned()).or_default() += rows;
    }
    report.removed.retain(|_, rows| *rows > 0);
    demand::forget_words(&mut tx, erasure.subject).await?;
    demand::ask_all(&mut tx, erasure.subject).await?;
    write_report(erasure, &report)?;
    advance_in(&mut tx, erasure, Step::Removed).await?;
    Ok(tx.commit().await?)
}

/// Looks for the person everywhere. Something found is a fault: the erasure stays where it is, and
/// the operator sees the job fail.
async fn search(app: &App, ctx: &Ctx<ObeyLaw>, erasure: &mut Erasure) -> Result<(), Failure> {
    app.store.scrub().await?;
    let mut tx = app.store.begin(ctx).await?;
    let mut needles = Vec::new();
    let mut probe = Probe {
        columns: probe::breadth(),
        readable: app.store.has_any_key(erasure.subject, ctx.now()).await?,
        ..Probe::default()
    };
    if let Some(known) = identifiers(&mut tx, erasure).await? {
        needles.extend(known.texts().into_iter().map(Needle::Text));
        for digest in digests(app, &known) {
            needles.push(Needle::Bytes(digest.0.to_vec()));
        }
    }
    probe.identifiers = needles.len();
    probe.found = probe::search(&mut tx, &needles).await?;
    let bytes = needles
        .into_iter()
        .map(|needle| match needle {
            Needle::Text(text) => text.into_bytes(),
            Needle::Bytes(bytes) => bytes,
        })
        .collect();
    let (files, found) = app.store.search_files(bytes).await?;
    probe.files = files;
    probe.found.extend(found);
    let clean = probe.found.is_empty() && !probe.readable;
    let mut report = report(erasure)?;
    report.probe = Some(probe);
    write_report(erasure, &report)?;
    let to = if clean { Step::Probed } else { Step::Removed };
    advance_in(&mut tx, erasure, to).await?;
    tx.commit().await?;
    if clean {
        Ok(())
    } else {
        Err(Failure::Fault(Fault::Residue))
    }
}
