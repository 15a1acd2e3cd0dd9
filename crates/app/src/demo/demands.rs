//! What recipients of personal data are asked for in the demonstration: a buyer took contact details back from
//! two providers; one answered that they are deleted, the other has not answered.

use domain::market::share::Field;
use domain::rights::demand::{Answer, Typed};
use privacy::purpose::FulfilContract;
use storage::market::order as orders;
use storage::rights::demand;
use time::Duration;

use super::cast::Cast;
use super::id;
use super::roster::PEOPLE;
use crate::Failure;
use crate::market::share;
use crate::rights;

/// Who takes it back.
const BUYER: &str = "林知远";
/// The orders by their scene, how many hours ago it was taken back, and whether it was answered.
const TAKEN_BACK: [(&str, i64, bool); 2] = [("6", 50, true), ("5", 26, false)];

/// Asks for what is not asked for yet.
pub(super) async fn seed(cast: Cast<'_>) -> Result<(), Failure> {
    let (app, buyer) = (cast.app, cast.of(BUYER)?);
    let asked = {
        let mut tx = app.store.begin(cast.base).await?;
        !demand::of_subject(&mut tx, buyer.subject).await?.is_empty()
    };
    if asked {
        return Ok(());
    }
    for (scene, hours, answered) in TAKEN_BACK {
        let row = {
            let mut tx = app.store.begin(cast.base).await?;
            orders::by_key(&mut tx, buyer.account, id("order", scene)).await?
        };
        let row = row.ok_or(Failure::NotFound)?;
        let own = cast.own::<FulfilContract>(buyer, Duration::hours(hours));
        share::take_back(app, &own, buyer, &row.number, Field::Phone).await?;
        if !answered {
            continue;
        }
        let owners = PEOPLE.iter().zip(cast.viewers).filter(|(person, _)| {
            person
                .works
                .is_some_and(|(key, role)| role == "owner" && id("supplier", key) == row.supplier)
        });
        for (_, owner) in owners {
            let fulfil = cast.own::<FulfilContract>(owner, Duration::hours(hours - 20));
            for asked in rights::demands(app, &fulfil, owner).await? {
                let typed = Typed {
                    code: Answer::CODES[0],
                    ..Typed::default()
                };
                rights::answer_demand(app, &fulfil, owner, asked.id, typed).await?;
            }
        }
    }
    Ok(())
}
