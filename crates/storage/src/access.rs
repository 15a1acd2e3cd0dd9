//! Who opened what, when and why (clause 2.5.1.e): written before each permit, shown to the person.

use domain::minor::Band;
use domain::staff;
use privacy::consent::ConsentState;
use privacy::{
    AccessRecord, Actor, Ask, Known, KnownStaff, LiveConsent, Purpose, PurposeId, Ruling, Staff, SubjectId,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::Place;
use crate::engine::{Conn, Row, StoreError, Value};
use crate::tx::Tx;
use crate::{bulk, disclosure, minor, register};

const INSERT: &str = "INSERT INTO access_record \
    (subject, id, actor_kind, actor_account, fields, purpose, basis, clause, policy_version, request, at, case_id, \
    reason, consent, approval) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const LATEST: &str = "SELECT actor_kind, actor_account, fields, purpose, basis, clause, at, id, reason, case_id, approval FROM access_record \
    WHERE subject = $1 ORDER BY at DESC, id LIMIT $2";
const PAGE: &str = "SELECT actor_kind, actor_account, fields, purpose, basis, clause, at, id, reason, case_id, approval FROM access_record \
    WHERE subject = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4";
const PAGE_OF: &str = "SELECT actor_kind, actor_account, fields, purpose, basis, clause, at, id, reason, case_id, approval FROM access_record \
    WHERE subject = $1 AND (at, id) < ($2, $3) AND purpose = $5 ORDER BY at DESC, id DESC LIMIT $4";
// Whether an account is on a side of an order; whether a person is, as its buyer, as one who took a
// step in it, whose words stand in it, also when their account is gone, or who gave contact details for
// it; and the policy version this person accepted last (2.9.b). A version they refused, or were never
// asked about, does not rule them.
const KNOWN: &str = "SELECT \
    (SELECT COUNT(*) FROM service_order o WHERE o.id = $1 AND ((o.buyer = $2 AND o.organisation IS NULL) OR EXISTS \
        (SELECT 1 FROM organisation_member b WHERE b.organisation = o.organisation AND b.account = $2) OR EXISTS \
        (SELECT 1 FROM membership m WHERE m.supplier = o.supplier AND m.account = $2))), \
    (SELECT COUNT(*) FROM service_order o JOIN account a ON a.id = o.buyer WHERE o.id = $1 AND a.subject = $3) + \
    (SELECT COUNT(*) FROM order_event e JOIN account a ON a.id = e.account WHERE e.order_id = $1 AND a.subject = $3) + \
    (SELECT COUNT(*) FROM order_event e WHERE e.order_id = $1 AND e.note_subject = $3) + \
    (SELECT COUNT(*) FROM order_share s WHERE s.order_id = $1 AND s.subject = $3), \
    (SELECT CASE WHEN c.state = 'given' THEN c.version END FROM consent_event c WHERE c.subject = $3 \
        AND c.document = 'policy' AND c.state IN ('given', 'withdrawn') ORDER BY c.at DESC, c.state DESC LIMIT 1), \
    (SELECT b.band FROM age_band b WHERE b.subject = $3), \
    (SELECT COUNT(*) FROM organisation_member m WHERE m.organisation = $1 AND m.account = $2 AND EXISTS \
        (SELECT 1 FROM organisation_member s WHERE s.organisation = $1 AND s.subject = $3))";
// Whether an account works for this supplier, or for this organisation, which is a side of the order.
const OF_PARTY: &str = "SELECT (SELECT COUNT(*) FROM service_order o JOIN membership m ON m.supplier = o.supplier \
    WHERE o.id = $1 AND m.account = $2 AND o.supplier = $3) + \
    (SELECT COUNT(*) FROM service_order o JOIN organisation_member m ON m.organisation = o.organisation \
    WHERE o.id = $1 AND m.account = $2 AND o.organisation = $3)";
// A member of staff who works here, and whether the person is in the verification they name as the case.
const STAFF: &str = "SELECT s.roles, (SELECT MAX(t.valid_until) FROM staff_training t WHERE t.staff = s.id), \
    (SELECT COUNT(*) FROM person_verification v WHERE v.id = $2 AND v.subject = $3) + \
    (SELECT COUNT(*) FROM enterprise_paper p WHERE p.verification = $2 AND p.subject = $3) + \
    (SELECT COUNT(*) FROM supplier_paper p WHERE p.licence = $2 AND p.subject = $3) \
    FROM staff s WHERE s.id = $1 AND s.ended_at IS NULL";
// A consent, and how many later words of the same person on the same matter there are. Of two at the
// same instant, neither stands.
const CONSENT: &str = "SELECT c.purpose, c.recipient, c.state, c.expires_at, \
    (SELECT COUNT(*) FROM consent_event l WHERE l.subject = c.subject AND l.document = c.document \
        AND l.id <> c.id AND l.at >= c.at) \
    FROM consent_event c WHERE c.id = $1 AND c.subject = $2";
const BY_STAFF: &str = "SELECT actor_kind, actor_account, fields, purpose, basis, clause, at, id, reason, case_id, approval FROM access_record \
    WHERE subject = $1 AND actor_kind >= 'staff:' AND actor_kind < 'staff;' ORDER BY at DESC, id DESC LIMIT $2";
const OPENED_BY: &str = "SELECT COUNT(*) FROM access_record WHERE subject = $1 AND case_id = $2 AND actor_account = $3 \
    AND fields = $4 AND at >= $5";
/// What lies under the key of a party, not of a person.
const COPIES: &[&str] = &["order_note_copy.text"];
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT, LATEST, PAGE, PAGE_OF, KNOWN, OF_PARTY, STAFF, CONSENT, OPENED_BY, BY_STAFF,
];

/// What the decision about `ask` needs to know.
pub(crate) async fn known<P: Purpose>(
    conn: &mut Conn,
    tx: &Tx<'_, P>,
    ask: &Ask,
) -> Result<Known, StoreError> {
    let purpose = P::ID.as_str();
    let said = register::asked(ask.fields, purpose, ask.clause);
    let mut known = Known {
        registered: said.registered,
        sensitive: said.sensitive,
        ..Known::default()
    };
    let mut values = [
        Value::OptId(ask.case),
        Value::OptId(tx.ctx().actor().account()),
        Value::Id(ask.subject.0),
    ];
    if let Actor::Person { subject, .. } = tx.ctx().actor()
        && subject != ask.subject
        && ask.fields.iter().all(|field| COPIES.contains(field))
    {
        known.own_party = match conn.row(OF_PARTY, &values).await? {
            Some(row) => row.int(0)? > 0,
            None => false,
        };
        if known.own_party {
            // An organisation accepted nothing: who reads for it is ruled by what they accepted.
            values[2] = Value::Id(subject.0);
        }
    }
    let mut band = None;
    if let Some(row) = conn.row(KNOWN, &values).await? {
        known.actor_in_case = row.int(0)? > 0;
        known.subject_in_case = row.int(1)? > 0;
        known.colleagues = row.int(4)? > 0;
        band = row.opt_text(3)?;
        known.ruling = row.opt_text(2)?.map(|version| {
            let rules = tx.store().policy().get(&version);
            let basis = ask.basis.kind().as_str();
            Ruling {
                states: rules.is_some_and(|rules| rules.states(purpose, basis, ask.clause)),
                version,
            }
        });
    }
    if let Actor::Staff(staff) = tx.ctx().actor() {
        known.staff = known_staff(conn, &staff, ask).await?;
    }
    known.disclosed = disclosure::to_actor(conn, tx, ask).await?;
    if let Some(event) = ask.basis.consent() {
        known.consent = live(conn, tx, event, ask.subject).await?;
    }
    known.minor = match band.as_deref().and_then(Band::parse) {
        Some(band) if band.is_minor() => Some(minor::kernel::known(conn, tx, ask, band).await?),
        _ => None,
    };
    Ok(known)
}

/// What is known of a member of staff now, whatever their session says (2.5.1.e, 2.5.1.f).
async fn known_staff(conn: &mut Conn, acting: &Staff, ask: &Ask) -> Result<KnownStaff, StoreError> {
    policy::clause!("2.5.1.f");
    let values = [
        Value::Id(acting.account),
        Value::OptId(ask.case),
        Value::Id(ask.subject.0),
    ];
    let Some(row) = conn.row(STAFF, &values).await? else {
        return Ok(KnownStaff::default());
    };
    let roles = staff::read(&row.text(0)?);
    Ok(KnownStaff {
        holds_role: roles.iter().any(|role| role.opens() == Some(acting.role)),
        trained_until: row.opt_time(1)?,
        subject_in_verification: row.int(2)? > 0,
        given_fields: register::staff_sees(ask.fields, acting.role.registered()),
    })
}

/// The consent of an event, if it is this person's and in force at this instant (2.1.1.g).
pub(crate) async fn live<P: Purpose>(
    conn: &mut Conn,
    tx: &Tx<'_, P>,
    event: Uuid,
    subject: SubjectId,
) -> Result<Option<LiveConsent>, StoreError> {
    policy::clause!("2.1.1.g");
    let values = [Value::Id(event), Value::Id(subject.0)];
    let Some(row) = conn.row(CONSENT, &values).await? else {
        return Ok(None);
    };
    let given = ConsentState::parse(&row.text(2)?) == Some(ConsentState::Given);
    let expired = row.opt_time(3)?.is_some_and(|end| tx.ctx().now() >= end);
    let purpose = row.opt_text(0)?.as_deref().and_then(PurposeId::parse);
    let Some(purpose) = purpose.filter(|_| given && !expired && row.int(4).is_ok_and(|later| later == 0))
    else {
        return Ok(None);
    };
    Ok(Some(LiveConsent {
        purpose,
        recipient: row.opt_text(1)?,
    }))
}

pub(crate) async fn record(conn: &mut Conn, id: Uuid, record: &AccessRecord) -> Result<(), StoreError> {
    let values = [
        Value::Id(record.subject.0),
        Value::Id(id),
        Value::Text(record.actor_kind.to_owned()),
        Value::OptId(record.actor_account),
        Value::Text(record.fields.clone()),
        Value::Text(record.purpose.as_str().to_owned()),
        Value::Text(record.basis.to_owned()),
        Value::Text(record.clause.to_owned()),
        Value::Text(record.policy_version.clone()),
        Value::Id(record.request),
        Value::Time(record.at),
        Value::OptId(record.case),
        Value::OptText(record.reason.map(str::to_owned)),
        Value::OptId(record.consent),
        Value::OptId(record.approval),
    ];
    conn.execute(INSERT, &values).await.map(|_| ())
}

/// One opening as its person sees it.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The kind of actor.
    pub actor_kind: String,
    /// The account that opened, if a person did.
    pub actor_account: Option<Uuid>,
    /// The fields, `table.column`.
    pub fields: String,
    /// The purpose.
    pub purpose: String,
    /// The legal basis.
    pub basis: String,
    /// The clause.
    pub clause: String,
    /// When.
    pub at: OffsetDateTime,
    /// Of how many people it was opened at once; 1 for this person alone.
    pub people: i64,
    /// The reason a member of staff gave.
    pub reason: Option<String>,
    /// The order or verification it was opened for.
    pub case: Option<Uuid>,
    /// The supervisor's approval, if it was a minor's.
    pub approval: Option<Uuid>,
}

/// Whether a member of staff opened these fields of a person for a case, since an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn opened_by<P: Purpose>(
    tx: &mut Tx<'_, P>,
    (subject, fields): (SubjectId, &'static str),
    (case, staff): (Uuid, Uuid),
    since: OffsetDateTime,
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::Id(case),
        Value::Id(staff),
        Value::Text(fields.to_owned()),
        Value::Time(since),
    ];
    Ok(tx
        .row(OPENED_BY, &values)
        .await?
        .map_or(Ok(0), |row| row.int(0))?
        > 0)
}

/// The latest openings of a person's data, alone or among others, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<Opening>, StoreError> {
    let limit = limit.clamp(1, 200);
    let rows = tx
        .rows(LATEST, &[Value::Id(subject.0), Value::Int(limit)])
        .await?;
    let alone = rows.iter().map(one);
    let mut openings = alone.collect::<Result<Vec<_>, StoreError>>()?;
    openings.extend(bulk::latest(tx, subject, limit).await?);
    openings.sort_by_key(|opening| std::cmp::Reverse(opening.at));
    openings.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(openings)
}

/// What staff opened of a person, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn by_staff<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<Opening>, StoreError> {
    let values = [Value::Id(subject.0), Value::Int(limit.clamp(1, 200))];
    tx.rows(BY_STAFF, &values).await?.iter().map(one).collect()
}

fn one(row: &Row) -> Result<Opening, StoreError> {
    Ok(Opening {
        actor_kind: row.text(0)?,
        actor_account: row.opt_id(1)?,
        fields: row.text(2)?,
        purpose: row.text(3)?,
        basis: row.text(4)?,
        clause: row.text(5)?,
        at: row.time(6)?,
        people: 1,
        reason: row.opt_text(8)?,
        case: row.opt_id(9)?,
        approval: row.opt_id(10)?,
    })
}

/// The openings of a person's data, alone or among others, newest first, those before a place, at most
/// `limit`; of one purpose, if it is named (2.5.1.e).
///
/// # Errors
/// [`StoreError`].
pub async fn page<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    purpose: Option<PurposeId>,
    before: Place,
    limit: i64,
) -> Result<Vec<(Uuid, Opening)>, StoreError> {
    let limit = limit.clamp(1, 200);
    let mut values = vec![
        Value::Id(subject.0),
        Value::Time(before.at),
        Value::Id(before.id),
        Value::Int(limit),
    ];
    let statement = purpose.map_or(PAGE, |purpose| {
        values.push(Value::Text(purpose.as_str().to_owned()));
        PAGE_OF
    });
    let rows = tx.rows(statement, &values).await?;
    let alone = rows.iter().map(|row| Ok((row.id(7)?, one(row)?)));
    let mut openings = alone.collect::<Result<Vec<_>, StoreError>>()?;
    openings.extend(bulk::page(tx, subject, purpose, before, limit).await?);
    openings.sort_by_key(|opening| std::cmp::Reverse((opening.1.at, opening.0)));
    openings.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(openings)
}
