//! Puzzles without a memory: what was asked comes back signed, is good for one network or one stopped
//! log-in, from a time to a time, and once.

use domain::account::guard::puzzle::{LIFE, QUESTION_WAIT, Question, bits, zeros};
use domain::account::guard::{self as rules, Act, RULES};
use privacy::purpose::KeepSafe;
use privacy::{Ctx, Purpose};
use sha2::{Digest as _, Sha256};
use storage::Tx;
use storage::account::guard::{self, Asked};
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use super::origin::{Digests, Origin, Solved, bound_to};
use super::{Try, keep_safe};
use crate::account::{hex, index};
use crate::{App, Failure};

/// The longest number a script sends.
const WORK_CHARS: usize = 12;

/// A puzzle to give out.
#[derive(Clone, Debug)]
pub struct Puzzle {
    /// What comes back.
    pub text: String,
    /// Leading zero bits that the work must have.
    pub bits: u32,
    /// The question for whoever has no script.
    pub question: Question,
    /// From when on a script's work counts.
    pub from: OffsetDateTime,
    /// From when on an answer counts.
    pub answer_from: OffsetDateTime,
}

fn signature(app: &App, head: &str, bound: &str) -> String {
    hex(&index(app, "guard.puzzle", &format!("{head}|{bound}")).0)
}

fn question(app: &App, nonce: &str) -> Question {
    let digest = index(app, "guard.question", nonce).0;
    let mut seed = [0; 16];
    seed.copy_from_slice(&digest[..16]);
    Question::of(&seed)
}

/// Makes a puzzle for a score.
pub(super) fn make(
    app: &App,
    score: i64,
    bound: &str,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Puzzle {
    let mut nonce = [0; 16];
    app.entropy.fill(&mut nonce);
    let nonce = hex(&nonce);
    let bits = bits(score);
    // To the next whole second: what is shown as the end of the wait is not too early.
    let start = from.unix_timestamp() + i64::from(from.nanosecond() > 0);
    let head = format!("{nonce}.{bits}.{start}.{}", until.unix_timestamp());
    let from = OffsetDateTime::from_unix_timestamp(start).unwrap_or(from);
    Puzzle {
        text: format!("{head}.{}", signature(app, &head, bound)),
        bits,
        question: question(app, &nonce),
        from,
        answer_from: from + QUESTION_WAIT,
    }
}

/// A puzzle for whoever the door stopped.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn pose<P: Purpose>(app: &App, ctx: &Ctx<P>, origin: &Origin<'_>) -> Result<Puzzle, Failure> {
    let tried = Try {
        act: Act::Code,
        origin,
        device: "",
        login: "",
        account: None,
    };
    let digests = Digests::of(app, &tried);
    let asked = Asked {
        network: digests.network.clone(),
        account: None,
        device: digests.device.clone(),
    };
    let own = keep_safe(ctx);
    let counted = {
        let mut tx = app.store.begin(&own).await?;
        guard::facts(&mut tx, &asked).await?
    };
    let facts = super::facts(app, &tried, &digests, &counted, own.now());
    // Gone meanwhile: the least puzzle, without a wait.
    let score = rules::door(&facts, &RULES);
    let wait = score.map_or(Duration::ZERO, |score| rules::wait(score, &RULES));
    let from = own.now() + wait;
    Ok(make(
        app,
        score.unwrap_or_default(),
        &bound_to(app, origin),
        from,
        from + LIFE,
    ))
}

/// What a puzzle says of itself, if it is one of ours for this place.
struct Read {
    nonce: String,
    bits: u32,
    from: OffsetDateTime,
    until: OffsetDateTime,
}

fn read(app: &App, text: &str, bound: &str) -> Option<Read> {
    let text = text.get(..).filter(|text| text.len() <= 200 && text.is_ascii())?;
    let (head, signed) = text.rsplit_once('.')?;
    if !bool::from(signature(app, head, bound).as_bytes().ct_eq(signed.as_bytes())) {
        return None;
    }
    let mut parts = head.split('.');
    let mut number = || parts.next();
    let nonce = number()?.to_owned();
    let bits = number()?.parse().ok()?;
    let instant = |text: &str| OffsetDateTime::from_unix_timestamp(text.parse().ok()?).ok();
    let (from, until) = (instant(number()?)?, instant(number()?)?);
    Some(Read {
        nonce,
        bits,
        from,
        until,
    })
}

fn worked(text: &str, work: &str, bits: u32) -> bool {
    let sound =
        !work.is_empty() && work.len() <= WORK_CHARS && work.bytes().all(|sign| sign.is_ascii_digit());
    sound && zeros(&Sha256::digest(format!("{text}:{work}"))) >= bits
}

/// What came of a puzzle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// Solved.
    Right,
    /// Before its time: the same one is good later.
    Early,
    /// Wrong, of another place, out of time or used.
    Wrong,
}

/// The puzzle that this text is, if it is one of ours for this network.
#[must_use]
pub fn posed(app: &App, origin: &Origin<'_>, text: &str) -> Option<Puzzle> {
    let puzzle = read(app, text, &bound_to(app, origin))?;
    Some(Puzzle {
        text: text.to_owned(),
        bits: puzzle.bits,
        question: question(app, &puzzle.nonce),
        from: puzzle.from,
        answer_from: puzzle.from + QUESTION_WAIT,
    })
}

/// Whether a puzzle was solved: ours, for this place, in its time, and not used before. Whoever tries it in
/// its time uses it up, right or wrong.
pub(super) async fn accept(
    app: &App,
    tx: &mut Tx<'_, KeepSafe>,
    solved: &Solved<'_>,
    bound: &str,
) -> Result<Came, Failure> {
    policy::clause!("2.2.3.d");
    let Some(puzzle) = read(app, solved.puzzle, bound) else {
        return Ok(Came::Wrong);
    };
    let now = tx.ctx().now();
    let by_script = !solved.work.is_empty();
    let from = if by_script {
        puzzle.from
    } else {
        puzzle.from + QUESTION_WAIT
    };
    if now >= puzzle.until {
        return Ok(Came::Wrong);
    }
    if now < from {
        return Ok(Came::Early);
    }
    let fresh = guard::use_puzzle(tx, Sha256::digest(puzzle.nonce.as_bytes()).into()).await?;
    let right = if by_script {
        worked(solved.puzzle, solved.work, puzzle.bits)
    } else {
        question(app, &puzzle.nonce).is_answered(solved.answer)
    };
    Ok(if fresh && right { Came::Right } else { Came::Wrong })
}
