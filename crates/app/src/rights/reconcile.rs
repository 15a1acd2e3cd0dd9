//! After a restore: nobody who was erased comes back (2.6.3.e).

use privacy::purpose::ObeyLaw;
use privacy::{Ctx, SubjectId};
use storage::rights::erasure;
use uuid::Uuid;

use super::erase::{erase, plan};
use crate::{App, Failure};

const PAGE: i64 = 500;

/// Makes data and vault agree about who was erased: a person whom the vault remembers as erased is
/// erased from restored data again, and a key that came back with a restored vault is destroyed
/// again. Must end before anything is served. Says how many people it was about.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn reconcile(app: &App, ctx: &Ctx<ObeyLaw>) -> Result<usize, Failure> {
    policy::clause!("2.6.3.e");
    let mut again = 0;
    let mut after = SubjectId(Uuid::nil());
    loop {
        let page = {
            let mut tx = app.store.begin(ctx).await?;
            erasure::subjects(&mut tx, after, PAGE).await?
        };
        let Some(last) = page.last() else { break };
        after = *last;
        for subject in page {
            if app.store.has_key(subject, ctx.now()).await? {
                app.store.entomb(subject, ctx.now()).await?;
                again += 1;
            }
        }
    }
    let mut after = SubjectId(Uuid::nil());
    loop {
        let page = app.store.tombstones(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        for subject in page {
            let mut tx = app.store.begin(ctx).await?;
            if erasure::of_subject(&mut tx, subject).await?.is_some() {
                continue;
            }
            plan(app, &mut tx, subject, "restored").await?;
            tx.commit().await?;
            erase(app, ctx, subject).await?;
            again += 1;
        }
    }
    Ok(again)
}
