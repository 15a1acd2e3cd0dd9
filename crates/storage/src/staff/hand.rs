//! Through whose hands an account of staff came: whoever gave it a set-up code, and whoever could have set
//! up theirs (2.5.1.e). Of each code the set as it was then.

use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

// The latest code given up to then, and every later one. A code of the operator leaves no name.
const HANDS: &str = "SELECT h.hand FROM staff s JOIN staff_hand h ON h.staff = s.id WHERE s.identifier = $1 AND h.hand <> '' \
    AND (h.at > $2 OR h.at = (SELECT MAX(m.at) FROM staff_hand m WHERE m.staff = s.id AND m.at <= $2)) \
    GROUP BY h.hand ORDER BY h.hand";
const GIVE: &str = "INSERT INTO staff_hand (staff, hand, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
pub(crate) const STATEMENTS: &[&str] = &[HANDS, GIVE];

/// The identifiers of whoever could have set an account up so that it was theirs at `since` or later.
///
/// # Errors
/// [`StoreError`].
pub async fn of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    identifier: &str,
    since: OffsetDateTime,
) -> Result<Vec<String>, StoreError> {
    let values = [Value::Text(identifier.to_owned()), Value::Time(since)];
    tx.rows(HANDS, &values)
        .await?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// Notes that an account was given a set-up code now, by a colleague or else by the operator.
///
/// # Errors
/// [`StoreError`].
pub async fn give<P: Purpose>(tx: &mut Tx<'_, P>, staff: Uuid, doer: Option<&str>) -> Result<(), StoreError> {
    policy::clause!("2.5.1.e");
    let now = tx.ctx().now();
    let mut hands = match doer {
        Some(doer) => of(tx, doer, now).await?,
        None => Vec::new(),
    };
    hands.push(doer.unwrap_or_default().to_owned());
    for hand in hands {
        let values = [Value::Id(staff), Value::Text(hand), Value::Time(now)];
        tx.execute(GIVE, &values).await?;
    }
    Ok(())
}
