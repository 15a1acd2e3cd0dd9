//! The verified name of a person who acts for an enterprise, for the program's own work.

use domain::Refused;
use domain::account::offer::REAL_NAME;
use domain::person::verification::State;
use domain::refused::Party;
use privacy::purpose::Certify;
use privacy::{Ask, Personal};
use storage::{StoreError, Tx, person};

use crate::Failure;
use crate::account::{Viewer, consent};

/// The viewer's verified name, on the consent it was given with; the opening is on their record (2.1.1.d).
///
/// # Errors
/// [`Party::EnterprisePerson`] for whoever is not verified, or took the consent back.
pub(crate) async fn real_name(
    tx: &mut Tx<'_, Certify>,
    viewer: &Viewer,
) -> Result<Personal<String>, Failure> {
    let not_verified = || Failure::from(Refused::from(Party::EnterprisePerson));
    let row = person::of_account(tx, viewer.account)
        .await?
        .filter(|row| row.verification.state == State::Verified)
        .ok_or_else(not_verified)?;
    let basis = consent::live(tx, viewer.subject, &REAL_NAME)
        .await?
        .ok_or_else(not_verified)?;
    let sealed = row.real_name.as_ref().ok_or_else(not_verified)?;
    let ask = Ask {
        subject: row.subject,
        fields: &["person_verification.real_name"],
        basis,
        clause: policy::clause!("2.1.1.d"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let separate = permit.separate().map_err(StoreError::from)?;
    let place = person::field("real_name", row.id, row.subject);
    Ok(tx.open_sensitive(&separate, &place, sealed).await?.kept())
}
