//! Minors in the console (2.7.b, 条例 36, 37): a supervisor approves what somebody else may open of them, once
//! and soon; the privacy officer hears who says that it is a mistake, and reads the yearly audit.

use domain::Refused;
use domain::calendar::Due;
use domain::four_eyes::Appeal;
use domain::machine::Role as Side;
use domain::minor::approval::{Approval, LIFE, WAITS};
use domain::minor::{Band, Event, Facts, Finding, Mistake, Ruling, State, Tally, audit as rule, number};
use domain::refused::{Minor, Party};
use domain::staff::{Role, case_number};
use privacy::purpose::Operate;
use privacy::{Ctx, Purpose, StaffReason, StaffRole, SubjectId};
use serde::Deserialize;
use storage::minor::approval::{self, NewApproval};
use storage::minor::{self as store, audit as stored};
use storage::{Tx, person};
use time::OffsetDateTime;
use uuid::Uuid;

use super::eyes::could_be;
use super::verification::ApprovalState;
use super::{Clock, Signed, contest_due, trained};
use crate::{App, Failure, Fault, minor};

/// The one field that a verifier opens of a person's verification.
const FIELD: &str = "person_verification.real_name";
/// Requests shown to a supervisor.
const PAGE: i64 = 100;

fn role(signed: &Signed, role: Role) -> Result<(), Failure> {
    // What is not one's work is not there.
    if signed.has(role) {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

/// How the approval stands for whoever looks at a case; nothing if it is about nobody under age.
pub(super) async fn state<P: Purpose>(
    tx: &mut Tx<'_, P>,
    signed: &Signed,
    (subject, case): (SubjectId, Uuid),
) -> Result<Option<ApprovalState>, Failure> {
    if !minor::is_minor(tx, subject).await? {
        return Ok(None);
    }
    let now = tx.ctx().now();
    let latest = approval::latest(tx, subject, (signed.id, case)).await?;
    Ok(Some(match latest.map(|row| row.approval) {
        Some(Approval {
            decided: Some((_, false)),
            ..
        }) => ApprovalState::Refused,
        Some(known) if known.waits(now) => ApprovalState::Waits(known.asked_at + WAITS),
        Some(known) if known.good(now) => {
            ApprovalState::Given(known.decided.map_or(now, |(at, _)| at) + LIFE)
        }
        _ => ApprovalState::Needed,
    }))
}

/// Counts an opening that was tried without an approval.
pub(super) async fn blocked(app: &App, ctx: &Ctx<Operate>) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    stored::count(&mut tx, Tally::Blocked).await?;
    Ok(tx.commit().await?)
}

/// Asks a supervisor to approve that the name of a minor's case is opened, for this reason.
///
/// # Errors
/// [`Party::StaffReason`], [`Party::StaffTraining`], [`Party::StaffNoMatter`], [`Minor::ApprovalNotNow`] while
/// one waits or is good; [`Failure::NotFound`] for whoever is no verifier, and for a case of nobody under age.
pub async fn ask_approval(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    case: Uuid,
    reason: &str,
) -> Result<(), Failure> {
    policy::clause!("2.7.b");
    role(signed, Role::Verifier)?;
    trained(signed, ctx.now())?;
    let known = StaffReason::parse(reason).filter(|known| StaffRole::Verifier.reasons().contains(known));
    let reason = known.ok_or_else(|| Refused::from(Party::StaffReason))?;
    let mut tx = app.store.begin(ctx).await?;
    person::hold(&mut tx, case).await?;
    let row = person::by_id(&mut tx, case).await?.ok_or(Failure::NotFound)?;
    let open = row.real_name.is_some() && row.verification.at_hand();
    match state(&mut tx, signed, (row.subject, case)).await? {
        None => return Err(Failure::NotFound),
        Some(ApprovalState::Waits(_) | ApprovalState::Given(_)) => {
            return Err(Refused::from(Minor::ApprovalNotNow).into());
        }
        Some(_) if !open => return Err(Refused::from(Party::StaffNoMatter).into()),
        Some(_) => {}
    }
    let new = NewApproval {
        subject: row.subject,
        id: app.entropy.id(),
        staff: signed.id,
        asked_by: &signed.identifier,
        fields: FIELD,
        case,
        reason: reason.as_str(),
    };
    approval::insert(&mut tx, new).await?;
    stored::count(&mut tx, Tally::Asked).await?;
    Ok(tx.commit().await?)
}

/// A request that waits for a supervisor.
#[derive(Clone, Debug)]
pub struct ApprovalLine {
    /// The request.
    pub id: Uuid,
    /// What is to be opened, as `table.column`.
    pub fields: String,
    /// The case.
    pub case: String,
    /// Why, by a code.
    pub reason: String,
    /// Who asks.
    pub asked_by: String,
    /// When.
    pub asked_at: OffsetDateTime,
    /// Until when it waits.
    pub until: OffsetDateTime,
    /// How much of that is left.
    pub clock: Clock,
    /// Whether it is the own request of whoever looks, or of somebody who could be they.
    pub own: bool,
}

/// What waits for a supervisor; nothing about anybody but the case.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is none.
pub async fn approvals(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<Vec<ApprovalLine>, Failure> {
    role(signed, Role::Supervisor)?;
    let mut tx = app.store.begin(ctx).await?;
    let mut lines = Vec::new();
    for row in approval::waiting(&mut tx, PAGE).await? {
        let asked = (row.approval.asked_by.as_str(), row.approval.asked_at);
        lines.push(ApprovalLine {
            own: could_be(&mut tx, &signed.identifier, asked).await?,
            id: row.id,
            fields: row.fields,
            case: case_number(row.case),
            reason: row.reason,
            asked_by: row.approval.asked_by,
            asked_at: row.approval.asked_at,
            until: row.approval.asked_at + WAITS,
            clock: Clock::of(Due::At(row.approval.asked_at + WAITS), ctx.now()),
        });
    }
    Ok(lines)
}

/// Approves or refuses, as another than the one who asks.
///
/// # Errors
/// [`Party::FourEyes`], [`Party::SameHand`], [`Minor::RulingMissing`], [`Minor::ApprovalNotNow`],
/// [`Party::StaffTraining`]; [`Failure::NotFound`].
pub async fn decide_approval(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    id: Uuid,
    ruling: &str,
) -> Result<(), Failure> {
    policy::clause!("2.7.b");
    role(signed, Role::Supervisor)?;
    trained(signed, ctx.now())?;
    let mut tx = app.store.begin(ctx).await?;
    let row = approval::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let ruling = Ruling::chosen(ruling)?;
    let yes = ruling.approves();
    row.approval.decided(&signed.identifier, yes, ctx.now())?;
    let asked = (row.approval.asked_by.as_str(), row.approval.asked_at);
    if could_be(&mut tx, &signed.identifier, asked).await? {
        return Err(Refused::from(Party::SameHand).into());
    }
    if !approval::decide(&mut tx, id, (&signed.identifier, ruling)).await? {
        return Err(Refused::from(Minor::ApprovalNotNow).into());
    }
    let what = if yes { Tally::Approved } else { Tally::Denied };
    stored::count(&mut tx, what).await?;
    Ok(tx.commit().await?)
}

/// An account whose holder says that it is no minor's.
#[derive(Clone, Debug)]
pub struct ContestedFinding {
    /// The request.
    pub id: Uuid,
    /// What it is called.
    pub number: String,
    /// The band that the number said.
    pub band: Band,
    /// What the holder says the mistake is.
    pub mistake: Option<Mistake>,
    /// Since when it waits.
    pub since: OffsetDateTime,
    /// Until when it may.
    pub clock: Clock,
    /// How an appeal stands: there is one, this one.
    pub appeal: Appeal,
}

/// What was contested, the longest waiting first.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no privacy officer.
pub async fn contested(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
) -> Result<Vec<ContestedFinding>, Failure> {
    role(signed, Role::Dpo)?;
    let mut tx = app.store.begin(ctx).await?;
    let rows = store::contested(&mut tx).await?;
    let line = |row: store::GuardianshipRow| ContestedFinding {
        id: row.id,
        number: number(row.id),
        band: row.guardianship.band,
        mistake: row.mistake,
        since: row.guardianship.since,
        clock: Clock::of(contest_due(row.guardianship.since), ctx.now()),
        appeal: Appeal::Open,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Finds that it was a mistake, or that it was not.
///
/// # Errors
/// [`Minor::RulingMissing`], [`Minor::GuardianNotNow`], [`Party::StaffTraining`]; [`Failure::NotFound`].
pub async fn decide_contest(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    id: Uuid,
    finding: &str,
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    role(signed, Role::Dpo)?;
    trained(signed, ctx.now())?;
    let mut tx = app.store.begin(ctx).await?;
    store::hold(&mut tx, id).await?;
    let row = store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    if row.guardianship.state != State::Contested {
        return Err(Refused::from(Minor::GuardianNotNow).into());
    }
    let finding = Finding::chosen(finding)?;
    let event = if finding.was_mistake() {
        Event::Uphold
    } else {
        Event::Dismiss
    };
    minor::take(&mut tx, &row, (event, Side::PlatformOfficer), &Facts::default()).await?;
    store::ruling::put(&mut tx, row.id, finding).await?;
    Ok(tx.commit().await?)
}

/// The audit of a year: counts, and nobody in particular.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The year.
    pub year: i32,
    /// What happened how often.
    pub counts: Vec<(Tally, i64)>,
    /// How many minors had an account when it was made, by band.
    pub minors: Vec<(Band, i64)>,
    /// SHA-256 (hex) of the report as it was made.
    pub digest: String,
    /// When it was made.
    pub made_at: OffsetDateTime,
    /// Whether it was made after 31 January.
    pub late: bool,
}

#[derive(Deserialize)]
struct Report {
    counts: std::collections::BTreeMap<String, i64>,
    minors: std::collections::BTreeMap<String, i64>,
}

fn read(row: stored::AuditRow) -> Result<Audit, Failure> {
    let report: Report = serde_json::from_str(&row.report).map_err(|_| Failure::Fault(Fault::Document))?;
    let counts = Tally::ALL.iter().map(|what| {
        let times = report.counts.get(what.as_str());
        (*what, times.copied().unwrap_or_default())
    });
    let minors = [Band::Teen, Band::Child].map(|band| {
        let people = report.minors.get(band.as_str());
        (band, people.copied().unwrap_or_default())
    });
    Ok(Audit {
        year: row.year,
        counts: counts.collect(),
        minors: minors.to_vec(),
        late: rule::is_late(row.year, row.made_at),
        digest: row.digest,
        made_at: row.made_at,
    })
}

impl Audit {
    /// The audit as a table for a spreadsheet.
    #[must_use]
    pub fn csv(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::from("\u{feff}item,zh,en,count\r\n");
        for (what, times) in &self.counts {
            let _ = write!(
                text,
                "{},{},{},{times}\r\n",
                what.as_str(),
                what.label(true),
                what.label(false)
            );
        }
        for (band, people) in &self.minors {
            let name = band.as_str();
            let _ = write!(
                text,
                "minors_{name},{},{},{people}\r\n",
                band.label(true),
                band.label(false)
            );
        }
        let _ = write!(text, "year,,,{}\r\nsha256,,,{}\r\n", self.year, self.digest);
        text
    }
}

/// The audits, the latest year first.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no privacy officer.
pub async fn audits(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<Vec<Audit>, Failure> {
    policy::clause!("2.7.b");
    role(signed, Role::Dpo)?;
    let mut tx = app.store.begin(ctx).await?;
    stored::all(&mut tx).await?.into_iter().map(read).collect()
}

/// The audit of a year.
///
/// # Errors
/// [`Failure::NotFound`] for a year without one, and for whoever is no privacy officer.
pub async fn audit(app: &App, ctx: &Ctx<Operate>, signed: &Signed, year: i32) -> Result<Audit, Failure> {
    role(signed, Role::Dpo)?;
    let mut tx = app.store.begin(ctx).await?;
    read(stored::of(&mut tx, year).await?.ok_or(Failure::NotFound)?)
}
