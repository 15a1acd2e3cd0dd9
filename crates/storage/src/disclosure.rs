//! The ledger of disclosures (2.4.1.0): a line before anything is handed over, shown to the person,
//! and what the recipients are asked by when something is deleted or corrected.

use domain::minor::Band;
use privacy::disclosure::stands;
use privacy::log::Kind;
use privacy::{
    Ask, Disclosed, Disclosure, Ground, KnownShare, Purpose, PurposeId, Recipient, Share, SubjectId,
};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::Place;
use crate::engine::{Conn, Row, StoreError, Value};
use crate::log::{self, NewEntry};
use crate::supplier::signature;
use crate::tx::Tx;
use crate::{access, minor, recipient, register};

/// A statement that selects what [`line`] reads.
macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.recipient_kind, d.recipient, d.processor, d.fields, d.purpose, d.ground, d.clause, d.case_id, \
             d.times, d.first_at, d.last_at, d.until, d.withdrawn_at, d.policy_version, \
             (SELECT o.number FROM service_order o WHERE o.id = d.case_id), \
             (SELECT COUNT(*) FROM log_entry e WHERE e.reference = d.id AND e.subject = d.subject) \
             FROM disclosure d ",
            $rest
        )
    };
}

// Whether recipient and person are in the order, and the version the person accepted last (2.9.b).
const KNOWN: &str = "SELECT \
    (SELECT COUNT(*) FROM organisation_member m WHERE $2 = 'organisation' AND m.organisation = $1 AND $3 = $1 AND m.subject = $4) + \
    (SELECT COUNT(*) FROM service_order o WHERE o.id = $1 AND (($2 = 'supplier' AND o.supplier = $3) \
        OR ($2 = 'buyer' AND o.buyer = $3 AND o.organisation IS NULL) OR ($2 = 'buyer_organisation' AND o.organisation = $3)) \
        AND (EXISTS (SELECT 1 FROM account a WHERE a.id = o.buyer AND a.subject = $4) \
        OR EXISTS (SELECT 1 FROM organisation_member m WHERE m.organisation = o.organisation AND m.subject = $4) \
        OR EXISTS (SELECT 1 FROM membership m JOIN account a ON a.id = m.account WHERE m.supplier = o.supplier AND a.subject = $4))), \
    (SELECT CASE WHEN c.state = 'given' THEN c.version END FROM consent_event c WHERE c.subject = $4 \
        AND c.document = 'policy' AND c.state IN ('given', 'withdrawn') ORDER BY c.at DESC, c.state DESC LIMIT 1), \
    (SELECT b.band FROM age_band b WHERE b.subject = $4)";
const RUNNING: &str = "SELECT id, until, withdrawn_at FROM disclosure WHERE subject = $1 AND recipient_kind = $2 \
    AND recipient IS NOT DISTINCT FROM $3 AND processor IS NOT DISTINCT FROM $4 AND fields = $5 AND ground = $6 \
    AND case_id IS NOT DISTINCT FROM $7 AND consent IS NOT DISTINCT FROM $8 AND policy_version = $9 \
    ORDER BY last_at DESC, id LIMIT 1";
const STANDING: &str = "SELECT until, withdrawn_at FROM disclosure WHERE subject = $1 AND recipient_kind = $2 \
    AND recipient IS NOT DISTINCT FROM $3 AND processor IS NOT DISTINCT FROM $4 AND fields = $5 \
    ORDER BY last_at DESC, id LIMIT 10";
const AGAIN: &str = "UPDATE disclosure SET times = times + 1, last_at = $2, until = $3 WHERE id = $1 \
    AND withdrawn_at IS NULL AND (until IS NULL OR until > $2)";
const INSERT: &str = "INSERT INTO disclosure (subject, id, recipient_kind, recipient, processor, fields, purpose, ground, \
    clause, policy_version, case_id, consent, times, first_at, last_at, until) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $13, $14)";
// What was disclosed to an account in an order: as its buyer, or as a member of its supplier or of the
// organisation that buys. What somebody wrote for the supplier is the supplier's own: its other members
// need no disclosure; so it is with the organisation that buys.
const TO_ACTOR: &str = "SELECT d.fields, d.until, d.withdrawn_at, CASE WHEN d.recipient_kind = 'supplier' THEN d.recipient END FROM disclosure d WHERE d.case_id = $1 AND d.subject = $2 \
    AND ((d.recipient_kind = 'buyer' AND d.recipient = $3) OR (d.recipient_kind = 'supplier' AND EXISTS \
        (SELECT 1 FROM membership m WHERE m.supplier = d.recipient AND m.account = $3)) \
        OR (d.recipient_kind IN ('organisation', 'buyer_organisation') AND EXISTS \
        (SELECT 1 FROM organisation_member m WHERE m.organisation = d.recipient AND m.account = $3))) \
    UNION ALL SELECT 'order_event.note', NULL, NULL, NULL FROM service_order o JOIN membership m ON m.supplier = o.supplier \
    WHERE o.id = $1 AND m.account = $3 AND EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id \
        AND e.note_subject = $2 AND e.side = 'supplier') \
    UNION ALL SELECT 'order_event.note', NULL, NULL, NULL FROM service_order o JOIN organisation_member m ON m.organisation = o.organisation \
    WHERE o.id = $1 AND m.account = $3 AND EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id \
        AND e.note_subject = $2 AND e.side = 'buyer')";
const OF_SUBJECT: &str = selected!("WHERE d.subject = $1 ORDER BY d.last_at DESC, d.id LIMIT $2");
const BY_ID: &str = selected!("WHERE d.id = $1 AND d.subject = $2");
// What was taken back is not of interest: an order has few fields, so few lines of it go on.
const OF_CASE: &str = selected!(
    "WHERE d.case_id = $1 AND d.subject = $2 AND d.withdrawn_at IS NULL ORDER BY d.last_at DESC, d.id LIMIT $3"
);
const WITHDRAW: &str =
    "UPDATE disclosure SET withdrawn_at = $3 WHERE id = $1 AND subject = $2 AND withdrawn_at IS NULL";
const END_SHARES: &str =
    "UPDATE disclosure SET until = $2 WHERE case_id = $1 AND until IS NULL AND fields LIKE 'order_share.%'";
const STANDING_SHARES: &str = "SELECT subject, id FROM disclosure WHERE withdrawn_at IS NULL AND case_id IS NOT NULL \
    AND fields LIKE 'order_share.%' AND (until IS NULL OR until > $1) ORDER BY id LIMIT 200";
const LEAVE: &str = "UPDATE disclosure SET withdrawn_at = $3 WHERE subject = $1 AND case_id = $2 \
    AND recipient_kind = 'organisation' AND withdrawn_at IS NULL";
const WITHDRAW_CONSENTED: &str = "UPDATE disclosure SET withdrawn_at = $4 WHERE subject = $1 AND purpose = $2 AND processor = $3 \
    AND ground = 'consent' AND withdrawn_at IS NULL RETURNING id";
const STANDING_OF: &str = "SELECT id, fields, last_at FROM disclosure WHERE subject = $1 AND withdrawn_at IS NULL AND recipient_kind <> 'organisation' \
    AND (until IS NULL OR until > $2) AND (last_at, id) < ($3, $4) ORDER BY last_at DESC, id DESC LIMIT 500";
pub(crate) const STATEMENTS: &[&str] = &[
    LEAVE,
    STANDING_OF,
    KNOWN,
    RUNNING,
    STANDING,
    AGAIN,
    INSERT,
    TO_ACTOR,
    OF_SUBJECT,
    BY_ID,
    OF_CASE,
    WITHDRAW,
    END_SHARES,
    STANDING_SHARES,
    WITHDRAW_CONSENTED,
];

/// A line of the ledger as stored.
#[derive(Clone, Debug)]
pub struct Line {
    /// The line.
    pub id: Uuid,
    /// The kind of recipient: `supplier`, `buyer`, `buyer_organisation`, `organisation`, `processor`.
    pub recipient_kind: String,
    /// Which supplier, organisation or buying account.
    pub recipient: Option<Uuid>,
    /// Which processor.
    pub processor: Option<String>,
    /// The fields, `table.column`, comma-separated.
    pub fields: String,
    /// What for.
    pub purpose: String,
    /// On which of the listed grounds.
    pub ground: String,
    /// The clause.
    pub clause: String,
    /// The order, if for one.
    pub case: Option<Uuid>,
    /// How often it was handed over.
    pub times: i64,
    /// When first.
    pub first_at: OffsetDateTime,
    /// When last.
    pub last_at: OffsetDateTime,
    /// Until when the recipient may use it.
    pub until: Option<OffsetDateTime>,
    /// When the person took it back.
    pub withdrawn_at: Option<OffsetDateTime>,
    /// The policy version that ruled the person.
    pub policy_version: String,
    /// The order's number, while there is the order.
    pub number: Option<String>,
    /// Whether the log has an entry of it.
    pub logged: bool,
}

impl Line {
    /// Whether it still stands.
    #[must_use]
    pub fn stands(&self, now: OffsetDateTime) -> bool {
        stands(self.until, self.withdrawn_at, now)
    }
}

fn line(row: &Row) -> Result<Line, StoreError> {
    Ok(Line {
        id: row.id(0)?,
        recipient_kind: row.text(1)?,
        recipient: row.opt_id(2)?,
        processor: row.opt_text(3)?,
        fields: row.text(4)?,
        purpose: row.text(5)?,
        ground: row.text(6)?,
        clause: row.text(7)?,
        case: row.opt_id(8)?,
        times: row.int(9)?,
        first_at: row.time(10)?,
        last_at: row.time(11)?,
        until: row.opt_time(12)?,
        withdrawn_at: row.opt_time(13)?,
        policy_version: row.text(14)?,
        number: row.opt_text(15)?,
        logged: row.int(16)? > 0,
    })
}

/// A recipient as its three columns.
pub(crate) fn columns(to: Recipient) -> [Value; 3] {
    let (id, processor) = match to {
        Recipient::Supplier(id)
        | Recipient::Buyer(id)
        | Recipient::BuyerOrganisation(id)
        | Recipient::Organisation(id) => (Some(id), None),
        Recipient::Processor(name) => (None, Some(name.to_owned())),
    };
    [
        Value::Text(to.kind().to_owned()),
        Value::OptId(id),
        Value::OptText(processor),
    ]
}

async fn known<P: Purpose>(conn: &mut Conn, tx: &Tx<'_, P>, share: &Share) -> Result<KnownShare, StoreError> {
    let to = share.to.registered();
    let mut known = KnownShare {
        registered: share.fields.iter().all(|field| recipient::receives(field, to)),
        sensitive: share.fields.iter().any(|field| register::is_sensitive(field)),
        ..KnownShare::default()
    };
    let [kind, id, _] = columns(share.to);
    let values = [
        Value::OptId(share.ground.case()),
        kind,
        id,
        Value::Id(share.subject.0),
    ];
    let mut under_age = false;
    if let Some(row) = conn.row(KNOWN, &values).await? {
        known.in_case = row.int(0)? > 0;
        let band = row.opt_text(2)?.as_deref().and_then(Band::parse);
        under_age = band.is_some_and(Band::is_minor);
        known.version = row.opt_text(1)?.filter(|version| {
            let rules = tx.store().policy().get(version);
            rules.is_some_and(|rules| rules.clause(share.ground.clause()).is_some())
        });
    }
    if let Recipient::Supplier(supplier) = share.to {
        known.undertaking = signature::bound(conn, tx, supplier).await?;
    }
    if let Some(event) = share.ground.consent() {
        known.consent = access::live(conn, tx, event, share.subject).await?;
    }
    if share.ground == Ground::Guardian {
        known.in_case = minor::kernel::is_named(conn, share.subject, tx.ctx().now()).await?;
    }
    if under_age {
        policy::clause!("2.7.b");
        known.minor = Some(minor::kernel::known_share(conn, tx, share).await?);
    }
    Ok(known)
}

/// Which line a disclosure goes on in: same recipient, fields, ground, matter, consent and version.
fn matter(of: &Disclosure) -> [Value; 9] {
    let [kind, recipient, processor] = columns(of.to);
    [
        Value::Id(of.subject.0),
        kind,
        recipient,
        processor,
        Value::Text(of.fields.clone()),
        Value::Text(of.ground.as_str().to_owned()),
        Value::OptId(of.ground.case()),
        Value::OptId(of.ground.consent()),
        Value::Text(of.policy_version.clone()),
    ]
}

/// What the log commits to. A buyer is named by the order: their account is another person's.
fn payload(line: &Line, subject: SubjectId) -> Json {
    let recipient = match (&*line.recipient_kind, line.recipient, &line.processor) {
        ("buyer", ..) => line.case.map(|case| case.to_string()),
        (_, Some(id), _) => Some(id.to_string()),
        (_, None, processor) => processor.clone(),
    };
    json!({
        "kind": Kind::Disclosure.as_str(),
        "disclosure": line.id.to_string(),
        "subject": subject.0.to_string(),
        "recipient_kind": line.recipient_kind,
        "recipient": recipient,
        "fields": line.fields,
        "purpose": line.purpose,
        "ground": line.ground,
        "clause": line.clause,
        "version": line.policy_version,
        "at": privacy::log::instant(line.first_at),
    })
}

/// What the ledger says of a line of this person now, as the log commits to it.
///
/// # Errors
/// [`StoreError`].
pub async fn said<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    id: Uuid,
) -> Result<Option<Json>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id), Value::Id(subject.0)]).await?;
    row.map(|row| Ok(payload(&line(&row)?, subject))).transpose()
}

impl<P: Purpose> Tx<'_, P> {
    /// Writes into the ledger that something is given away, if it may be (2.4.1.0); what is handed
    /// over afterwards needs what this gives. The first of its kind enters the log as well.
    ///
    /// # Errors
    /// [`StoreError::Denied`] with the kernel's reason.
    pub async fn disclose(&mut self, share: Share) -> Result<Disclosed<'_>, StoreError> {
        policy::clause!("2.4.1.0");
        let decided = {
            let mut conn = self.conn().lock().await;
            let known = known(&mut conn, self, &share).await?;
            share.decide(self.ctx(), known)?
        };
        let of = decided.disclosure().clone();
        let running = match self.row(RUNNING, &matter(&of)).await? {
            Some(row) if stands(row.opt_time(1)?, row.opt_time(2)?, of.at) => Some(row.id(0)?),
            _ => None,
        };
        let mut counted = false;
        if let Some(id) = running {
            let values = [Value::Id(id), Value::Time(of.at), Value::OptTime(of.until)];
            // Taken back by somebody else meanwhile, it is a line of its own.
            counted = self.execute(AGAIN, &values).await? == 1;
        }
        if !counted {
            let id = self.store().entropy().id();
            let [kind, recipient, processor] = columns(of.to);
            let values = [
                Value::Id(of.subject.0),
                Value::Id(id),
                kind,
                recipient,
                processor,
                Value::Text(of.fields.clone()),
                Value::Text(of.purpose.as_str().to_owned()),
                Value::Text(of.ground.as_str().to_owned()),
                Value::Text(of.ground.clause().to_owned()),
                Value::Text(of.policy_version.clone()),
                Value::OptId(of.ground.case()),
                Value::OptId(of.ground.consent()),
                Value::Time(of.at),
                Value::OptTime(of.until),
            ];
            self.execute(INSERT, &values).await?;
            let payload = said(self, of.subject, id).await?;
            let entry = NewEntry {
                kind: Kind::Disclosure,
                subject: Some(of.subject),
                reference: id,
                payload: payload.ok_or(StoreError::Malformed("disclosure"))?,
            };
            log::append(self, &entry).await?;
        }
        Ok(decided.after_recording(self.scope()))
    }
}

impl<P: Purpose> Tx<'_, P> {
    /// What the ledger holds already: that these fields of the person were given to the recipient, and
    /// still are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn disclosed(
        &self,
        subject: SubjectId,
        to: Recipient,
        fields: &'static [&'static str],
    ) -> Result<Option<Disclosed<'_>>, StoreError> {
        let [kind, recipient, processor] = columns(to);
        let values = [
            Value::Id(subject.0),
            kind,
            recipient,
            processor,
            Value::Text(fields.join(",")),
        ];
        let mut conn = self.conn().lock().await;
        for row in conn.rows(STANDING, &values).await? {
            if stands(row.opt_time(0)?, row.opt_time(1)?, self.ctx().now()) {
                return Ok(Some(Disclosed::after_recording(subject, fields, self.scope())));
            }
        }
        Ok(None)
    }
}

/// Whether every field that is asked for was disclosed to the actor in the case, and still is.
pub(crate) async fn to_actor<P: Purpose>(
    conn: &mut Conn,
    tx: &Tx<'_, P>,
    ask: &Ask,
) -> Result<bool, StoreError> {
    policy::clause!("2.4.1.0");
    let actor = tx.ctx().actor();
    // Nobody else's eyes: the program's own work, or the person themselves.
    let (Some(account), Some(case)) = (actor.account(), ask.case) else {
        return Ok(false);
    };
    if actor.subject().is_none_or(|own| own == ask.subject) {
        return Ok(false);
    }
    let values = [Value::Id(case), Value::Id(ask.subject.0), Value::Id(account)];
    let mut standing = Vec::new();
    let mut asked: Option<(Uuid, bool)> = None;
    for row in conn.rows(TO_ACTOR, &values).await? {
        if !stands(row.opt_time(1)?, row.opt_time(2)?, tx.ctx().now()) {
            continue;
        }
        policy::clause!("2.4.1.5.2.b");
        if let Some(supplier) = row.opt_id(3)? {
            // Who is no longer bound reads no longer what was given to them while they were.
            let bound = match asked {
                Some((known, bound)) if known == supplier => bound,
                _ => signature::bound(conn, tx, supplier).await?,
            };
            asked = Some((supplier, bound));
            if !bound {
                continue;
            }
        }
        standing.push(row.text(0)?);
    }
    let covers = |field: &&&str| {
        standing
            .iter()
            .any(|fields| fields.split(',').any(|known| known == **field))
    };
    Ok(ask.fields.iter().filter(covers).count() == ask.fields.len())
}

/// The lines about a person, the latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<Line>, StoreError> {
    let values = [Value::Id(subject.0), Value::Int(limit.clamp(1, 1000))];
    tx.rows(OF_SUBJECT, &values).await?.iter().map(line).collect()
}

/// The standing lines that gave away any of these fields of a person: whoever has them is asked when the
/// fields are corrected (2.6.2.a).
///
/// # Errors
/// [`StoreError`].
pub async fn standing_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    fields: &[&str],
) -> Result<Vec<Uuid>, StoreError> {
    let (mut found, mut before) = (Vec::new(), Place::TOP);
    loop {
        let values = [
            Value::Id(subject.0),
            Value::Time(tx.ctx().now()),
            Value::Time(before.at),
            Value::Id(before.id),
        ];
        let rows = tx.rows(STANDING_OF, &values).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        before = Place {
            at: last.time(2)?,
            id: last.id(0)?,
        };
        for row in &rows {
            if row.text(1)?.split(',').any(|given| fields.contains(&given)) {
                found.push(row.id(0)?);
            }
        }
    }
}

/// The lines about a person in one order, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_case<P: Purpose>(
    tx: &mut Tx<'_, P>,
    case: Uuid,
    subject: SubjectId,
) -> Result<Vec<Line>, StoreError> {
    let values = [Value::Id(case), Value::Id(subject.0), Value::Int(200)];
    tx.rows(OF_CASE, &values).await?.iter().map(line).collect()
}

/// Notes that the person took a disclosure back; `false` if it is not theirs or was taken back before.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    id: Uuid,
) -> Result<bool, StoreError> {
    policy::clause!("2.4.1.2");
    let values = [Value::Id(id), Value::Id(subject.0), Value::Time(tx.ctx().now())];
    Ok(tx.execute(WITHDRAW, &values).await? == 1)
}

/// Ends what the members of an organisation see of a person who leaves it.
///
/// # Errors
/// [`StoreError`].
pub async fn leave<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    organisation: Uuid,
) -> Result<(), StoreError> {
    policy::clause!("2.4.1.2");
    let values = [
        Value::Id(subject.0),
        Value::Id(organisation),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(LEAVE, &values).await.map(|_| ())
}

/// Says until when what was shared for an order may be used, now that the order came to its end.
///
/// # Errors
/// [`StoreError`].
pub async fn end_shares<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    until: OffsetDateTime,
) -> Result<u64, StoreError> {
    tx.execute(END_SHARES, &[Value::Id(order), Value::Time(until)])
        .await
}

/// Lines of shares that stand, at most 200: what is not ended comes first again.
///
/// # Errors
/// [`StoreError`].
pub async fn standing_shares<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<(SubjectId, Uuid)>, StoreError> {
    let rows = tx.rows(STANDING_SHARES, &[Value::Time(tx.ctx().now())]).await?;
    rows.iter()
        .map(|row| Ok((SubjectId(row.id(0)?), row.id(1)?)))
        .collect()
}

/// Takes back what was given on the consent that a person no longer gives to this processor.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw_consented<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    purpose: PurposeId,
    processor: &str,
) -> Result<Vec<Uuid>, StoreError> {
    policy::clause!("2.4.1.2");
    let values = [
        Value::Id(subject.0),
        Value::Text(purpose.as_str().to_owned()),
        Value::Text(processor.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    let rows = tx.rows(WITHDRAW_CONSENTED, &values).await?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// A share that goes to a processor, for what the platform does through it (2.4.1.5.2.a), or on the
/// consent of this event (2.4.1.2).
#[must_use]
pub fn to_processor(
    subject: SubjectId,
    name: &'static str,
    fields: &'static [&'static str],
    purpose: PurposeId,
    consent: Option<Uuid>,
    now: OffsetDateTime,
) -> Share {
    let days = recipient::known_recipients()
        .iter()
        .find(|known| known.id == name)
        .map_or(0, |known| known.keeps_days);
    Share {
        subject,
        fields,
        to: Recipient::Processor(name),
        purpose,
        ground: consent.map_or(Ground::Entrusted, Ground::Consent),
        until: Some(now + time::Duration::days(days.into())),
    }
}
