//! After a restore: nobody who was erased comes back (2.6.3.e).

use privacy::purpose::ObeyLaw;
use privacy::{Ctx, SubjectId};
use storage::Tombstone;
use storage::rights::erasure::{self, Step};
use uuid::Uuid;

use super::erase::{erase, plan};
use super::new_number;
use crate::{App, Failure, Fault};

const PAGE: i64 = 500;

/// Makes data and vault agree about who was erased: a person whom the vault remembers as erased is
/// erased from restored data again, under the same number; one whose erasure the data shows half done
/// is erased to the end; and a key that came back with a restored vault is destroyed again. Must end
/// before anything is served. Says how many people it was about.
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
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (subject, number) in page {
            if app.store.has_any_key(subject, ctx.now()).await? {
                app.store.entomb(subject, &number, ctx.now()).await?;
                again += 1;
            }
        }
    }
    let mut after = SubjectId(Uuid::nil());
    loop {
        let page = app.store.tombstones(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(again) };
        after = last.subject;
        for tombstone in page {
            again += usize::from(gone(app, ctx, tombstone).await?);
        }
    }
}

/// Makes sure that a person is gone from the data; whether there was anything to do.
async fn gone(app: &App, ctx: &Ctx<ObeyLaw>, tombstone: Tombstone) -> Result<bool, Failure> {
    let Tombstone { subject, number } = tombstone;
    {
        let mut tx = app.store.begin(ctx).await?;
        match erasure::of_subject(&mut tx, subject).await? {
            Some(erasure) if erasure.step == Step::Ended => return Ok(false),
            Some(_) => {}
            None => {
                let number = number.unwrap_or_else(|| new_number(app));
                plan(&mut tx, subject, &number, "restored").await?;
                tx.commit().await?;
            }
        }
    }
    match erase(app, ctx, subject).await {
        // Key and rows are gone; what the search found is the failing job's to say, and the
        // operator's to remove.
        Ok(()) | Err(Failure::Fault(Fault::Residue)) => Ok(true),
        Err(failure) => Err(failure),
    }
}
