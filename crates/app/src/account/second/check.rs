//! Whether a code is right: of the authenticator app or a recovery code, each good once, tries counted
//! before they are looked at.

use domain::account::{recovery, second as rules, totp};
use privacy::purpose::VerifyHolder;
use privacy::{Ask, BlindIndex, LegalBasis, Opened, Purpose, SubjectId};
use storage::Tx;
use storage::account::second::{self, Authenticator};
use storage::account::{self, code};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::index;
use super::notice::{What, enqueue as tell};
use crate::{App, Failure};

/// The kind under which wrong codes are counted.
const WRONG: &str = "second_wrong";

/// What was given as a second factor, as typed.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The code of the authenticator app.
    pub code: &'a str,
    /// A recovery code instead.
    pub recovery: &'a str,
}

impl<'a> Given<'a> {
    /// What stands in a field that takes either.
    pub(super) fn of(typed: &'a str) -> Self {
        if recovery::typed(typed).is_some() {
            Self {
                code: "",
                recovery: typed,
            }
        } else {
            Self {
                code: typed,
                recovery: "",
            }
        }
    }
}

impl Given<'_> {
    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.code.trim().is_empty() && self.recovery.trim().is_empty()
    }
}

/// What proved the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Used {
    /// The app.
    App,
    /// A recovery code.
    Recovery,
}

/// Whose code it is.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    pub account: Uuid,
    pub subject: SubjectId,
}

fn ration(app: &App, account: Uuid) -> BlindIndex {
    index(app, "authenticator.code", &account.to_string())
}

/// Counts a try against the account's limits, after holding its row: codes tried at once are counted
/// one after another. Nothing is told of the account to whoever is refused.
pub(in super::super) async fn admit<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Uuid, Failure> {
    policy::clause!("2.2.3.d");
    account::hold(tx, account).await?;
    let (key, now) = (ration(app, account), tx.ctx().now());
    let lately = code::attempts_since(tx, WRONG, key, now - rules::WINDOW).await?;
    let today = code::attempts_since(tx, WRONG, key, now - rules::LONG_WINDOW).await?;
    rules::may_try(lately, today)?;
    Ok(code::count_attempt(tx, WRONG, key).await?)
}

/// Looks at what was given. `None` for whatever is wrong: the caller commits, so that the try stays
/// counted, and then refuses.
pub(super) async fn look(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    holder: Holder,
    given: &Given<'_>,
) -> Result<Option<Used>, Failure> {
    policy::clause!("2.1.1.e");
    if !given.recovery.trim().is_empty() {
        let Some(typed) = recovery::typed(given.recovery) else {
            return Ok(None);
        };
        let digest = code_digest(app, holder.account, &typed);
        let used = second::use_code(tx, holder.account, digest).await?;
        return Ok(used.then_some(Used::Recovery));
    }
    let known = second::find(tx, holder.account).await?;
    let Some(known) = known.filter(|known| known.confirmed_at.is_some()) else {
        return Ok(None);
    };
    let Some(step) = step_of(app, tx, holder, &known, given.code).await? else {
        return Ok(None);
    };
    let used = second::use_step(tx, holder.account, step).await?;
    Ok(used.then_some(Used::App))
}

/// Counts the try, looks at what was given, and tells the holder of a recovery code that was used.
/// `false` for whatever is wrong: the caller commits, and then refuses.
pub(super) async fn prove(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    holder: Holder,
    given: &Given<'_>,
) -> Result<bool, Failure> {
    let attempt = admit(app, tx, holder.account).await?;
    let Some(used) = look(app, tx, holder, given).await? else {
        return Ok(false);
    };
    code::forget_attempt(tx, attempt).await?;
    if used == Used::Recovery {
        tell(app, tx, holder.account, What::CodeUsed).await?;
    }
    Ok(true)
}

/// The step that a code is of, if it is good now. Its secret is opened for it, which its person will
/// read about.
pub(super) async fn step_of(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    holder: Holder,
    known: &Authenticator,
    typed: &str,
) -> Result<Option<i64>, Failure> {
    let ask = Ask {
        subject: holder.subject,
        fields: &["authenticator.secret"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.1.1.e"),
        case: None,
    };
    let place = second::secret_field(holder.account, holder.subject);
    let secret = {
        let permit = tx.permit(ask).await?;
        tx.open(&permit, &place, &known.secret).await?
    };
    Ok(accepted(app, &secret, typed, tx.ctx().now(), known.last_step))
}

/// The step that a code is of, if it is one of this secret, good now and later than the last one accepted.
pub(crate) fn accepted(
    app: &App,
    secret: &Opened,
    typed: &str,
    now: OffsetDateTime,
    last: Option<i64>,
) -> Option<i64> {
    // The demonstration's secret is known to everybody, so elsewhere it proves nothing.
    if !app.demo && secret.inside() == crate::demo::SECRET {
        return None;
    }
    let bytes = totp::from_base32(secret.inside())?;
    totp::accepted(&bytes, typed, now, last)
}

/// The keyed digest of a recovery code.
pub(super) fn code_digest(app: &App, account: Uuid, code: &str) -> Vec<u8> {
    index(app, "recovery_code.code", &format!("{account}:{code}"))
        .0
        .to_vec()
}
