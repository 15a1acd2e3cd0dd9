//! A stored passkey against an answer. Its credential is opened for that, which its person will read about.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::account::change::What as Changed;
use privacy::purpose::VerifyHolder;
use privacy::{Ask, LegalBasis, Personal, SubjectId};
use storage::Tx;
use storage::account::passkey::{self, PasskeyRow};
use storage::account::{self, change};
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

use super::site::{Answer, RelyingParty, Wrong};
use crate::account::index;
use crate::account::second::{What, enqueue_notice};
use crate::{App, Failure, Fault};

/// The keyed digest by which a credential is found.
pub(super) fn digest(app: &App, credential: &[u8]) -> privacy::BlindIndex {
    index(app, "passkey.credential", &URL_SAFE_NO_PAD.encode(credential))
}

/// What an authenticator knows an account by: nothing that stands anywhere else.
pub(super) fn handle(app: &App, account: Uuid) -> Uuid {
    let digest = index(app, "passkey.handle", &account.to_string());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest.0[..16]);
    Uuid::from_bytes(bytes)
}

/// What is stored of a passkey.
pub(super) fn document(passkey: &Passkey) -> Result<Personal<String>, Failure> {
    let text = serde_json::to_string(passkey).map_err(|_| Failure::Fault(Fault::Document))?;
    Ok(Personal::received(text))
}

/// The credentials of one person.
pub(super) async fn opened(
    tx: &mut Tx<'_, VerifyHolder>,
    subject: SubjectId,
    rows: &[PasskeyRow],
) -> Result<Vec<Passkey>, Failure> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ask = Ask {
        subject,
        fields: &["passkey.credential"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.1.1.e"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let mut passkeys = Vec::with_capacity(rows.len());
    for row in rows {
        let place = passkey::field("credential", row.id, subject);
        let value = tx.open(&permit, &place, &row.credential).await?;
        let read = serde_json::from_str(value.inside());
        passkeys.push(read.map_err(|_| Failure::Fault(Fault::Document))?);
    }
    Ok(passkeys)
}

/// Whether a stored passkey of this account gave the answer. The account's row is held first, so that
/// answers sent at once are compared with each other's counter. A counter that went back is noted and told;
/// the caller commits in either case.
pub(super) async fn check(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    site: &RelyingParty,
    account: Uuid,
    challenge: &[u8],
    answer: &Answer,
) -> Result<Result<(), Wrong>, Failure> {
    policy::clause!("2.1.1.e");
    account::hold(tx, account).await?;
    let digest = digest(app, answer.credential()).0.to_vec();
    let found = passkey::by_digest(tx, digest).await?;
    let Some(row) = found.filter(|row| row.account == account) else {
        return Ok(Err(Wrong::Answer));
    };
    let own = handle(app, account);
    if answer.handle().is_some_and(|said| said != own.as_bytes()) {
        return Ok(Err(Wrong::Answer));
    }
    let subject = row.subject;
    let id = row.id;
    let Some(known) = opened(tx, subject, &[row]).await?.pop() else {
        return Ok(Err(Wrong::Answer));
    };
    match site.proved(challenge, answer, known)? {
        Ok(now) => {
            passkey::used(tx, id, subject, &document(&now)?).await?;
            Ok(Ok(()))
        }
        Err(Wrong::Copied) => {
            policy::clause!("2.2.3.d");
            passkey::doubt(tx, id).await?;
            change::record(tx, subject, Changed::PasskeyDoubted, None).await?;
            enqueue_notice(app, tx, account, What::PasskeyDoubted).await?;
            Ok(Err(Wrong::Copied))
        }
        Err(Wrong::Answer) => Ok(Err(Wrong::Answer)),
    }
}
