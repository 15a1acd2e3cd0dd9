//! What the kernel asks about somebody under age (2.7.b): the guardian's consent, how whoever acts stands to
//! them, a supervisor's approval.

use domain::minor::{Band, State};
use privacy::{Actor, Ask, Guarding, KnownMinor, MinorShare, Purpose, Share, SubjectId};
use time::OffsetDateTime;

use super::approval;
use crate::engine::{Conn, StoreError, Value};
use crate::tx::Tx;

// What the kernel asks: whether the guardian's consent is in force, how whoever acts stands to the minor, and
// whether the consent named as basis was the guardian's.
const KNOWN: &str = "SELECT (SELECT COUNT(*) FROM guardianship g WHERE g.subject = $1 AND g.state = 'active'), \
    (SELECT COUNT(*) FROM (SELECT c.state, c.origin, c.expires_at FROM consent_event c WHERE c.subject = $1 \
        AND c.document = 'guardian_account' ORDER BY c.at DESC, c.state DESC LIMIT 1) c \
        WHERE c.state = 'given' AND c.origin = 'guardian' AND (c.expires_at IS NULL OR c.expires_at > $4)), \
    (SELECT g.state FROM guardianship g WHERE g.subject = $1 AND g.guardian_account = $2), \
    (SELECT c.origin FROM consent_event c WHERE c.subject = $1 AND c.id = $3)";
// Whether a request that is being sent names this person: by the number of their account, or as a contact.
// Who is about to name a guardian proves their own number first.
const NAMES: &str = "SELECT (SELECT COUNT(*) FROM guardianship g WHERE g.state = 'requested' AND g.contact = $1) + \
    (SELECT COUNT(*) FROM one_time_code c WHERE c.subject = $1 AND c.reason = 'guardian_ask' AND c.created_at = $2) + \
    (SELECT COUNT(*) FROM guardianship g JOIN blind_index b ON b.digest = g.guardian_digest \
    WHERE g.state = 'requested' AND b.field = 'account.phone' AND b.subject = $1)";
const SHARED: &str = "SELECT c.state, c.origin, c.expires_at FROM consent_event c JOIN guardianship g ON g.subject = c.subject \
    WHERE c.subject = $1 AND g.state = 'active' AND c.purpose = $2 AND c.recipient IS NOT DISTINCT FROM $3 \
    ORDER BY c.at DESC, c.state DESC LIMIT 1";
pub(crate) const STATEMENTS: &[&str] = &[KNOWN, NAMES, SHARED];

/// What the kernel knows of somebody under age.
pub(crate) async fn known<P: Purpose>(
    conn: &mut Conn,
    tx: &Tx<'_, P>,
    ask: &Ask,
    band: Band,
) -> Result<KnownMinor, StoreError> {
    policy::clause!("2.7.b");
    let mut known = KnownMinor {
        child: band == Band::Child,
        ..KnownMinor::default()
    };
    let now = tx.ctx().now();
    let values = [
        Value::Id(ask.subject.0),
        Value::OptId(tx.ctx().actor().account()),
        Value::OptId(ask.basis.consent()),
        Value::Time(now),
    ];
    if let Some(row) = conn.row(KNOWN, &values).await? {
        known.consented = row.int(0)? > 0 && row.int(1)? > 0;
        known.guarding = match row.opt_text(2)?.as_deref().and_then(State::parse) {
            Some(State::Proven | State::Informed) => Guarding::Proven,
            Some(State::Active) => Guarding::Active,
            _ => Guarding::No,
        };
        known.by_guardian = row.opt_text(3)?.as_deref() == Some("guardian");
    }
    if let Actor::Staff(staff) = tx.ctx().actor() {
        known.approval = approval::good(conn, &staff, ask, now).await?;
    }
    Ok(known)
}

/// Whether a request that is being sent names this person as a guardian, or a code that is being sent at this
/// instant lets them name one (2.7.a).
pub(crate) async fn is_named(
    conn: &mut Conn,
    subject: SubjectId,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let row = conn.row(NAMES, &[Value::Id(subject.0), Value::Time(now)]).await?;
    Ok(row.map_or(Ok(0), |row| row.int(0))? > 0)
}

/// Whether the guardian consented to what is to be given away, and to whom.
pub(crate) async fn known_share<P: Purpose>(
    conn: &mut Conn,
    tx: &Tx<'_, P>,
    share: &Share,
) -> Result<MinorShare, StoreError> {
    let values = [
        Value::Id(share.subject.0),
        Value::Text(share.purpose.as_str().to_owned()),
        Value::OptText(Some(share.to.name())),
    ];
    let Some(row) = conn.row(SHARED, &values).await? else {
        return Ok(MinorShare::default());
    };
    let ended = row.opt_time(2)?.is_some_and(|end| tx.ctx().now() >= end);
    Ok(MinorShare {
        consented: row.text(0)? == "given" && row.opt_text(1)?.as_deref() == Some("guardian") && !ended,
    })
}
