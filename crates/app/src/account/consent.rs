//! What a person agreed to, refused and took back: shown to them, and changed by them alone.
//!
//! Events are appended; nothing is edited. A use case that rests on a consent asks for it when it
//! acts ([`live`]), so that a withdrawal counts from the next request on.

use domain::account::offer::{ENTERPRISE, OFFERS, Offer, REAL_NAME, SUPPLIER};
use domain::rights::demand::Kind;
use privacy::consent::{ConsentEvent, ConsentState, Origin, Standing, standing};
use privacy::purpose::{KeepAccount, ShowOwn};
use privacy::{Ctx, LegalBasis, Purpose, SubjectId};
use sha2::{Digest, Sha256};
use storage::rights::demand;
use storage::{Tx, account as holder, consent, disclosure};
use time::Duration;

use super::{Viewer, hex};
use crate::{App, Failure, minor, org, person, supplier};

/// An offer and where its person stands on it.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The offer.
    pub offer: &'static Offer,
    /// Where the person stands.
    pub standing: Standing,
    /// Whether they may be asked on other pages now.
    pub may_ask: bool,
}

/// Everything a person was asked.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The offers.
    pub offers: Vec<Choice>,
    /// Every event, newest first.
    pub history: Vec<ConsentEvent>,
}

/// Where the viewer stands on every offer, and how it came to be.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn choices(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Choices, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let mut history = consent::of_subject(&mut tx, viewer.subject).await?;
    tx.commit().await?;
    let now = ctx.now();
    let choice = |offer: &'static Offer| {
        let standing = standing(&history, offer.id, now);
        Choice {
            offer,
            standing,
            may_ask: standing.may_ask(app.ask_again_after, now),
        }
    };
    // What cannot be done here is not offered.
    let offered = |choice: &Choice| {
        let open = match choice.offer.id {
            id if id == REAL_NAME.id => app.identity.is_some(),
            id if id == ENTERPRISE.id || id == SUPPLIER.id => app.enterprises.is_some(),
            _ => true,
        };
        open || choice.standing != Standing::Open
    };
    let offers = OFFERS.iter().map(choice).filter(offered).collect();
    history.reverse();
    Ok(Choices { offers, history })
}

/// What the person was shown when they chose.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The policy version.
    pub version: &'a str,
    /// The language: `zh-CN` or `en`.
    pub lang: &'static str,
    /// Whether it was Chinese.
    pub zh: bool,
}

/// Gives, refuses or takes back an offer. What is so already is not said twice.
///
/// # Errors
/// [`Failure::NotFound`] for an offer that does not exist.
pub async fn choose(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    offer: &str,
    state: ConsentState,
    shown: Shown<'_>,
) -> Result<(), Failure> {
    let offer = Offer::find(offer).ok_or(Failure::NotFound)?;
    let mut tx = app.store.begin(ctx).await?;
    if [REAL_NAME.id, ENTERPRISE.id, SUPPLIER.id].contains(&offer.id) {
        // Of two words said at once, one comes after the other.
        holder::hold(&mut tx, viewer.account).await?;
    }
    if say(app, &mut tx, viewer, offer, state, shown).await? {
        if offer.id == REAL_NAME.id {
            person::chosen(app, &mut tx, viewer, state).await?;
        }
        if offer.id == ENTERPRISE.id {
            org::chosen(&mut tx, viewer, state).await?;
        }
        if offer.id == SUPPLIER.id {
            supplier::chosen(&mut tx, viewer, state).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Writes down what the person says about an offer; `false` if it was so already. What was given to
/// somebody on a consent that ends, they are asked to delete.
pub(crate) async fn say<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    offer: &Offer,
    state: ConsentState,
    shown: Shown<'_>,
) -> Result<bool, Failure> {
    policy::clause!("2.1.1.g");
    let events = consent::of_subject(tx, viewer.subject).await?;
    if !standing(&events, offer.id, tx.ctx().now()).may_become(state) {
        return Ok(false);
    }
    if state == ConsentState::Given {
        policy::clause!("2.7.b");
        minor::refuse(tx, viewer.subject).await?;
    }
    let event = said(
        app,
        tx.ctx(),
        viewer.subject,
        offer,
        state,
        Origin::Act,
        shown,
        &events,
    );
    consent::append(tx, &event).await?;
    if state != ConsentState::Given {
        recall(tx, viewer.subject, offer).await?;
    }
    Ok(true)
}

/// Ends what was given to somebody on the consent to this offer, and asks them to delete it.
pub(crate) async fn recall<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    offer: &Offer,
) -> Result<(), Failure> {
    let Some(recipient) = offer.recipient else {
        return Ok(());
    };
    for line in disclosure::withdraw_consented(tx, subject, offer.purpose, recipient).await? {
        demand::ask(tx, line, Kind::Deletion, "withdrawn").await?;
    }
    Ok(())
}

/// Takes the browser's general signal (`Sec-GPC: 1`) as a no to every offer that would give data to
/// someone else and that the person has not decided on. What they decided stands.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn heed_signal(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    shown: Shown<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.g");
    let mut tx = app.store.begin(ctx).await?;
    let events = consent::of_subject(&mut tx, viewer.subject).await?;
    let undecided = |offer: &&Offer| standing(&events, offer.id, ctx.now()) == Standing::Open;
    for offer in OFFERS
        .iter()
        .filter(|offer| offer.recipient.is_some())
        .filter(undecided)
    {
        let (state, origin) = (ConsentState::Refused, Origin::Signal);
        let event = said(app, ctx, viewer.subject, offer, state, origin, shown, &events);
        consent::append(&mut tx, &event).await?;
    }
    Ok(tx.commit().await?)
}

/// Where a person stands on an offer now.
pub(crate) async fn standing_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    offer: &Offer,
) -> Result<Standing, Failure> {
    let events = consent::of_subject(tx, subject).await?;
    Ok(standing(&events, offer.id, tx.ctx().now()))
}

/// The basis that the person's consent to `offer` gives now, if it is in force.
///
/// # Errors
/// [`Failure::Fault`].
pub(crate) async fn live<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    offer: &Offer,
) -> Result<Option<LegalBasis>, Failure> {
    let events = consent::of_subject(tx, subject).await?;
    let Standing::Given { event, .. } = standing(&events, offer.id, tx.ctx().now()) else {
        return Ok(None);
    };
    let by_guardian = events
        .iter()
        .any(|known| known.id == event && known.origin == Origin::Guardian);
    policy::clause!("2.7.b");
    if !by_guardian && minor::is_minor(tx, subject).await? {
        // Their own word is not enough.
        return Ok(None);
    }
    Ok(Some(LegalBasis::Separate {
        consent: event,
        recipient: offer.recipient,
    }))
}

#[expect(clippy::too_many_arguments, reason = "an event has as many parts")]
pub(crate) fn said<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    subject: SubjectId,
    offer: &Offer,
    state: ConsentState,
    origin: Origin,
    shown: Shown<'_>,
    earlier: &[ConsentEvent],
) -> ConsentEvent {
    // A later word is later by the clock too, or the two would cancel each other.
    let last = earlier
        .iter()
        .filter(|event| event.document == offer.id)
        .map(|event| event.at)
        .max();
    let at = last.map_or(ctx.now(), |last| ctx.now().max(last + Duration::microseconds(1)));
    ConsentEvent {
        id: app.entropy.id(),
        subject,
        document: offer.id.to_owned(),
        version: shown.version.to_owned(),
        text_hash: hex(&Sha256::digest(offer.text(shown.zh).as_bytes())),
        lang: shown.lang.to_owned(),
        state,
        purpose: Some(offer.purpose),
        recipient: offer.recipient.map(str::to_owned),
        expires_at: (state == ConsentState::Given).then(|| at + offer.term),
        origin,
        at,
    }
}
