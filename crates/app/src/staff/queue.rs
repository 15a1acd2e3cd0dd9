//! The console's queues: how much waits, since when, and until when it may; and the lists of what
//! verifiers decide about, one mechanism for every kind of application.

use domain::calendar::{Due, working_days_after, working_days_left};
use domain::minor::CONTEST_WORKING_DAYS;
use domain::minor::approval::WAITS;
use domain::org::verification as enterprise;
use domain::person::verification as person;
use domain::person::verification::CHECK_LIFE;
use domain::staff::{Role, case_number, enterprise_case_number, licence_case_number, supplier_case_number};
use domain::supplier::{licence, onboarding as supplier};
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::account::Place;
use storage::account::guard::review;
use storage::market::books;
use storage::minor::{self, approval};
use storage::rights::demand;
use storage::staff::queue::{self as store, Applications, Case};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Signed;
use crate::{App, Failure};

/// Cases looked at for the clock: the longest waiting ones.
const LOOKED_AT: i64 = 200;
/// Lines of a page.
const PAGE: usize = 30;
/// Working days in which the other verifier answers a proposal.
const PROPOSAL_DAYS: u32 = 1;
/// Working days in which a letter is read.
const LETTER_DAYS: u32 = 3;
/// Working days in which an appeal or a dispute is answered, like a complaint.
pub const COMPLAINT_DAYS: u32 = 3;

/// What waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Verifications of persons.
    Verifications,
    /// Verifications of enterprises.
    Enterprises,
    /// Demands to recipients of personal data.
    Demands,
    /// Decisions of the security guard that were contested.
    Guard,
    /// Refunds to be decided.
    Orders,
    /// Applications of suppliers, bans and appeals.
    Suppliers,
    /// Licences of suppliers.
    Licences,
    /// Requests to open something of a minor.
    Approvals,
    /// Accounts whose holders say that they are no minor's.
    Minors,
}

/// The kinds that verifiers decide about, in the order of the console.
pub const APPLICATIONS: &[Kind] = &[
    Kind::Verifications,
    Kind::Enterprises,
    Kind::Suppliers,
    Kind::Licences,
];

/// A state that has a list of its own: its word, and its names in Chinese and English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its word in addresses and rows.
    pub word: &'static str,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// Its name in English.
    pub en: &'static str,
}

/// Lists the states of a machine by name.
macro_rules! listed {
    ($state:path: $($name:ident),+) => {{
        use $state as S;
        &[$(Listed { word: S::$name.as_str(), zh: S::$name.label(true), en: S::$name.label(false) }),+]
    }};
}

/// What distinguishes one kind of application from another.
struct Work {
    rows: &'static Applications,
    number: fn(Uuid) -> String,
    states: &'static [Listed],
    label: fn(&str, bool) -> &'static str,
    /// By when it is to be decided, where neither a proposal nor an appeal waits.
    due: fn(&Case) -> Due,
    /// Whether it waits for a first decision.
    waits: fn(&Case) -> bool,
}

const PERSONS: Work = Work {
    rows: &store::PERSONS,
    number: case_number,
    states: listed!(person::State: Checking, Rejected, Locked, Verified, Revoked),
    label: |word, zh| person::State::parse(word).map_or("", |state| state.label(zh)),
    due: |case| case.since.checked_add(CHECK_LIFE).map_or(Due::Unknown, Due::At),
    waits: |case| case.state == person::State::Checking.as_str(),
};
const ENTERPRISES: Work = Work {
    rows: &store::ENTERPRISES,
    number: enterprise_case_number,
    states: listed!(enterprise::State: Submitted, Proving, Verified, Changed, AnnualDue, Rejected, Revoked),
    label: |word, zh| enterprise::State::parse(word).map_or("", |state| state.label(zh)),
    due: |case| working_days_after(case.since, LETTER_DAYS),
    waits: |case| {
        let letter = case.detail.as_deref() == Some(enterprise::Proof::Letter.as_str());
        letter && case.state == enterprise::State::Proving.as_str()
    },
};

const SUPPLIERS: Work = Work {
    rows: &store::SUPPLIERS,
    number: supplier_case_number,
    states: listed!(supplier::State: MaterialReview, Returned, Agreement, Active, Restricted, Suspended, Exiting, Exited, Banned),
    label: |word, zh| supplier::State::parse(word).map_or("", |state| state.label(zh)),
    due: |case| working_days_after(case.since, supplier::REVIEW_WORKING_DAYS),
    waits: |case| case.state == supplier::State::MaterialReview.as_str(),
};
const LICENCES: Work = Work {
    rows: &store::LICENCES,
    number: licence_case_number,
    states: listed!(licence::State: Approved, Expiring, Expired, Rejected, Revoked),
    label: |word, zh| licence::State::parse(word).map_or("", |state| state.label(zh)),
    due: |case| working_days_after(case.since, licence::REVIEW_WORKING_DAYS),
    waits: |case| case.state == licence::State::Submitted.as_str(),
};

impl Kind {
    /// Whose work it is.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Verifications | Self::Enterprises | Self::Suppliers | Self::Licences => Role::Verifier,
            Self::Demands | Self::Guard | Self::Minors => Role::Dpo,
            Self::Orders => Role::Arbiter,
            Self::Approvals => Role::Supervisor,
        }
    }

    /// How it is worked on, if verifiers decide about it.
    const fn work(self) -> Option<&'static Work> {
        match self {
            Self::Verifications => Some(&PERSONS),
            Self::Enterprises => Some(&ENTERPRISES),
            Self::Suppliers => Some(&SUPPLIERS),
            Self::Licences => Some(&LICENCES),
            Self::Demands | Self::Guard | Self::Orders | Self::Approvals | Self::Minors => None,
        }
    }

    /// The states that have a list of their own.
    #[must_use]
    pub fn states(self) -> &'static [Listed] {
        self.work().map_or(&[], |work| work.states)
    }
}

/// Which applications are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What is to be decided.
    #[default]
    AtHand,
    /// Those in a state.
    In(Listed),
}

impl Tab {
    /// Every list of a kind.
    #[must_use]
    pub fn all(kind: Kind) -> Vec<Self> {
        let states = kind.states().iter().copied().map(Self::In);
        std::iter::once(Self::AtHand).chain(states).collect()
    }

    /// Its word in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtHand => "",
            Self::In(state) => state.word,
        }
    }

    /// The list of a word; what is unknown is the first.
    #[must_use]
    pub fn parse(kind: Kind, text: &str) -> Self {
        let mut all = Self::all(kind).into_iter();
        all.find(|tab| tab.as_str() == text).unwrap_or_default()
    }
}

/// What is to be decided about an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// What was handed in.
    First,
    /// A measure waits for a second pair of eyes.
    Proposal,
    /// The same, proposed by whoever looks.
    OwnProposal,
    /// An appeal.
    Appeal,
}

/// An application as a line: by number.
#[derive(Clone, Debug)]
pub struct Line {
    /// The application.
    pub id: Uuid,
    /// What it is called.
    pub number: String,
    /// The enterprise's name, where the kind has one.
    pub name: Option<String>,
    /// What else the kind says: of a licence, its area.
    pub detail: Option<String>,
    /// How far it is, in Chinese and English.
    pub state: (&'static str, &'static str),
    /// Since when.
    pub since: OffsetDateTime,
    /// What is to be decided, if anything is.
    pub matter: Option<Matter>,
    /// By when, where something is.
    pub clock: Clock,
}

/// A list of applications.
pub struct Lines {
    /// The lines.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next: Option<Place>,
    /// How much is to be decided.
    pub at_hand: i64,
}

fn matter(work: &Work, case: &Case, signed: &Signed) -> Option<Matter> {
    if case.proposed_at.is_some() {
        let own = case.proposed_by.as_deref() == Some(&signed.identifier);
        return Some(if own {
            Matter::OwnProposal
        } else {
            Matter::Proposal
        });
    }
    if case.appealed {
        return Some(Matter::Appeal);
    }
    (work.waits)(case).then_some(Matter::First)
}

fn due(work: &Work, case: &Case) -> Due {
    match case.proposed_at {
        Some(proposed_at) => working_days_after(proposed_at, PROPOSAL_DAYS),
        None if case.appealed => working_days_after(case.since, COMPLAINT_DAYS),
        None => (work.due)(case),
    }
}

/// How a kind is worked on, for whoever does.
fn work_of(kind: Kind, signed: &Signed) -> Result<&'static Work, Failure> {
    // What is not one's work is not there.
    match kind.work() {
        Some(work) if signed.has(kind.role()) => Ok(work),
        _ => Err(Failure::NotFound),
    }
}

/// The applications of a list. `from` is where its page begins; [`Place::TOP`] is its first.
///
/// # Errors
/// [`Failure::NotFound`] for whoever does not decide about them.
pub async fn cases(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    (kind, tab): (Kind, Tab),
    from: Place,
) -> Result<Lines, Failure> {
    let work = work_of(kind, signed)?;
    let mut tx = app.store.begin(ctx).await?;
    let at_hand = work.rows.count(&mut tx).await?;
    // One more than shown tells whether there is a next page.
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut found = match tab {
        Tab::AtHand => {
            let after = if from == Place::TOP { store::BOTTOM } else { from };
            work.rows.at_hand(&mut tx, after, most).await?
        }
        Tab::In(state) => work.rows.in_state(&mut tx, state.word, from, most).await?,
    };
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| Place {
        at: last.since,
        id: last.id,
    });
    let line = |case: Case| {
        let matter = matter(work, &case, signed);
        Line {
            number: (work.number)(case.id),
            state: ((work.label)(&case.state, true), (work.label)(&case.state, false)),
            clock: matter.map_or(Clock::Idle, |_| Clock::of(due(work, &case), ctx.now())),
            matter,
            id: case.id,
            name: case.name,
            detail: case.detail,
            since: case.since,
        }
    };
    Ok(Lines {
        lines: found.into_iter().map(line).collect(),
        next,
        at_hand,
    })
}

/// The application that waits longest besides this one.
///
/// # Errors
/// [`Failure::NotFound`] for whoever does not decide about them.
pub async fn next_case(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    kind: Kind,
    but: Uuid,
) -> Result<Option<Uuid>, Failure> {
    let work = work_of(kind, signed)?;
    let mut tx = app.store.begin(ctx).await?;
    let first = work.rows.at_hand(&mut tx, store::BOTTOM, 2).await?;
    Ok(first.into_iter().map(|case| case.id).find(|id| *id != but))
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Nothing waits.
    Idle,
    /// The first is due at this instant, with so many working days left, if the calendar knows.
    Due(OffsetDateTime, Option<u32>),
    /// The first was due at this instant.
    Overdue(OffsetDateTime),
    /// The calendar does not know.
    Unknown,
}

impl Clock {
    /// The clock of what is due then.
    #[must_use]
    pub fn of(due: Due, now: OffsetDateTime) -> Self {
        match due {
            Due::At(at) if at <= now => Self::Overdue(at),
            Due::At(at) => Self::Due(at, working_days_left(now, at)),
            Due::Unknown => Self::Unknown,
        }
    }

    fn first(dues: impl IntoIterator<Item = Due>, now: OffsetDateTime) -> Self {
        let mut first: Option<OffsetDateTime> = None;
        for due in dues {
            match due {
                Due::At(at) => first = Some(first.map_or(at, |first| first.min(at))),
                Due::Unknown => return Self::Unknown,
            }
        }
        first.map_or(Self::Idle, |at| Self::of(Due::At(at), now))
    }
}

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// What waits.
    pub kind: Kind,
    /// How much.
    pub count: i64,
    /// Since when the longest waiting one does.
    pub oldest: Option<OffsetDateTime>,
    /// Until when the first may.
    pub clock: Clock,
}

/// By when the privacy officer hears who says since then that it is a mistake.
pub(crate) fn contest_due(since: OffsetDateTime) -> Due {
    working_days_after(since, CONTEST_WORKING_DAYS)
}

/// By when a supervisor decides what was asked for then.
fn approval_due(asked_at: OffsetDateTime) -> Due {
    asked_at.checked_add(WAITS).map_or(Due::Unknown, Due::At)
}

/// Since when one waits.
fn since(case: &Case) -> OffsetDateTime {
    case.proposed_at.unwrap_or(case.since)
}

/// The queues of the roles that somebody has.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn queues(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<Vec<Queue>, Failure> {
    let now = ctx.now();
    let mut tx = app.store.begin(ctx).await?;
    let mut queues = Vec::new();
    for kind in APPLICATIONS.iter().copied() {
        let Ok(work) = work_of(kind, signed) else {
            continue;
        };
        let cases = work.rows.at_hand(&mut tx, store::BOTTOM, LOOKED_AT).await?;
        queues.push(Queue {
            kind,
            count: work.rows.count(&mut tx).await?,
            oldest: cases.iter().map(since).min(),
            clock: Clock::first(cases.iter().map(|case| due(work, case)), now),
        });
    }
    if signed.has(Kind::Demands.role()) {
        let open = demand::open(&mut tx).await?;
        queues.push(Queue {
            kind: Kind::Demands,
            count: demand::count(&mut tx).await?,
            oldest: open.iter().map(|asked| asked.asked_at).min(),
            clock: Clock::first(open.iter().map(|asked| Due::At(asked.due_at)), now),
        });
    }
    if signed.has(Kind::Guard.role()) {
        let contested = review::waiting(&mut tx, LOOKED_AT).await?;
        let due = |row: &review::DecisionRow| row.due_at.map_or(Due::Unknown, Due::At);
        queues.push(Queue {
            kind: Kind::Guard,
            count: review::count(&mut tx).await?,
            oldest: contested.iter().filter_map(|row| row.contested_at).min(),
            clock: Clock::first(contested.iter().map(due), now),
        });
    }
    if signed.has(Kind::Minors.role()) {
        let contested = minor::contested(&mut tx).await?;
        let since = contested.iter().map(|row| row.guardianship.since);
        queues.push(Queue {
            kind: Kind::Minors,
            count: minor::ruling::waiting(&mut tx).await?,
            oldest: since.clone().min(),
            clock: Clock::first(since.map(contest_due), now),
        });
    }
    if signed.has(Kind::Approvals.role()) {
        let waiting = approval::waiting(&mut tx, LOOKED_AT).await?;
        let since = waiting.iter().map(|row| row.approval.asked_at);
        queues.push(Queue {
            kind: Kind::Approvals,
            count: approval::count(&mut tx).await?,
            oldest: since.clone().min(),
            clock: Clock::first(since.map(approval_due), now),
        });
    }
    if signed.has(Kind::Orders.role()) {
        let waiting = books::undecided_since(&mut tx, LOOKED_AT).await?;
        queues.push(Queue {
            kind: Kind::Orders,
            count: books::undecided_count(&mut tx).await?,
            oldest: waiting.iter().map(|(_, since)| *since).min(),
            clock: Clock::first(
                waiting
                    .iter()
                    .map(|(_, since)| working_days_after(*since, COMPLAINT_DAYS)),
                now,
            ),
        });
    }
    Ok(queues)
}
