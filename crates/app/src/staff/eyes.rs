//! Whether two accounts of staff are two people (2.5.1.e), as far as the store can know: who used a set-up
//! code it cannot, who had it it does.

use domain::Refused;
use domain::four_eyes::{Measure, could_be_one};
use domain::refused::Party;
use privacy::Purpose;
use storage::Tx;
use storage::staff::hand;
use time::OffsetDateTime;

use crate::Failure;

/// Whether whoever is named could be the very person who acted before, whose account counts from `since` on.
pub(super) async fn could_be<P: Purpose>(
    tx: &mut Tx<'_, P>,
    by: &str,
    (earlier, since): (&str, OffsetDateTime),
) -> Result<bool, Failure> {
    if by == earlier {
        return Ok(true);
    }
    let now = tx.ctx().now();
    let own = hand::of(tx, by, now).await?;
    let theirs = hand::of(tx, earlier, since).await?;
    Ok(could_be_one((by, &own), (earlier, &theirs)))
}

/// Whether whoever is named could be one of those who took part in a measure; `since` is when its state
/// began.
pub(super) async fn took_part<P: Purpose>(
    tx: &mut Tx<'_, P>,
    by: &str,
    (measure, since): (&Measure, OffsetDateTime),
) -> Result<bool, Failure> {
    for earlier in measure.earlier(since) {
        if could_be(tx, by, earlier).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses whoever could be one of those who took part in a measure. That they are the very same account
/// says the measure itself.
///
/// # Errors
/// [`Party::SameHand`].
pub(crate) async fn another<P: Purpose>(
    tx: &mut Tx<'_, P>,
    by: &str,
    (measure, since): (&Measure, OffsetDateTime),
) -> Result<(), Failure> {
    policy::clause!("2.5.1.e");
    let earlier = measure.earlier(since);
    if earlier.iter().all(|(name, _)| *name != by) && took_part(tx, by, (measure, since)).await? {
        return Err(Refused::from(Party::SameHand).into());
    }
    Ok(())
}
