//! The challenge between question and answer: random, bound to the browser or session that asked, good for
//! five minutes and once, also when the answer is wrong (2.2.3.d).

use domain::Refused;
use domain::account::passkey as rules;
use domain::refused::Passkey as Rule;
use privacy::Ctx;
use privacy::purpose::VerifyHolder;
use sha2::{Digest, Sha256};
use storage::Tx;
use storage::account::passkey::{self, Bound};
use uuid::Uuid;

use crate::account::login::token_digest;
use crate::{App, Failure};

/// What a challenge is for.
#[derive(Clone, Copy)]
pub(super) enum For<'a> {
    /// A log-in, by the token in the browser's cookie.
    Entry(&'a str),
    /// The second step of a log-in, by the token of the log-in that waits.
    Step(&'a str),
    /// The proof that an act of weight wants, in this session.
    Proof(Uuid),
    /// Adding a passkey, in this session.
    Adding(Uuid),
}

impl For<'_> {
    fn bound(self) -> Bound<'static> {
        let of_session = |session: Uuid| -> [u8; 32] { Sha256::digest(session.as_bytes()).into() };
        let (kind, digest) = match self {
            Self::Entry(token) => ("entry", token_digest(token)),
            Self::Step(token) => ("step", token_digest(token)),
            Self::Proof(session) => ("proof", of_session(session)),
            Self::Adding(session) => ("adding", of_session(session)),
        };
        Bound { kind, digest }
    }
}

/// Makes a challenge in the running transaction.
pub(super) async fn ask(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    what: For<'_>,
    account: Option<Uuid>,
) -> Result<[u8; rules::CHALLENGE_BYTES], Failure> {
    let mut challenge = [0_u8; rules::CHALLENGE_BYTES];
    app.entropy.fill(&mut challenge);
    let now = tx.ctx().now();
    let times = (now - rules::CEREMONY_LIFE, now + rules::CEREMONY_LIFE);
    passkey::ask(tx, what.bound(), account, &challenge, times).await?;
    Ok(challenge)
}

/// Takes the challenge away, in a transaction of its own: whatever becomes of the answer, it is not good
/// again.
///
/// # Errors
/// [`Rule::Stale`] for one that was used, ran out, or never was.
pub(super) async fn take(app: &App, ctx: &Ctx<VerifyHolder>, what: For<'_>) -> Result<Vec<u8>, Failure> {
    policy::clause!("2.2.3.d");
    let mut tx = app.store.begin(ctx).await?;
    let taken = passkey::take(&mut tx, what.bound()).await?;
    tx.commit().await?;
    let taken = taken.filter(|taken| rules::in_time(taken.expires_at, ctx.now()));
    taken
        .map(|taken| taken.challenge)
        .ok_or_else(|| Refused::from(Rule::Stale).into())
}
