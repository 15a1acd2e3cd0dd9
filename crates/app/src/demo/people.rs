//! The demonstration's people: fictional, with numbers no message can reach, one password for all.

use domain::account::name;
use domain::account::totp;
use privacy::purpose::KeepAccount;
use privacy::{Ctx, Personal, SubjectId};
use storage::account::{self, NewAccount, second};
use storage::market::membership;
use time::Duration;
use uuid::Uuid;

use super::id;
use super::roster::{DemoPerson, PEOPLE, SECRET};
use crate::account::{Documents, Viewer, index, record_acceptance, salt};
use crate::{App, Failure};

/// The password of every demo account. It is printed at the start and shown at the log-in.
pub const PASSWORD: &str = "qinghe-lantern-365";

/// Codes of [`SECRET`] that are good now and next, for people without an authenticator app at hand;
/// none outside a demonstration.
#[must_use]
pub fn second_codes(app: &App) -> Vec<String> {
    let bytes = if app.demo { totp::from_base32(SECRET) } else { None };
    let present = totp::step(app.clock.now());
    bytes.map_or_else(Vec::new, |bytes| {
        let of = |step| totp::code(&bytes, step);
        [present, present + 1].into_iter().filter_map(of).collect()
    })
}

/// Makes the accounts that are not there yet and gives everyone in [`PEOPLE`]'s order. `documents`
/// are those whose acceptance is recorded.
pub(super) async fn seed(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    documents: &Documents,
    mut done: impl FnMut(),
) -> Result<Vec<Viewer>, Failure> {
    let mut viewers = Vec::with_capacity(PEOPLE.len());
    let mut hash = None;
    for person in PEOPLE {
        let phone_digest = index(app, account::PHONE, person.phone);
        let known = {
            let mut tx = app.store.begin(ctx).await?;
            account::find(&mut tx, account::PHONE, phone_digest).await?
        };
        let (account, subject) = if let Some(row) = known {
            (row.id, row.subject)
        } else {
            let password = if let Some(known) = &hash {
                String::clone(known)
            } else {
                let fresh = crate::password::hash(app.cost, PASSWORD.to_owned(), salt(&*app.entropy)).await?;
                hash.insert(fresh).clone()
            };
            let then = ctx.now() - Duration::days(person.joined);
            let then = Ctx::new(ctx.actor(), ctx.policy_version(), ctx.request(), then);
            make(app, &then, person, password, documents).await?
        };
        viewers.push(Viewer {
            account,
            subject,
            session: Uuid::nil(),
            csrf: String::new(),
            member: person.works.is_some(),
            acting: None,
            organisations: false,
            frozen: false,
        });
        done();
    }
    Ok(viewers)
}

async fn make(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    person: &DemoPerson,
    password_hash: String,
    documents: &Documents,
) -> Result<(Uuid, SubjectId), Failure> {
    let (id_, subject) = (app.entropy.id(), SubjectId(app.entropy.id()));
    app.store.create_key(subject).await?;
    let phone_digest = index(app, account::PHONE, person.phone);
    let name_digest = index(app, account::NAME, &name::comparable(person.name));
    let (name, phone) = (
        Personal::received(person.name.to_owned()),
        Personal::received(person.phone.to_owned()),
    );
    let mut tx = app.store.begin(ctx).await?;
    let new = NewAccount {
        id: id_,
        subject,
        name: &name,
        phone: &phone,
        password_hash,
    };
    account::insert(&mut tx, &new, phone_digest, name_digest).await?;
    record_acceptance(app, &mut tx, subject, documents).await?;
    if let Some(secret) = person.secret {
        let secret = Personal::received(secret.to_owned());
        second::put(&mut tx, id_, subject, &secret).await?;
        second::confirm(&mut tx, id_, 0).await?;
    }
    if let Some((supplier, role)) = person.works {
        membership::put(&mut tx, id("supplier", supplier), id_, role).await?;
    }
    tx.commit().await?;
    Ok((id_, subject))
}

#[cfg(test)]
mod tests {
    use domain::account::{name, password, phone::Phone};

    use super::*;

    #[test]
    fn demo_people_pass_the_rules_of_everyone() {
        for person in PEOPLE {
            assert!(Phone::parse(person.phone, true).is_ok() && Phone::parse(person.phone, false).is_err());
            assert_eq!(name::parse(person.name).as_deref(), Ok(person.name));
            assert_eq!(password::check(PASSWORD, &[person.phone, person.name]), Ok(()));
        }
    }
}
