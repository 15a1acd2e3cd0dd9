//! Verifications of the demonstration's people, one in each state that lasts. What the source said on days
//! that are over is written down as the worker would have; nothing is asked anew.

use domain::person::verification::{Event, Ground};
use privacy::purpose::{Certify, KeepAccount, Operate};
use storage::person as store;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::cast::Cast;
use super::unless_changed;
use crate::Failure;
use crate::account::Viewer;
use crate::person::{self, Act, Answer, Submission, answered, by_verifier, put_off};

/// What becomes of what was handed in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Nothing was handed in, only agreed to.
    Agreed,
    /// The source has not answered.
    Asked,
    /// Name and number belong together.
    Passed,
    /// They do not.
    Failed,
    /// They did not, three times within an hour each.
    Locked,
    /// They did, and the card has run out since.
    RanOut,
    /// One verifier proposed to take it back.
    Proposed,
    /// Two took it back, and the person appeals.
    Revoked,
    /// The person deleted it.
    Erased,
}

/// Who hands in what, how many hours ago, and what becomes of it.
const HANDED_IN: &[(&str, &str, &str, i64, Then)] = &[
    ("林知远", "林知远", "999999199001010016", 24 * 200, Then::Passed),
    ("何小满", "何不符", "999999199001010024", 24 * 3, Then::Failed),
    ("青栀店主", "青栀", "999999199001010032", 24 * 210, Then::Passed),
    ("温叙白", "", "", 24 * 2, Then::Agreed),
    ("陆鸣", "陆鸣", "999999199001010083", 24 * 150, Then::Passed),
    ("白景行", "白景行", "999999199001010091", 24 * 12, Then::Passed),
    ("卓一鸣", "卓一鸣", "999999199001010104", 24 * 9, Then::Passed),
    ("程万里", "程万里", "999999199001010112", 24 * 410, Then::Passed),
    ("周启航", "周启航", "999999199001010120", 24 * 160, Then::Passed),
    ("吴归帆", "吴归帆", "999999199001010139", 24 * 300, Then::Passed),
    ("秦予安", "秦予安", "999999199001010147", 0, Then::Asked),
    ("方知夏", "方不符", "999999199001010155", 3, Then::Locked),
    ("季长川", "季长川", "999999199001010163", 24 * 300, Then::RanOut),
    ("罗听澜", "罗听澜", "999999199001010171", 24 * 90, Then::Revoked),
    ("莫怀谷", "莫怀谷", "99999919900101018X", 24 * 60, Then::Proposed),
    ("许清欢", "许清欢", "999999199001010198", 24 * 50, Then::Erased),
];
/// How many times a check fails until it is locked.
const FAILURES: i64 = 3;
/// When a question that is put off is asked: the clock has ended the check by then.
const LATE: Duration = Duration::hours(25);
/// Hours since a revocation was proposed and confirmed, and since the person appealed.
const MEASURES: (i64, i64, i64) = (26, 20, 2);

/// Hands in what is not handed in yet.
pub(super) async fn seed(cast: Cast<'_>) -> Result<(), Failure> {
    if cast.app.identity.is_none() {
        return Ok(());
    }
    for (by, real_name, id_number, hours, then) in HANDED_IN {
        let viewer = cast.of(by)?;
        // What visitors made of it stays as they left it.
        if verification(cast, viewer).await?.is_some() {
            continue;
        }
        let typed = Submission { real_name, id_number };
        unless_changed(play(cast, viewer, &typed, (Duration::hours(*hours), *then)).await)?;
    }
    // A card that ran out meanwhile ran out by the clock.
    person::run_due(cast.app, &cast.program(Duration::ZERO)).await?;
    Ok(())
}

async fn verification(cast: Cast<'_>, viewer: &Viewer) -> Result<Option<(Uuid, i64)>, Failure> {
    let mut tx = cast.app.store.begin(cast.base).await?;
    let row = store::of_account(&mut tx, viewer.account).await?;
    Ok(row.map(|row| (row.id, row.verification.version)))
}

/// What the source answers, by its demonstration's own rules but for the card's last day.
fn answer(then: Then, now: OffsetDateTime) -> Option<Answer> {
    let reference = "demo".to_owned();
    Some(match then {
        Then::Agreed | Then::Asked => return None,
        Then::Failed | Then::Locked => Answer::NameMismatch { reference },
        Then::RanOut => Answer::Same {
            reference,
            card_until: now.date().previous_day(),
        },
        _ => Answer::Same {
            reference,
            card_until: None,
        },
    })
}

async fn play(
    cast: Cast<'_>,
    viewer: &Viewer,
    typed: &Submission<'_>,
    (ago, then): (Duration, Then),
) -> Result<(), Failure> {
    let app = cast.app;
    let keep = cast.own::<KeepAccount>(viewer, ago);
    person::agree(app, &keep, viewer, true, cast.shown()).await?;
    let times = match then {
        Then::Agreed => 0,
        Then::Locked => FAILURES,
        _ => 1,
    };
    let said = answer(then, app.clock.now());
    for time in 0..times {
        let ago = ago - Duration::hours(time);
        let (id, version) = verification(cast, viewer).await?.ok_or(Failure::NotFound)?;
        if then == Then::Asked {
            // The worker would have its answer at once.
            put_off(app, &cast.program(ago), (id, version), app.clock.now() + LATE).await?;
        }
        person::submit(app, &cast.own::<Certify>(viewer, ago), viewer, typed).await?;
        answered(app, &cast.program(ago), id, said.as_ref()).await?;
    }
    let (id, _) = verification(cast, viewer).await?.ok_or(Failure::NotFound)?;
    let (proposed, confirmed, appealed) = MEASURES;
    match then {
        Then::Proposed => {
            let propose = (Event::ProposeRevocation, Some(Ground::HandedOn), "verifier-1");
            decide(cast, id, propose, confirmed).await
        }
        Then::Revoked => {
            let propose = (Event::ProposeRevocation, Some(Ground::Borrowed), "verifier-1");
            decide(cast, id, propose, proposed).await?;
            decide(
                cast,
                id,
                (Event::ConfirmRevocation, None, "verifier-2"),
                confirmed,
            )
            .await?;
            let keep = cast.own(viewer, Duration::hours(appealed));
            person::appeal(app, &keep, viewer).await
        }
        Then::Erased => {
            let keep = cast.own(viewer, Duration::days(1));
            person::erase(app, &keep, viewer, cast.shown()).await
        }
        _ => Ok(()),
    }
}

/// A verifier's step, so many hours ago.
async fn decide(
    cast: Cast<'_>,
    id: Uuid,
    (event, ground, by): (Event, Option<Ground>, &str),
    hours: i64,
) -> Result<(), Failure> {
    let ctx = cast.program::<Operate>(Duration::hours(hours));
    let mut tx = cast.app.store.begin(&ctx).await?;
    let row = store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let act = Act {
        verification: id,
        version: row.verification.version,
        event,
        ground,
        by,
    };
    by_verifier(&mut tx, act).await?;
    Ok(tx.commit().await?)
}
