//! Verifications of the demonstration's people. The check itself is the worker's, as for everybody.

use privacy::purpose::{Certify, KeepAccount};
use privacy::{Actor, Ctx, Purpose};

use super::people::PEOPLE;
use crate::account::{Documents, Shown, Viewer};
use crate::person::{self, Submission};
use crate::{App, Failure};

/// Who hands in what: one is verified, one gave a name that is another's, one owner is verified.
const HANDED_IN: &[(&str, &str, &str)] = &[
    ("林知远", "林知远", "999999199001010016"),
    ("何小满", "何不符", "999999199001010024"),
    ("青栀店主", "青栀", "999999199001010032"),
];

/// Hands in what is not handed in yet.
pub(super) async fn seed(
    app: &App,
    version: &str,
    documents: &Documents,
    viewers: &[Viewer],
) -> Result<(), Failure> {
    for (name, real_name, id_number) in HANDED_IN {
        let people = PEOPLE.iter().zip(viewers);
        let Some((_, viewer)) = people.into_iter().find(|(person, _)| person.name == *name) else {
            continue;
        };
        let known = {
            let ctx = of::<KeepAccount>(app, version, viewer);
            let mut tx = app.store.begin(&ctx).await?;
            storage::person::of_account(&mut tx, viewer.account).await?
        };
        if known.is_some() {
            continue;
        }
        let shown = Shown {
            version: &documents.policy_version,
            lang: documents.lang,
            zh: true,
        };
        person::agree(app, &of::<KeepAccount>(app, version, viewer), viewer, true, shown).await?;
        let typed = Submission { real_name, id_number };
        person::submit(app, &of::<Certify>(app, version, viewer), viewer, &typed).await?;
    }
    Ok(())
}

fn of<P: Purpose>(app: &App, version: &str, viewer: &Viewer) -> Ctx<P> {
    let actor = Actor::Person {
        account: viewer.account,
        subject: viewer.subject,
    };
    Ctx::new(actor, version, app.entropy.id(), app.clock.now())
}
