//! Receipts: a document that a person keeps and anyone can check without asking us. It shows an
//! event, the salt that opens its commitment, its place in the log, and a signature over all of it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::note::{NoteSigner, VerifierKey};
use super::{Checkpoint, Entry, Kind, LogError, Opening, TreeHash, canonical, check_inclusion};

/// The format, in the field of that name.
pub const FORMAT: &str = "qifu365/receipt/1";
/// The field that is not signed.
const SIGNATURE: &str = "signature";

/// The part of a receipt that leads to the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logged {
    /// The log's key.
    pub key: String,
    /// The entry's place.
    pub index: u64,
    /// The entry as it stands in the log.
    pub entry: String,
    /// The salt, in hex.
    pub salt: String,
    /// What was committed to.
    pub payload: Value,
    /// From the entry's hash to the checkpoint's.
    pub inclusion_proof: Vec<String>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// What a sound receipt shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The kind of event.
    pub kind: Kind,
    /// The entry's place.
    pub index: u64,
    /// The checkpoint it was proved against.
    pub checkpoint: Checkpoint,
    /// The log's key.
    pub key: VerifierKey,
    /// What was committed to.
    pub payload: Value,
}

/// Why a receipt is not sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It is no receipt.
    #[error("this is not a receipt of a format known here")]
    Unreadable,
    /// It names another log's key than the one given.
    #[error("the receipt is of another log than the key given")]
    OtherLog,
    /// Its signature is not of this key, or the receipt was changed since.
    #[error("the signature does not fit the receipt")]
    Signature,
    /// The checkpoint is not signed with this key.
    #[error("the checkpoint is not signed with the log's key")]
    Checkpoint,
    /// Salt and payload do not give the commitment of the entry.
    #[error("salt and content do not give the commitment in the log")]
    Commitment,
    /// The entry is not at that place in the log of the checkpoint.
    #[error("the entry is not in the log at the place it names")]
    NotIncluded,
    /// What the receipt tells differs from what was committed to.
    #[error("the receipt tells something else than what was committed to")]
    Contradiction,
}

/// The text that is signed: it can never be taken for a checkpoint.
fn digest_text(body: &Value) -> Result<String, LogError> {
    let digest = Sha256::digest(canonical(body)?.as_bytes());
    Ok(format!("{FORMAT}\nsha256 {}\n", TreeHash(digest.into())))
}

/// Puts statement and proof together and signs them.
///
/// # Errors
/// [`LogError::Malformed`] if the statement is no object.
pub fn sign(statement: Value, logged: &Logged, signer: &NoteSigner) -> Result<Value, LogError> {
    let malformed = LogError::Malformed("receipt");
    let mut body = statement;
    body["format"] = json!(FORMAT);
    body["log"] = serde_json::to_value(logged).map_err(|_| malformed)?;
    let signature = signer.sign(&digest_text(&body)?)?;
    body[SIGNATURE] = json!(signature);
    Ok(body)
}

/// Checks a receipt: signature, commitment, place in the log, and that it tells what was committed
/// to. Without a key of your own it is checked against the key it names itself, which proves that it
/// is sound in itself and no more.
///
/// # Errors
/// [`ReceiptError`]: the first thing found wrong.
pub fn verify(text: &str, key: Option<&VerifierKey>) -> Result<Checked, ReceiptError> {
    let unreadable = |_| ReceiptError::Unreadable;
    let mut body: Value = serde_json::from_str(text).map_err(|_| ReceiptError::Unreadable)?;
    if body.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(ReceiptError::Unreadable);
    }
    let fields = body.as_object_mut().ok_or(ReceiptError::Unreadable)?;
    let signature = fields.remove(SIGNATURE);
    let signature = signature.as_ref().and_then(Value::as_str);
    let signature = signature.ok_or(ReceiptError::Unreadable)?;
    let logged = body.get("log").ok_or(ReceiptError::Unreadable)?;
    let logged = Logged::deserialize(logged).map_err(|_| ReceiptError::Unreadable)?;
    let own = VerifierKey::parse(&logged.key).map_err(unreadable)?;
    if key.is_some_and(|key| *key != own) {
        return Err(ReceiptError::OtherLog);
    }
    let signed = own.open(signature).map_err(|_| ReceiptError::Signature)?;
    if signed != digest_text(&body).map_err(unreadable)? {
        return Err(ReceiptError::Signature);
    }
    let checkpoint = Checkpoint::open(&logged.checkpoint, &own).map_err(|_| ReceiptError::Checkpoint)?;
    let entry = Entry::parse(&logged.entry).map_err(unreadable)?;
    let opening = Opening::from_parts(&logged.salt, &logged.payload).map_err(unreadable)?;
    if opening.commitment() != entry.commitment {
        return Err(ReceiptError::Commitment);
    }
    let proof: Result<Vec<TreeHash>, LogError> = logged
        .inclusion_proof
        .iter()
        .map(|part| TreeHash::parse(part))
        .collect();
    let leaf = TreeHash::leaf(logged.entry.as_bytes());
    let proof = proof.map_err(unreadable)?;
    check_inclusion(leaf, logged.index, checkpoint.size, checkpoint.root, &proof)
        .map_err(|_| ReceiptError::NotIncluded)?;
    if !agrees(&body, entry.kind, &logged.payload) {
        return Err(ReceiptError::Contradiction);
    }
    Ok(Checked {
        kind: entry.kind,
        index: logged.index,
        checkpoint,
        key: own,
        payload: logged.payload,
    })
}

/// Whether the readable part says what the committed part says.
fn agrees(body: &Value, kind: Kind, payload: &Value) -> bool {
    if payload.get("kind").and_then(Value::as_str) != Some(kind.as_str()) {
        return false;
    }
    let pairs: &[(&str, &str)] = match kind {
        Kind::Consent => &[
            ("/header/record_id", "/event"),
            ("/header/pii_principal_id", "/subject"),
            ("/processing/privacy_notice/document", "/document"),
            ("/processing/privacy_notice/version", "/version"),
            ("/processing/privacy_notice/text_sha256", "/text_sha256"),
            ("/processing/privacy_notice/language", "/language"),
            ("/events/0/event_state", "/state"),
            ("/events/0/event_time", "/at"),
            ("/events/0/expires_at", "/expires_at"),
            ("/processing/purpose", "/purpose"),
            ("/processing/recipient", "/recipient"),
        ],
        Kind::Disclosure => &[
            ("/header/record_id", "/disclosure"),
            ("/header/pii_principal_id", "/subject"),
            ("/processing/recipient_kind", "/recipient_kind"),
            ("/processing/recipient", "/recipient"),
            ("/processing/pii_categories", "/fields"),
            ("/processing/purpose", "/purpose"),
            ("/processing/ground", "/ground"),
            ("/events/0/event_time", "/at"),
        ],
        // What is shown of these is the committed part itself.
        Kind::Document | Kind::Erasure | Kind::Succession => &[],
    };
    pairs.iter().all(|(told, committed)| {
        body.pointer(told).is_some() && body.pointer(told) == payload.pointer(committed)
    })
}
