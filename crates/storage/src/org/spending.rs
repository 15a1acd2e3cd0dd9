//! What members may spend without asking, what they spent, and what they asked for (2.1.1.a). Amounts
//! are in fen.

use domain::org::spending::{Decline, Limits, Standing};
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const LIMITS: &str = "SELECT COALESCE(m.limit_once, o.limit_once), COALESCE(m.limit_month, o.limit_month), o.approvals \
    FROM organisation_member m JOIN organisation o ON o.id = m.organisation \
    WHERE m.organisation = $1 AND m.account = $2";
const DEFAULTS: &str = "SELECT limit_once, limit_month, approvals FROM organisation WHERE id = $1";
const OWN_LIMITS: &str = "SELECT account, limit_once, limit_month FROM organisation_member \
    WHERE organisation = $1 AND (limit_once IS NOT NULL OR limit_month IS NOT NULL) ORDER BY account LIMIT 250";
const SET_DEFAULTS: &str =
    "UPDATE organisation SET limit_once = $2, limit_month = $3, approvals = $4 WHERE id = $1";
const SET_LIMITS: &str = "UPDATE organisation_member SET limit_once = $3, limit_month = $4 \
    WHERE organisation = $1 AND account = $2";
// What was never paid and is over counts for nothing; what came back after a payment still does.
const SPENT: &str = "SELECT CAST(COALESCE(SUM(m.amount), 0) AS bigint) FROM service_order o \
    JOIN order_milestone m ON m.order_id = o.id \
    WHERE o.organisation = $1 AND o.buyer = $2 AND o.placed_at >= $3 AND NOT (o.state = 'cancelled' \
    AND NOT EXISTS (SELECT 1 FROM order_posting p WHERE p.order_id = o.id))";
const INSERT: &str = "INSERT INTO spending_request (organisation, id, account, subject, service, sku, amount, needed, state, \
    reason, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10)";
/// A statement that selects what [`read`] reads.
macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT organisation, id, account, subject, service, sku, amount, needed, state, reason, decline, order_number, \
             made_at, decided_at, (SELECT COUNT(*) FROM spending_approval a WHERE a.request = spending_request.id) \
             FROM spending_request ",
            $rest
        )
    };
}
const BY_ID: &str = selected!("WHERE id = $1");
const WAITING: &str =
    selected!("WHERE organisation = $1 AND state = 'open' AND made_at > $2 ORDER BY made_at, id LIMIT 50");
const OF_MEMBER: &str =
    selected!("WHERE account = $2 AND organisation = $1 ORDER BY made_at DESC, id DESC LIMIT 30");
const DECIDED: &str =
    selected!("WHERE organisation = $1 AND state <> 'open' ORDER BY made_at DESC, id DESC LIMIT 30");
const COUNT_WAITING: &str =
    "SELECT COUNT(*) FROM spending_request WHERE organisation = $1 AND state = 'open' AND made_at > $2";
const COUNT_OWN: &str = "SELECT COUNT(*) FROM spending_request WHERE account = $2 AND organisation = $1 AND state = 'open' AND made_at > $3";
const HOLD: &str = "UPDATE spending_request SET state = state WHERE id = $1";
const DECIDE: &str = "UPDATE spending_request SET state = $2, decline = $3, decided_at = $4 WHERE id = $1";
const USE: &str =
    "UPDATE spending_request SET state = 'used', order_number = $2 WHERE id = $1 AND state = 'approved'";
const APPROVE: &str =
    "INSERT INTO spending_approval (request, account, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
// An approval counts while whoever gave it may still give one.
const APPROVED_BY: &str = "SELECT a.account FROM spending_approval a JOIN spending_request r ON r.id = a.request \
    JOIN organisation_member m ON m.organisation = r.organisation AND m.account = a.account \
    WHERE a.request = $1 AND m.seat IN ('owner', 'admin') ORDER BY a.account LIMIT 10";
const END_OF_MEMBER: &str = "UPDATE spending_request SET state = 'withdrawn', decided_at = $3 \
    WHERE organisation = $1 AND account = $2 AND state IN ('open', 'approved')";
pub(crate) const STATEMENTS: &[&str] = &[
    LIMITS,
    DEFAULTS,
    OWN_LIMITS,
    SET_DEFAULTS,
    SET_LIMITS,
    SPENT,
    INSERT,
    BY_ID,
    WAITING,
    OF_MEMBER,
    DECIDED,
    COUNT_WAITING,
    COUNT_OWN,
    HOLD,
    DECIDE,
    USE,
    APPROVE,
    APPROVED_BY,
    END_OF_MEMBER,
];

/// A request as stored.
#[derive(Debug)]
pub struct RequestRow {
    /// Of which organisation.
    pub organisation: Uuid,
    /// The request.
    pub id: Uuid,
    /// Who asks.
    pub account: Uuid,
    /// The person.
    pub subject: SubjectId,
    /// For which service.
    pub service: Uuid,
    /// Which way to buy, counted from 0.
    pub sku: i64,
    /// How much.
    pub amount: i64,
    /// How many have to approve.
    pub needed: i64,
    /// Where it stands, but for the clock.
    pub state: Standing,
    /// What for, in the words of who asks.
    pub reason: Option<Sealed<String>>,
    /// Why it was declined.
    pub decline: Option<Decline>,
    /// The order that was placed.
    pub order_number: Option<String>,
    /// When it was made.
    pub made_at: OffsetDateTime,
    /// When it was decided.
    pub decided_at: Option<OffsetDateTime>,
    /// How many approved.
    pub approvals: i64,
}

impl RequestRow {
    /// Where it stands now.
    #[must_use]
    pub fn standing(&self, now: OffsetDateTime) -> Standing {
        self.state.at(self.decided_at.unwrap_or(self.made_at), now)
    }
}

/// The place of a request's reason.
#[must_use]
pub const fn reason_field(request: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "spending_request",
        column: "reason",
        row: request,
        subject,
    }
}

fn read(row: &Row) -> Result<RequestRow, StoreError> {
    Ok(RequestRow {
        organisation: row.id(0)?,
        id: row.id(1)?,
        account: row.id(2)?,
        subject: SubjectId(row.id(3)?),
        service: row.id(4)?,
        sku: row.int(5)?,
        amount: row.int(6)?,
        needed: row.int(7)?,
        state: Standing::parse(&row.text(8)?).ok_or(StoreError::Malformed("spending state"))?,
        reason: row.opt_bytes(9)?.map(Sealed::from_stored),
        decline: row.opt_text(10)?.as_deref().and_then(Decline::parse),
        order_number: row.opt_text(11)?,
        made_at: row.time(12)?,
        decided_at: row.opt_time(13)?,
        approvals: row.int(14)?,
    })
}

/// What a member may spend, and how many have to approve what is above it; `None` for whoever is no
/// member.
///
/// # Errors
/// [`StoreError`].
pub async fn limits<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
) -> Result<Option<(Limits, i64)>, StoreError> {
    let row = tx
        .row(LIMITS, &[Value::Id(organisation), Value::Id(account)])
        .await?;
    row.map(|row| both(&row)).transpose()
}

fn both(row: &Row) -> Result<(Limits, i64), StoreError> {
    let limits = Limits {
        once: row.opt_int(0)?,
        month: row.opt_int(1)?,
    };
    Ok((limits, row.int(2)?))
}

/// What holds for every member who purchases and has no limits of their own.
///
/// # Errors
/// [`StoreError`].
pub async fn defaults<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<Option<(Limits, i64)>, StoreError> {
    let row = tx.row(DEFAULTS, &[Value::Id(organisation)]).await?;
    row.map(|row| both(&row)).transpose()
}

/// The members with limits of their own.
///
/// # Errors
/// [`StoreError`].
pub async fn own_limits<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<Vec<(Uuid, Limits)>, StoreError> {
    let rows = tx.rows(OWN_LIMITS, &[Value::Id(organisation)]).await?;
    let own = |row: &Row| {
        let limits = Limits {
            once: row.opt_int(1)?,
            month: row.opt_int(2)?,
        };
        Ok((row.id(0)?, limits))
    };
    rows.iter().map(own).collect()
}

/// Sets what holds for every member who purchases.
///
/// # Errors
/// [`StoreError`].
pub async fn set_defaults<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    limits: Limits,
    approvals: i64,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(organisation),
        Value::OptInt(limits.once),
        Value::OptInt(limits.month),
        Value::Int(approvals),
    ];
    tx.execute(SET_DEFAULTS, &values).await.map(|_| ())
}

/// Sets what holds for one member.
///
/// # Errors
/// [`StoreError`].
pub async fn set_limits<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
    limits: Limits,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(organisation),
        Value::Id(account),
        Value::OptInt(limits.once),
        Value::OptInt(limits.month),
    ];
    tx.execute(SET_LIMITS, &values).await.map(|_| ())
}

/// What a member ordered for an organisation since an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn spent<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
    since: OffsetDateTime,
) -> Result<i64, StoreError> {
    let values = [Value::Id(organisation), Value::Id(account), Value::Time(since)];
    let row = tx.row(SPENT, &values).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// A request to store.
pub struct NewRequest<'a> {
    /// Of which organisation.
    pub organisation: Uuid,
    /// The request.
    pub id: Uuid,
    /// Who asks.
    pub account: Uuid,
    /// The person.
    pub subject: SubjectId,
    /// For which service.
    pub service: Uuid,
    /// Which way to buy, counted from 0.
    pub sku: i64,
    /// How much.
    pub amount: i64,
    /// How many have to approve.
    pub needed: i64,
    /// What for.
    pub reason: Option<&'a Personal<String>>,
}

/// Stores a request.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewRequest<'_>) -> Result<(), StoreError> {
    let reason = match new.reason {
        Some(reason) => {
            let sealed = tx.seal(&reason_field(new.id, new.subject), reason).await?;
            Some(sealed.as_bytes().to_vec())
        }
        None => None,
    };
    let values = [
        Value::Id(new.organisation),
        Value::Id(new.id),
        Value::Id(new.account),
        Value::Id(new.subject.0),
        Value::Id(new.service),
        Value::Int(new.sku),
        Value::Int(new.amount),
        Value::Int(new.needed),
        Value::OptBytes(reason),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// A request.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<RequestRow>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// Holds a request until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// The requests that wait, made after `since`, the oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    since: OffsetDateTime,
) -> Result<Vec<RequestRow>, StoreError> {
    let values = [Value::Id(organisation), Value::Time(since)];
    tx.rows(WAITING, &values).await?.iter().map(read).collect()
}

/// How many wait, made after `since`.
///
/// # Errors
/// [`StoreError`].
pub async fn count_waiting<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    since: OffsetDateTime,
) -> Result<i64, StoreError> {
    let values = [Value::Id(organisation), Value::Time(since)];
    let row = tx.row(COUNT_WAITING, &values).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// How many of a member's own wait, made after `since`.
///
/// # Errors
/// [`StoreError`].
pub async fn count_own<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
    since: OffsetDateTime,
) -> Result<i64, StoreError> {
    let values = [Value::Id(organisation), Value::Id(account), Value::Time(since)];
    let row = tx.row(COUNT_OWN, &values).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The requests of one member, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_member<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
) -> Result<Vec<RequestRow>, StoreError> {
    let values = [Value::Id(organisation), Value::Id(account)];
    tx.rows(OF_MEMBER, &values).await?.iter().map(read).collect()
}

/// The requests that wait no longer, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn decided<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<Vec<RequestRow>, StoreError> {
    let rows = tx.rows(DECIDED, &[Value::Id(organisation)]).await?;
    rows.iter().map(read).collect()
}

/// Writes down an approval; twice by the same is once.
///
/// # Errors
/// [`StoreError`].
pub async fn approve<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, account: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Id(account), Value::Time(tx.ctx().now())];
    tx.execute(APPROVE, &values).await.map(|_| ())
}

/// Who approved a request and may still approve.
///
/// # Errors
/// [`StoreError`].
pub async fn approved_by<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows = tx.rows(APPROVED_BY, &[Value::Id(id)]).await?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// Decides a request that is held.
///
/// # Errors
/// [`StoreError`].
pub async fn decide<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    state: Standing,
    decline: Option<Decline>,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(state.as_str().to_owned()),
        Value::OptText(decline.map(|why| why.as_str().to_owned())),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(DECIDE, &values).await.map(|_| ())
}

/// Notes that an approved request became an order; `false` if it was not approved any more.
///
/// # Errors
/// [`StoreError`].
pub async fn used<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, number: &str) -> Result<bool, StoreError> {
    let values = [Value::Id(id), Value::Text(number.to_owned())];
    tx.execute(USE, &values).await.map(|rows| rows == 1)
}

/// Ends what a member who leaves asked for.
///
/// # Errors
/// [`StoreError`].
pub async fn end_of_member<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(organisation),
        Value::Id(account),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(END_OF_MEMBER, &values).await.map(|_| ())
}
