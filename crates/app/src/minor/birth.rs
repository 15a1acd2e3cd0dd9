//! Whether somebody is of age by now, where a verification tells the birthday: the number is opened by the
//! program on the guardian's consent, three times at most, so that no birthday stands anywhere in the open.

use domain::account::offer::REAL_NAME;
use domain::calendar::BEIJING;
use domain::machine::Role;
use domain::minor::{Band, Event, Facts, State};
use domain::person::age::next_look;
use domain::person::id_number::IdNumber;
use privacy::purpose::Certify;
use privacy::{Ask, Ctx, SubjectId};
use storage::minor as store;
use storage::{StoreError, Tx, person};
use time::Date;
use uuid::Uuid;

use super::take;
use crate::account::consent;
use crate::{App, Failure};

/// The birthday that the verification of a person tells, if their consent, or the guardian's, stands.
async fn birth(app: &App, tx: &mut Tx<'_, Certify>, subject: SubjectId) -> Result<Option<Date>, Failure> {
    let Some(row) = person::of_subject(tx, subject).await? else {
        return Ok(None);
    };
    let verified = row.verification.state == domain::person::verification::State::Verified;
    let basis = consent::live(tx, subject, &REAL_NAME).await?;
    let (Some(basis), Some(number), true) = (basis, &row.id_number, verified) else {
        return Ok(None);
    };
    let ask = Ask {
        subject,
        fields: &["person_verification.id_number"],
        basis,
        clause: policy::clause!("2.1.1.d"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let separate = permit.separate().map_err(StoreError::from)?;
    let place = person::field("id_number", row.id, subject);
    let opened = match tx.open_sensitive(&separate, &place, number).await {
        Ok(opened) => opened,
        Err(StoreError::NoKey) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let today = tx.ctx().now().to_offset(BEIJING).date();
    let read = IdNumber::parse(opened.inside(), today, app.demo);
    Ok(read.ok().map(|number| number.birth()))
}

/// What follows from a verification that stands: of age, or when to look again.
pub(crate) async fn verified(app: &App, tx: &mut Tx<'_, Certify>, subject: SubjectId) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let Some(row) = store::of_subject(tx, subject).await? else {
        return Ok(());
    };
    if row.guardianship.state != State::Active {
        return Ok(());
    }
    let Some(birth) = birth(app, tx, subject).await? else {
        return Ok(store::look_at(tx, row.id, None).await?);
    };
    if Band::of(birth, tx.ctx().now()) == Band::Adult {
        let facts = Facts {
            sure: true,
            ..Facts::default()
        };
        take(tx, &row, (Event::ComeOfAge, Role::System), &facts).await?;
        return Ok(());
    }
    let today = tx.ctx().now().to_offset(BEIJING).date();
    let at = next_look(birth, today).map(|day| day.midnight().assume_offset(BEIJING));
    Ok(store::look_at(tx, row.id, at).await?)
}

/// The same for one whose day has come.
pub(crate) async fn verified_later(app: &App, ctx: &Ctx<Certify>, id: Uuid) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    store::hold(&mut tx, id).await?;
    if let Some(row) = store::by_id(&mut tx, id).await? {
        // Whatever comes of it, this day is over.
        store::look_at(&mut tx, id, None).await?;
        verified(app, &mut tx, row.subject).await?;
    }
    Ok(tx.commit().await?)
}
