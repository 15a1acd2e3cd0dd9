//! Adding, naming and removing passkeys. Adding and removing want a fresh proof and are told to the holder;
//! the first one turns two-step log-in on, the last one to go turns it off (2.1.1.e, 2.6.1.c).

use domain::Refused;
use domain::account::change::What as Changed;
use domain::account::passkey as rules;
use domain::refused::Passkey as Rule;
use privacy::purpose::{KeepSafe, ShowOwn, VerifyHolder};
use privacy::{Ask, Ctx, LegalBasis, Personal};
use storage::Tx;
use storage::account::passkey::{self, NewPasskey};
use storage::account::{self, change, second};
use time::OffsetDateTime;
use uuid::Uuid;

use super::ceremony::{For, ask, take};
use super::credential::{digest, document, handle, opened};
use super::{Prompt, site};
use crate::account::Viewer;
use crate::account::second::{Renewed, What, demand_proof, end_others, enqueue_notice, make_codes, renew};
use crate::{App, Failure};

/// A passkey as its person sees it.
#[derive(Clone, Debug)]
pub struct PasskeySeen {
    /// Its identifier; says nothing about its credential.
    pub id: Uuid,
    /// What its person calls it.
    pub label: String,
    /// When it was added.
    pub created_at: OffsetDateTime,
    /// When it last proved its person.
    pub used_at: Option<OffsetDateTime>,
    /// When an answer of it was refused because its counter went back.
    pub refused_at: Option<OffsetDateTime>,
}

/// The viewer's passkeys, oldest first (2.6.1.a).
///
/// # Errors
/// [`Failure::Fault`].
pub async fn passkeys(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Vec<PasskeySeen>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let rows = passkey::of_account(&mut tx, viewer.account).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ask = Ask {
        subject: viewer.subject,
        fields: &["passkey.label"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let mut seen = Vec::with_capacity(rows.len());
    {
        let permit = tx.permit(ask).await?;
        for row in rows {
            let place = passkey::field("label", row.id, viewer.subject);
            seen.push(PasskeySeen {
                id: row.id,
                label: tx.show(&permit, &place, &row.label).await?,
                created_at: row.created_at,
                used_at: row.used_at,
                refused_at: row.refused_at,
            });
        }
    }
    tx.commit().await?;
    Ok(seen)
}

/// The name that the device shows beside the passkey, so that a person with two accounts can tell them
/// apart.
async fn account_name(tx: &mut Tx<'_, VerifyHolder>, viewer: &Viewer) -> Result<String, Failure> {
    let row = account::by_id(tx, viewer.account)
        .await?
        .ok_or(Failure::NotFound)?;
    let ask = Ask {
        subject: viewer.subject,
        fields: &["account.name"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.1.1.e"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let place = account::field("name", row.id, row.subject);
    Ok(tx.show(&permit, &place, &row.name).await?)
}

/// Asks an authenticator for a new passkey. The name it is to have is read first: once the device has made
/// one, a refusal would leave it there.
///
/// # Errors
/// [`Refused::ProofNeeded`], [`Rule::Label`], [`Rule::TooMany`], [`Rule::Unavailable`].
pub async fn begin_passkey(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    label: &str,
) -> Result<Prompt, Failure> {
    rules::label(label)?;
    let site = site(app)?;
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    let rows = passkey::of_account(&mut tx, viewer.account).await?;
    rules::may_add(i64::try_from(rows.len()).unwrap_or(i64::MAX))?;
    let present = opened(&mut tx, viewer.subject, &rows).await?;
    let name = account_name(&mut tx, viewer).await?;
    let what = For::Adding(viewer.session);
    let challenge = ask(app, &mut tx, what, Some(viewer.account)).await?;
    let options = site.to_create(&challenge, handle(app, viewer.account), &name, &present)?;
    tx.commit().await?;
    Ok(Prompt { options, token: None })
}

/// A new passkey as handed in.
pub struct PasskeyAdding<'a> {
    /// What it is to be called, as typed.
    pub label: &'a str,
    /// What it is called if nothing was typed.
    pub device: &'a str,
    /// What the browser answered.
    pub answer: &'a str,
}

/// A passkey that was added.
pub struct PasskeyAdded {
    /// Recovery codes, if two-step log-in was off before: shown once, only digests are stored.
    pub codes: Option<Vec<String>>,
    /// The session's new token.
    pub renewed: Renewed,
}

/// Adds a passkey. The first one turns two-step log-in on, with recovery codes, and ends what else is
/// logged in.
///
/// # Errors
/// [`Refused::ProofNeeded`]; [`Rule::Stale`], [`Rule::Unreadable`], [`Rule::Unverified`], [`Rule::Origin`],
/// [`Rule::Taken`], [`Rule::TooMany`], [`Rule::Label`].
pub async fn add_passkey(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    form: &PasskeyAdding<'_>,
) -> Result<PasskeyAdded, Failure> {
    policy::clause!("2.6.1.c");
    let label = rules::label(form.label)?;
    let site = site(app)?;
    let challenge = take(app, ctx, For::Adding(viewer.session)).await?;
    let made = site.created(&challenge, form.answer)?;
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    // Two additions at once would both be the tenth.
    account::hold(&mut tx, viewer.account).await?;
    let before = second::standing(&mut tx, viewer.account).await?;
    rules::may_add(before.passkeys)?;
    let digest = digest(app, made.cred_id()).0.to_vec();
    if passkey::by_digest(&mut tx, digest.clone()).await?.is_some() {
        return Err(Refused::from(Rule::Taken).into());
    }
    let label = label.unwrap_or_else(|| form.device.chars().take(rules::LABEL_CHARS).collect());
    let new = NewPasskey {
        id: app.entropy.id(),
        account: viewer.account,
        subject: viewer.subject,
        credential_digest: digest,
        credential: &document(&made)?,
        label: &Personal::received(label),
    };
    match passkey::insert(&mut tx, &new).await {
        Err(error) if error.is_conflict() => return Err(Refused::from(Rule::Taken).into()),
        other => other?,
    }
    change::record(&mut tx, viewer.subject, Changed::PasskeyAdded, None).await?;
    enqueue_notice(app, &mut tx, viewer.account, What::PasskeyAdded).await?;
    let codes = if before.is_on() {
        None
    } else {
        end_others(&mut tx, viewer.account, viewer.session).await?;
        Some(make_codes(app, &mut tx, viewer).await?)
    };
    let renewed = renew(app, &mut tx, viewer).await?;
    tx.commit().await?;
    Ok(PasskeyAdded { codes, renewed })
}

/// Gives one of the viewer's passkeys another name.
///
/// # Errors
/// [`Rule::Label`]; [`Failure::NotFound`] for one that is not there or not the viewer's: they look alike.
pub async fn rename_passkey(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    viewer: &Viewer,
    passkey: Uuid,
    label: &str,
) -> Result<(), Failure> {
    let label = rules::label(label)?.ok_or(Refused::from(Rule::Label))?;
    let label = Personal::received(label);
    let mut tx = app.store.begin(ctx).await?;
    if !passkey::rename(&mut tx, viewer.account, viewer.subject, passkey, &label).await? {
        return Err(Failure::NotFound);
    }
    Ok(tx.commit().await?)
}

/// Removes one of the viewer's passkeys, and ends what else is logged in: its device may be in other hands.
///
/// # Errors
/// [`Refused::ProofNeeded`]; [`Failure::NotFound`] for one that is not there or not the viewer's.
pub async fn remove_passkey(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    passkey: Uuid,
) -> Result<Renewed, Failure> {
    policy::clause!("2.6.1.c");
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    account::hold(&mut tx, viewer.account).await?;
    if !passkey::remove(&mut tx, viewer.account, passkey).await? {
        return Err(Failure::NotFound);
    }
    change::record(&mut tx, viewer.subject, Changed::PasskeyRemoved, None).await?;
    enqueue_notice(app, &mut tx, viewer.account, What::PasskeyRemoved).await?;
    if !second::is_on(&mut tx, viewer.account).await? {
        second::end(&mut tx, viewer.account).await?;
        enqueue_notice(app, &mut tx, viewer.account, What::Off).await?;
    }
    end_others(&mut tx, viewer.account, viewer.session).await?;
    let renewed = renew(app, &mut tx, viewer).await?;
    tx.commit().await?;
    Ok(renewed)
}
