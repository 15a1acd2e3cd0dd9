//! Turning the second factor on and off, and its recovery codes. Each wants a fresh proof, ends what
//! else is logged in, and is told to the holder.

use domain::Refused;
use domain::account::{recovery, totp};
use privacy::purpose::VerifyHolder;
use privacy::{Ask, Ctx, Entropy, LegalBasis, Personal};
use storage::Tx;
use storage::account::{self, code as attempts, second};

use super::check::{Holder, admit, code_digest, step_of};
use super::notice::{What, enqueue as tell};
use super::step_up::{Renewed, renew};
use super::{demand_proof, end_others};
use crate::account::Viewer;
use crate::{App, Failure};

impl Viewer {
    const fn holder(&self) -> Holder {
        Holder {
            account: self.account,
            subject: self.subject,
        }
    }
}

/// A secret that waits for its first code, for the eyes of its person.
pub struct Offered {
    /// The secret in base32.
    pub secret: String,
    /// The account's name, by which the app lists it.
    pub name: String,
}

/// Recovery codes just made. Their text is here and nowhere else: only digests are stored.
#[derive(Clone)]
pub struct NewCodes {
    /// The codes.
    pub codes: Vec<String>,
    /// The session's new token, if it has one.
    pub renewed: Option<Renewed>,
}

/// A secret for an authenticator app.
pub(crate) fn fresh_secret(entropy: &dyn Entropy) -> Personal<String> {
    let mut bytes = [0_u8; totp::SECRET_BYTES];
    entropy.fill(&mut bytes);
    Personal::received(totp::base32(&bytes))
}

/// Recovery codes that nobody has yet.
pub(crate) fn fresh_codes(entropy: &dyn Entropy) -> Vec<String> {
    let one = || {
        let mut random = [0_u8; recovery::SIGNS];
        entropy.fill(&mut random);
        recovery::of(random)
    };
    (0..recovery::CODES).map(|_| one()).collect()
}

/// Makes a secret that waits for its first code. Asked again, it makes another.
///
/// # Errors
/// [`Refused::ProofNeeded`]; [`Refused::SecondNotNow`] if the second factor is on.
pub async fn begin_second(app: &App, ctx: &Ctx<VerifyHolder>, viewer: &Viewer) -> Result<(), Failure> {
    let secret = fresh_secret(&*app.entropy);
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    if !second::put(&mut tx, viewer.account, viewer.subject, &secret).await? {
        return Err(Refused::SecondNotNow.into());
    }
    Ok(tx.commit().await?)
}

/// The secret that waits for its first code.
///
/// # Errors
/// [`Refused::ProofNeeded`]; [`Failure::NotFound`] if none waits.
pub async fn offered(app: &App, ctx: &Ctx<VerifyHolder>, viewer: &Viewer) -> Result<Offered, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    let known = second::find(&mut tx, viewer.account).await?;
    let known = known
        .filter(|known| known.confirmed_at.is_none())
        .ok_or(Failure::NotFound)?;
    let row = account::by_id(&mut tx, viewer.account)
        .await?
        .ok_or(Failure::NotFound)?;
    let ask = Ask {
        subject: viewer.subject,
        fields: &["authenticator.secret", "account.name"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.1.1.e"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let place = second::secret_field(viewer.account, viewer.subject);
    let secret = tx.show(&permit, &place, &known.secret).await?;
    let place = account::field("name", row.id, row.subject);
    let name = tx.show(&permit, &place, &row.name).await?;
    tx.commit().await?;
    Ok(Offered { secret, name })
}

/// Turns the second factor on with the first code of what waits.
///
/// # Errors
/// [`Refused::ProofNeeded`], [`Refused::SecondMissing`], [`Refused::SecondWrong`],
/// [`Refused::SecondTooMany`]; [`Refused::SecondNotNow`] if nothing waits.
pub async fn confirm_second(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    typed: &str,
) -> Result<NewCodes, Failure> {
    if typed.trim().is_empty() {
        return Err(Refused::SecondMissing.into());
    }
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    let attempt = admit(app, &mut tx, viewer.account).await?;
    let known = second::find(&mut tx, viewer.account).await?;
    let Some(known) = known.filter(|known| known.confirmed_at.is_none()) else {
        return Err(Refused::SecondNotNow.into());
    };
    let Some(step) = step_of(app, &mut tx, viewer.holder(), &known, typed).await? else {
        tx.commit().await?;
        return Err(Refused::SecondWrong.into());
    };
    attempts::forget_attempt(&mut tx, attempt).await?;
    if !second::confirm(&mut tx, viewer.account, step).await? {
        return Err(Refused::SecondNotNow.into());
    }
    let codes = make_codes(app, &mut tx, viewer).await?;
    end_others(&mut tx, viewer.account, viewer.session).await?;
    tell(app, &mut tx, viewer.account, What::On).await?;
    let renewed = renew(app, &mut tx, viewer).await?;
    tx.commit().await?;
    Ok(NewCodes {
        codes,
        renewed: Some(renewed),
    })
}

/// Makes recovery codes in place of all earlier ones.
pub(in super::super) async fn make_codes(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    viewer: &Viewer,
) -> Result<Vec<String>, Failure> {
    let codes = fresh_codes(&*app.entropy);
    let digests = codes.iter().map(|code| code_digest(app, viewer.account, code));
    second::put_codes(tx, viewer.account, digests.collect()).await?;
    Ok(codes)
}

/// Makes new recovery codes; the earlier ones are of no use any more.
///
/// # Errors
/// [`Refused::ProofNeeded`]; [`Refused::SecondNotNow`] if the second factor is off.
pub async fn renew_codes(app: &App, ctx: &Ctx<VerifyHolder>, viewer: &Viewer) -> Result<NewCodes, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    // Two renewals at once would leave the codes of both.
    account::hold(&mut tx, viewer.account).await?;
    if !second::is_on(&mut tx, viewer.account).await? {
        return Err(Refused::SecondNotNow.into());
    }
    let codes = make_codes(app, &mut tx, viewer).await?;
    tell(app, &mut tx, viewer.account, What::CodesRenewed).await?;
    tx.commit().await?;
    Ok(NewCodes { codes, renewed: None })
}

/// Whether these are the viewer's own unused recovery codes: what the page showed, sent back to be
/// saved as a file. Nothing is stored, and nothing else is written into a file.
///
/// # Errors
/// [`Failure::NotFound`] for anything else.
pub async fn own_codes(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    typed: &str,
) -> Result<Vec<String>, Failure> {
    let codes: Vec<String> = typed
        .split_whitespace()
        .take(recovery::CODES + 1)
        .filter_map(recovery::typed)
        .collect();
    if codes.len() != recovery::CODES {
        return Err(Failure::NotFound);
    }
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    for code in &codes {
        let digest = code_digest(app, viewer.account, code);
        if !second::has_code(&mut tx, viewer.account, digest).await? {
            return Err(Failure::NotFound);
        }
    }
    Ok(codes)
}

/// Turns the authenticator app off: its secret is gone, and without a passkey beside it the second factor
/// with its recovery codes.
///
/// # Errors
/// [`Refused::ProofNeeded`]; [`Refused::SecondNotNow`] if it is off.
pub async fn turn_off(app: &App, ctx: &Ctx<VerifyHolder>, viewer: &Viewer) -> Result<Renewed, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    demand_proof(&mut tx, viewer).await?;
    account::hold(&mut tx, viewer.account).await?;
    let before = second::standing(&mut tx, viewer.account).await?;
    if !before.app || !second::remove(&mut tx, viewer.account).await? {
        return Err(Refused::SecondNotNow.into());
    }
    let what = if before.passkeys > 0 {
        What::AppOff
    } else {
        second::end(&mut tx, viewer.account).await?;
        What::Off
    };
    end_others(&mut tx, viewer.account, viewer.session).await?;
    tell(app, &mut tx, viewer.account, what).await?;
    let renewed = renew(app, &mut tx, viewer).await?;
    tx.commit().await?;
    Ok(renewed)
}
