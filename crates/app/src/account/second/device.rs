//! Devices that are remembered: there the password alone logs in, for thirty days. What such a session
//! may do that wants a proof, it may not do yet.

use domain::account::second as rules;
use privacy::purpose::{KeepSafe, ShowOwn, VerifyHolder};
use privacy::{Ask, Ctx, LegalBasis, Personal};
use storage::Tx;
use storage::account::remembered::{self, NewRemembered};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::login::token_digest;
use super::super::random_token;
use super::check::Holder;
use crate::account::Viewer;
use crate::{App, Failure};

/// A remembered device as its person sees it.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// Its identifier; says nothing about its token.
    pub id: Uuid,
    /// The device as its browser named it.
    pub name: String,
    /// When it was remembered.
    pub created_at: OffsetDateTime,
    /// When it last spared its person the second step.
    pub used_at: OffsetDateTime,
    /// When it is forgotten.
    pub ends_at: OffsetDateTime,
}

/// Remembers a device and gives its token, for the cookie; only a digest is stored.
pub(super) async fn remember(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    holder: Holder,
    device: &str,
) -> Result<String, Failure> {
    let token = random_token(&*app.entropy);
    let device = Personal::received(device.chars().take(200).collect::<String>());
    let new = NewRemembered {
        id: app.entropy.id(),
        account: holder.account,
        subject: holder.subject,
        token_digest: token_digest(&token),
        device: &device,
        ends_at: tx.ctx().now() + rules::REMEMBERED,
    };
    remembered::insert(tx, &new, rules::DEVICES).await?;
    Ok(token)
}

/// Whether the device that sent this token is remembered for this very account.
pub(in super::super) async fn is_remembered(
    tx: &mut Tx<'_, VerifyHolder>,
    account: Uuid,
    token: Option<&str>,
) -> Result<bool, Failure> {
    let Some(token) = token.filter(|token| token.len() == 64) else {
        return Ok(false);
    };
    Ok(remembered::use_now(tx, account, token_digest(token)).await?)
}

pub(super) async fn list(tx: &mut Tx<'_, ShowOwn>, viewer: &Viewer) -> Result<Vec<Remembered>, Failure> {
    let rows = remembered::of_account(tx, viewer.account).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ask = Ask {
        subject: viewer.subject,
        fields: &["remembered_device.device"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let mut devices = Vec::with_capacity(rows.len());
    for row in rows {
        let place = remembered::device_field(row.id, viewer.subject);
        devices.push(Remembered {
            id: row.id,
            name: tx.show(&permit, &place, &row.device).await?,
            created_at: row.created_at,
            used_at: row.used_at,
            ends_at: row.ends_at,
        });
    }
    Ok(devices)
}

/// Forgets one of the viewer's devices; from its next log-in on the second step is asked for there.
///
/// # Errors
/// [`Failure::NotFound`] for a device that is not remembered or not the viewer's: they look alike.
pub async fn forget_device(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    viewer: &Viewer,
    device: Uuid,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !remembered::revoke(&mut tx, viewer.account, device).await? {
        return Err(Failure::NotFound);
    }
    Ok(tx.commit().await?)
}
