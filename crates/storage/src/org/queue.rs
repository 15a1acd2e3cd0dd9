//! Verifications of enterprises as those see them who decide: by number, state and clock.

use domain::org::verification::{Proof, State};
use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::Place;
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// What is to be decided: a letter, a proposed revocation, an appeal.
macro_rules! at_hand {
    () => {
        "((state = 'proving' AND proof = 'letter') OR proposed_at IS NOT NULL OR (state = 'revoked' AND appeal = 'open'))"
    };
}

macro_rules! selected {
    () => {
        "SELECT id, state, since, proposed_by, proposed_at, appeal, company_name, proof FROM enterprise_verification WHERE "
    };
}

const AT_HAND: &str = concat!(selected!(), at_hand!(), " ORDER BY since, id LIMIT $1");
const IN_STATE: &str = concat!(
    selected!(),
    "state = $1 AND (since, id) < ($2, $3) ORDER BY since DESC, id DESC LIMIT $4"
);
const COUNT: &str = concat!("SELECT COUNT(*) FROM enterprise_verification WHERE ", at_hand!());
pub(crate) const STATEMENTS: &[&str] = &[AT_HAND, IN_STATE, COUNT];

/// A verification as a line.
#[derive(Clone, Debug)]
pub struct Case {
    /// The verification.
    pub id: Uuid,
    /// How far it is.
    pub state: State,
    /// Since when.
    pub since: OffsetDateTime,
    /// Who proposed its revocation.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_at: Option<OffsetDateTime>,
    /// Whether an appeal waits.
    pub appealed: bool,
    /// The enterprise's name: it is in the public register.
    pub company_name: Option<String>,
    /// The way of proof.
    pub proof: Option<Proof>,
}

fn read(row: &Row) -> Result<Case, StoreError> {
    Ok(Case {
        id: row.id(0)?,
        state: State::parse(&row.text(1)?).ok_or(StoreError::Malformed("verification state"))?,
        since: row.time(2)?,
        proposed_by: row.opt_text(3)?,
        proposed_at: row.opt_time(4)?,
        appealed: row.opt_text(5)?.as_deref() == Some("open"),
        company_name: row.opt_text(6)?,
        proof: row.opt_text(7)?.as_deref().and_then(Proof::parse),
    })
}

/// What is to be decided, the longest waiting first, at most `limit`; and how much there is.
///
/// # Errors
/// [`StoreError`].
pub async fn at_hand<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<(Vec<Case>, i64), StoreError> {
    let rows = tx.rows(AT_HAND, &[Value::Int(limit.clamp(1, 200))]).await?;
    let count = tx.row(COUNT, &[]).await?.map_or(Ok(0), |row| row.int(0))?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, count))
}

/// Those in a state, the latest first, those before a place, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn in_state<P: Purpose>(
    tx: &mut Tx<'_, P>,
    state: State,
    before: Place,
    limit: i64,
) -> Result<Vec<Case>, StoreError> {
    let values = [
        Value::Text(state.as_str().to_owned()),
        Value::Time(before.at),
        Value::Id(before.id),
        Value::Int(limit.clamp(1, 200)),
    ];
    tx.rows(IN_STATE, &values).await?.iter().map(read).collect()
}
