//! Suppliers as they stand (5.10): state, clock, what they say of themselves and where they may offer.
//! Their licences are in [`licence`], what they signed in [`signature`]. A step is written with the
//! version it began from; whoever is later writes nothing.

mod event;
pub mod licence;
pub mod signature;

use std::collections::BTreeSet;

use domain::calendar::Due;
use domain::four_eyes::{Measure, Proposal};
use domain::supplier::Reason;
use domain::supplier::application::Profile;
use domain::supplier::onboarding::{Event, State, Step, Supplier};
use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

pub use event::{Doer, SELF_DEALING, Taken, events, events_of_licence, flag_self_dealing};
pub(crate) use event::{Written, note};

use crate::engine::{Row, StoreError, Value};
use crate::person::{appeal, appeal_word};
use crate::tx::Tx;

/// Suppliers taken up at a time.
pub const PAGE: i64 = 50;
/// Suppliers whose public side is read at a time.
const BATCH: i64 = 1_000;

macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.organisation, s.state, s.version, s.since, s.deposit, s.deposit_held, s.overdue, s.orders_done_at, \
             s.before_ban, s.proposed_by, s.proposed_at, s.decided_by, s.appeal, s.reasons, s.name, s.name_en, s.city, \
             s.introduction, s.introduction_en, s.admitted_at FROM supplier_standing s ",
            $rest
        )
    };
}

const BY_ID: &str = selected!("WHERE s.id = $1");
const OF_ORGANISATION: &str = selected!("WHERE s.organisation = $1 ORDER BY s.since DESC, s.id LIMIT 20");
const AREAS: &str = "SELECT area, restricted FROM supplier_area WHERE supplier = $1 ORDER BY area LIMIT 200";
const HOLD: &str = "UPDATE supplier_standing SET version = version WHERE id = $1";
const INSERT: &str = "INSERT INTO supplier_standing (id, organisation, state, version, since, deposit, deposit_held, overdue, reasons, \
    name, name_en, city, introduction, introduction_en, due_event, due_at) \
    VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '', '', '', '', '', '', $7, $8)";
const STEP: &str = "UPDATE supplier_standing SET state = $3, version = $4, since = $5, deposit_held = $6, overdue = $7, \
    orders_done_at = $8, before_ban = $9, proposed_by = $10, proposed_at = $11, decided_by = $12, appeal = $13, reasons = $14, \
    due_event = $15, due_at = $16 WHERE id = $1 AND version = $2";
const PROFILE: &str = "UPDATE supplier_standing SET name = $2, name_en = $3, city = $4, introduction = $5, introduction_en = $6 \
    WHERE id = $1";
const ADMIT: &str = "UPDATE supplier_standing SET admitted_at = $2 WHERE id = $1 AND admitted_at IS NULL";
const TIE: &str = "UPDATE supplier_standing SET organisation = $2 WHERE id = $1";
const DELETE: &str = "DELETE FROM supplier_standing WHERE id = $1";
const DROP_AREAS: &str = "DELETE FROM supplier_area WHERE supplier = $1";
const PUT_AREA: &str = "INSERT INTO supplier_area (supplier, area, restricted) VALUES ($1, $2, $3) \
    ON CONFLICT (supplier, area) DO UPDATE SET restricted = excluded.restricted";
const DUE: &str = "SELECT id FROM supplier_standing WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
// Who leaves and has no open order: the notice begins.
const DONE: &str = "SELECT s.id FROM supplier_standing s WHERE s.state = 'exiting' AND s.orders_done_at IS NULL \
    AND NOT EXISTS (SELECT 1 FROM service_order o WHERE o.supplier = s.id AND o.state NOT IN ('completed', 'closed', 'cancelled', 'terminated')) \
    ORDER BY s.since, s.id LIMIT $1";
// Who does business though the enterprise's verification is over: it has no badge, as
// `domain::org::verification::Verification::badge` says.
const UNVERIFIED: &str = "SELECT s.id FROM supplier_standing s WHERE s.state IN ('active', 'restricted') AND s.organisation IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM enterprise_verification v WHERE v.organisation = s.organisation \
    AND (v.state IN ('verified', 'changed', 'annual_due') OR (v.standing = 1 AND v.state IN ('proving', 'locked')))) \
    ORDER BY s.since, s.id LIMIT $1";
// Whom the program suspended, which it does for this reason alone, and whose enterprise is verified again.
const VERIFIED_AGAIN: &str = "SELECT s.id FROM supplier_standing s WHERE s.state = 'suspended' \
    AND EXISTS (SELECT 1 FROM enterprise_verification v WHERE v.organisation = s.organisation AND v.state IN ('verified', 'annual_due')) \
    AND (SELECT e.side FROM supplier_event e WHERE e.supplier = s.id AND e.event = 'suspend' ORDER BY e.version DESC LIMIT 1) = 'system' \
    ORDER BY s.since, s.id LIMIT $1";
const TELL_EDITION: &str = "UPDATE supplier_standing SET told_edition = $2 WHERE id = $1 AND (told_edition IS NULL OR told_edition <> $2)";
const OPEN_ORDERS: &str = "SELECT COUNT(*) FROM service_order WHERE supplier = $1 AND state NOT IN ('completed', 'closed', 'cancelled', 'terminated')";
const SAME_SIDE: &str = "SELECT COUNT(*) FROM supplier_standing s JOIN organisation mine ON mine.id = s.organisation \
    WHERE s.id = $1 AND EXISTS (SELECT 1 FROM organisation_member m JOIN organisation o ON o.id = m.organisation \
    WHERE m.account = $2 AND (o.id = mine.id OR o.credit_code = mine.credit_code))";
const BANNED: &str = "SELECT COUNT(*) FROM supplier_standing s JOIN organisation o ON o.id = s.organisation \
    WHERE s.state = 'banned' AND o.credit_code = $1";
const PUBLIC: &str = "SELECT s.id, s.state, s.admitted_at, o.name, o.credit_code, \
    (SELECT COUNT(*) FROM enterprise_verification v WHERE v.organisation = s.organisation AND v.state IN ('verified', 'annual_due')), \
    (SELECT g.edition FROM supplier_signature g WHERE g.supplier = s.id AND g.document = 'supplier_undertaking' \
        AND g.ended_at IS NULL ORDER BY g.signed_at DESC, g.id LIMIT 1) FROM supplier_standing s LEFT JOIN organisation o ON o.id = s.organisation WHERE s.id > $1 ORDER BY s.id LIMIT $2";
const ALL_AREAS: &str = "SELECT supplier, area, restricted FROM supplier_area WHERE (supplier, area) > ($1, $2) \
    ORDER BY supplier, area LIMIT $3";
const REVISION: &str = "SELECT revision FROM catalogue_edition WHERE id = 1";
const REVISE: &str = "INSERT INTO catalogue_edition (id, revision) VALUES (1, 1) \
    ON CONFLICT (id) DO UPDATE SET revision = catalogue_edition.revision + 1";
const STATEMENTS_HERE: &[&str] = &[
    BY_ID,
    OF_ORGANISATION,
    AREAS,
    HOLD,
    INSERT,
    STEP,
    PROFILE,
    ADMIT,
    TIE,
    DELETE,
    DROP_AREAS,
    PUT_AREA,
    DUE,
    DONE,
    UNVERIFIED,
    VERIFIED_AGAIN,
    TELL_EDITION,
    OPEN_ORDERS,
    SAME_SIDE,
    BANNED,
    PUBLIC,
    ALL_AREAS,
    REVISION,
    REVISE,
];

pub(crate) fn statements() -> Vec<&'static str> {
    [
        STATEMENTS_HERE,
        event::STATEMENTS,
        licence::STATEMENTS,
        signature::STATEMENTS,
    ]
    .concat()
}

/// A supplier as stored.
#[derive(Clone, Debug)]
pub struct StandingRow {
    /// The supplier.
    pub id: Uuid,
    /// The organisation it is.
    pub organisation: Option<Uuid>,
    /// How it stands.
    pub supplier: Supplier,
    /// Why it was returned, restricted, suspended or banned last.
    pub reasons: Vec<Reason>,
    /// What it says of itself.
    pub profile: Profile,
    /// Where it wants to offer, or may.
    pub areas: BTreeSet<String>,
    /// When it was admitted.
    pub admitted_at: Option<OffsetDateTime>,
}

/// What everybody may know of a supplier, for the catalogue.
#[derive(Clone, Debug)]
pub struct PublicRow {
    /// The supplier.
    pub id: Uuid,
    /// How it stands.
    pub state: State,
    /// When it was admitted.
    pub admitted_at: Option<OffsetDateTime>,
    /// The enterprise: registered name and credit code.
    pub enterprise: Option<(String, String)>,
    /// Whether the enterprise is verified now.
    pub verified: bool,
    /// The edition of the undertaking on personal data that it signed last.
    pub undertaking: Option<String>,
}

fn words(reasons: &[Reason]) -> String {
    let words: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
    words.join(",")
}

pub(crate) fn due(timer: Option<(&'static str, Due)>) -> [Value; 2] {
    let (event, at) = match timer {
        Some((event, Due::At(at))) => (Some(event.to_owned()), Some(at)),
        Some((event, Due::Unknown)) => (Some(event.to_owned()), None),
        None => (None, None),
    };
    [Value::OptText(event), Value::OptTime(at)]
}

fn state(text: &str) -> Result<State, StoreError> {
    State::parse(text).ok_or(StoreError::Malformed("supplier state"))
}

async fn read<P: Purpose>(tx: &mut Tx<'_, P>, row: &Row) -> Result<StandingRow, StoreError> {
    let id = row.id(0)?;
    let (mut areas, mut restricted) = (BTreeSet::new(), BTreeSet::new());
    for row in tx.rows(AREAS, &[Value::Id(id)]).await? {
        let area = row.text(0)?;
        if row.int(1)? > 0 {
            restricted.insert(area.clone());
        }
        areas.insert(area);
    }
    let proposal = row.opt_text(10)?.zip(row.opt_time(11)?);
    let decided = row.opt_text(12)?.unwrap_or_default();
    let reason = |word| Reason::parse(word).ok_or(StoreError::Malformed("reason"));
    Ok(StandingRow {
        id,
        organisation: row.opt_id(1)?,
        supplier: Supplier {
            state: state(&row.text(2)?)?,
            version: row.int(3)?,
            since: row.time(4)?,
            deposit: row.int(5)?,
            deposit_held: row.int(6)? > 0,
            overdue: row.int(7)? > 0,
            restricted,
            orders_done_at: row.opt_time(8)?,
            before_ban: row.opt_text(9)?.as_deref().map(state).transpose()?,
            measure: Measure {
                proposal: proposal.map(|(by, at)| Proposal { by, at }),
                decided_by: decided.split_terminator(',').map(str::to_owned).collect(),
                appeal: appeal(row.opt_text(13)?.as_deref())?,
            },
        },
        reasons: row
            .text(14)?
            .split_terminator(',')
            .map(reason)
            .collect::<Result<_, _>>()?,
        profile: Profile {
            name: row.text(15)?,
            name_en: row.text(16)?,
            city: row.text(17)?,
            introduction: row.text(18)?,
            introduction_en: row.text(19)?,
        },
        areas,
        admitted_at: row.opt_time(20)?,
    })
}

/// A supplier.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<StandingRow>, StoreError> {
    match tx.row(BY_ID, &[Value::Id(id)]).await? {
        Some(row) => read(tx, &row).await.map(Some),
        None => Ok(None),
    }
}

/// The suppliers that an organisation is or was, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organisation<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<Vec<StandingRow>, StoreError> {
    let mut found = Vec::new();
    for row in tx.rows(OF_ORGANISATION, &[Value::Id(organisation)]).await? {
        found.push(read(tx, &row).await?);
    }
    Ok(found)
}

/// Holds a supplier until the transaction ends, so that two steps come one after the other.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// Begins an application; `organisation` is nothing for a supplier of a demonstration that nobody owns yet.
///
/// # Errors
/// [`StoreError`].
pub async fn begin<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    organisation: Option<Uuid>,
    step: &Step,
) -> Result<(), StoreError> {
    let begun = &step.supplier;
    let [due_event, due_at] = due(step.timer.map(|(event, due)| (event.as_str(), due)));
    let values = [
        Value::Id(id),
        Value::OptId(organisation),
        Value::Text(begun.state.as_str().to_owned()),
        Value::Int(begun.version),
        Value::Time(begun.since),
        Value::Int(begun.deposit),
        due_event,
        due_at,
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// Writes a step with its event. `reasons` are kept as the latest, unless there are none.
///
/// # Errors
/// [`StoreError::Stale`] if somebody was faster.
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &StandingRow,
    (event, step): (Event, &Step),
    reasons: &[Reason],
    doer: Doer<'_>,
) -> Result<(), StoreError> {
    let next = &step.supplier;
    let proposal = next.measure.proposal.as_ref();
    let decided = next.measure.decided_by.join(",");
    let kept = if reasons.is_empty() { &row.reasons } else { reasons };
    let [due_event, due_at] = due(step.timer.map(|(event, due)| (event.as_str(), due)));
    let values = [
        Value::Id(row.id),
        Value::Int(row.supplier.version),
        Value::Text(next.state.as_str().to_owned()),
        Value::Int(next.version),
        Value::Time(next.since),
        Value::Int(i64::from(next.deposit_held)),
        Value::Int(i64::from(next.overdue)),
        Value::OptTime(next.orders_done_at),
        Value::OptText(next.before_ban.map(|state| state.as_str().to_owned())),
        Value::OptText(proposal.map(|proposal| proposal.by.clone())),
        Value::OptTime(proposal.map(|proposal| proposal.at)),
        Value::OptText((!decided.is_empty()).then_some(decided)),
        Value::OptText(appeal_word(next.measure.appeal).map(str::to_owned)),
        Value::Text(words(kept)),
        due_event,
        due_at,
    ];
    if tx.execute(STEP, &values).await? != 1 {
        return Err(StoreError::Stale);
    }
    if next.restricted != row.supplier.restricted {
        for area in row.areas.iter().chain(&next.restricted) {
            put_area(tx, row.id, area, next.restricted.contains(area)).await?;
        }
    }
    let written = Written {
        supplier: row.id,
        licence: None,
        event: event.as_str(),
        state: next.state.as_str(),
        reasons: words(reasons),
        version: next.version,
    };
    note(tx, &written, doer).await
}

/// Writes what a supplier says of itself.
///
/// # Errors
/// [`StoreError`].
pub async fn put_profile<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    profile: &Profile,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(profile.name.clone()),
        Value::Text(profile.name_en.clone()),
        Value::Text(profile.city.clone()),
        Value::Text(profile.introduction.clone()),
        Value::Text(profile.introduction_en.clone()),
    ];
    tx.execute(PROFILE, &values).await.map(|_| ())
}

/// Writes where a supplier wants to offer, in the place of what was wanted before.
///
/// # Errors
/// [`StoreError`].
pub async fn put_areas<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    areas: &BTreeSet<String>,
) -> Result<(), StoreError> {
    tx.execute(DROP_AREAS, &[Value::Id(id)]).await?;
    for area in areas {
        put_area(tx, id, area, false).await?;
    }
    Ok(())
}

/// Adds an area, or says whether it is restricted.
///
/// # Errors
/// [`StoreError`].
pub async fn put_area<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    area: &str,
    restricted: bool,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(area.to_owned()),
        Value::Int(i64::from(restricted)),
    ];
    tx.execute(PUT_AREA, &values).await.map(|_| ())
}

/// Notes when a supplier was admitted; the first time counts.
///
/// # Errors
/// [`StoreError`].
pub async fn admit<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Time(tx.ctx().now())];
    tx.execute(ADMIT, &values).await.map(|_| ())
}

/// Says which organisation a supplier is.
///
/// # Errors
/// [`StoreError`].
pub async fn tie<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, organisation: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Id(organisation)];
    tx.execute(TIE, &values).await.map(|_| ())
}

/// Takes an application away that was given up, with everything handed in for it.
///
/// # Errors
/// [`StoreError`].
pub async fn delete<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(DELETE, &[Value::Id(id)]).await.map(|_| ())
}

async fn ids<P: Purpose>(
    tx: &mut Tx<'_, P>,
    statement: &'static str,
    values: &[Value],
) -> Result<Vec<Uuid>, StoreError> {
    tx.rows(statement, values)
        .await?
        .iter()
        .map(|row| row.id(0))
        .collect()
}

/// Suppliers whose time has come.
///
/// # Errors
/// [`StoreError`].
pub async fn due_now<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(PAGE)];
    ids(tx, DUE, &values).await
}

/// Suppliers that leave and have no open order any more.
///
/// # Errors
/// [`StoreError`].
pub async fn done<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    ids(tx, DONE, &[Value::Int(PAGE)]).await
}

/// Suppliers that do business though their enterprise is no longer verified.
///
/// # Errors
/// [`StoreError`].
pub async fn unverified<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    ids(tx, UNVERIFIED, &[Value::Int(PAGE)]).await
}

/// Suppliers that the program suspended because their enterprise was not verified, and that is again.
///
/// # Errors
/// [`StoreError`].
pub async fn verified_again<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    ids(tx, VERIFIED_AGAIN, &[Value::Int(PAGE)]).await
}

/// Notes that a supplier is told of an edition; `false` if it was before.
///
/// # Errors
/// [`StoreError`].
pub async fn tell_edition<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    edition: &str,
) -> Result<bool, StoreError> {
    let values = [Value::Id(id), Value::Text(edition.to_owned())];
    Ok(tx.execute(TELL_EDITION, &values).await? == 1)
}

/// How many orders of a supplier are open.
///
/// # Errors
/// [`StoreError`].
pub async fn open_orders<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<u64, StoreError> {
    let row = tx.row(OPEN_ORDERS, &[Value::Id(id)]).await?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Whether an account belongs to the enterprise that a supplier is, in whatever role.
///
/// # Errors
/// [`StoreError`].
pub async fn same_side<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    account: Uuid,
) -> Result<bool, StoreError> {
    let row = tx
        .row(SAME_SIDE, &[Value::Id(supplier), Value::Id(account)])
        .await?;
    Ok(row.map_or(Ok(0), |row| row.int(0))? > 0)
}

/// Whether an enterprise with this code was banned.
///
/// # Errors
/// [`StoreError`].
pub async fn is_banned<P: Purpose>(tx: &mut Tx<'_, P>, credit_code: &str) -> Result<bool, StoreError> {
    let row = tx.row(BANNED, &[Value::Text(credit_code.to_owned())]).await?;
    Ok(row.map_or(Ok(0), |row| row.int(0))? > 0)
}

/// What everybody may know of every supplier, with where each may offer and whether it is restricted
/// there; in batches.
///
/// # Errors
/// [`StoreError`].
pub async fn public<P: Purpose>(
    tx: &mut Tx<'_, P>,
) -> Result<(Vec<PublicRow>, Vec<(Uuid, String, bool)>), StoreError> {
    let (mut suppliers, mut after) = (Vec::new(), Uuid::nil());
    loop {
        let rows = tx.rows(PUBLIC, &[Value::Id(after), Value::Int(BATCH)]).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = last.id(0)?;
        for row in &rows {
            suppliers.push(PublicRow {
                id: row.id(0)?,
                state: state(&row.text(1)?)?,
                admitted_at: row.opt_time(2)?,
                enterprise: row.opt_text(3)?.zip(row.opt_text(4)?),
                verified: row.int(5)? > 0,
                undertaking: row.opt_text(6)?,
            });
        }
    }
    let (mut areas, mut after) = (Vec::new(), (Uuid::nil(), String::new()));
    loop {
        let values = [
            Value::Id(after.0),
            Value::Text(after.1.clone()),
            Value::Int(BATCH),
        ];
        let rows = tx.rows(ALL_AREAS, &values).await?;
        let Some(last) = rows.last() else {
            return Ok((suppliers, areas));
        };
        after = (last.id(0)?, last.text(1)?);
        for row in &rows {
            areas.push((row.id(0)?, row.text(1)?, row.int(2)? > 0));
        }
    }
}

/// The number of changes that the catalogue in memory has to know.
///
/// # Errors
/// [`StoreError`].
pub async fn revision<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    tx.row(REVISION, &[]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Says that the catalogue changed.
///
/// # Errors
/// [`StoreError`].
pub async fn revise<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<(), StoreError> {
    tx.execute(REVISE, &[]).await.map(|_| ())
}
