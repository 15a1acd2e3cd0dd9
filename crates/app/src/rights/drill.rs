//! The drill (2.6.3.e): somebody fictional is made, copied, erased, and looked for in the copy. It
//! passes if the copy held the person, could not be read, and held nothing of them any more once
//! the vault's tombstones were replayed in it, as every restore does.

use std::io::ErrorKind;
use std::path::Path;

use policy::clause;
use privacy::purpose::ObeyLaw;
use privacy::{Ask, Ctx, LegalBasis, Personal, SubjectId};
use storage::StoreError;
use storage::account::{self, NewAccount};
use storage::backup::{BackupError, Part};
use storage::rights::drill as record;
use storage::rights::probe::{self, Needle};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::erase::{erase, plan};
use super::{new_number, reconcile};
use crate::account::index;
use crate::{App, Failure, Fault};

/// How long a drill counts.
pub const DRILL_EVERY: Duration = Duration::days(31);

/// What a drill found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drill {
    /// The copy's SHA-256.
    pub copy: String,
    /// The copy held the person.
    pub held: bool,
    /// Their sealed values did not open, because there was no key.
    pub unreadable: bool,
    /// Where something of the person was after the replay; empty if all is well.
    pub found: Vec<String>,
}

impl Drill {
    /// Whether all is as it must be.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.held && self.unreadable && self.found.is_empty()
    }
}

/// The person of the drill.
struct Fictional {
    subject: SubjectId,
    account: Uuid,
    needles: Vec<Needle>,
}

async fn make(app: &App, ctx: &Ctx<ObeyLaw>) -> Result<Fictional, Failure> {
    let (subject, id) = (SubjectId(app.entropy.id()), app.entropy.id());
    let called = format!("演练-{}", id.simple());
    let number = format!("drill-{}", subject.0.simple());
    app.store.create_key(subject).await?;
    let digests = [
        index(app, account::PHONE, &number),
        index(app, account::NAME, &called),
    ];
    let needles = digests
        .iter()
        .map(|digest| Needle::Bytes(digest.0.to_vec()))
        .collect();
    let (name, phone) = (Personal::received(called), Personal::received(number));
    let new = NewAccount {
        id,
        subject,
        name: &name,
        phone: &phone,
        // Nobody logs in with it.
        password_hash: String::new(),
    };
    let mut tx = app.store.begin(ctx).await?;
    let [phone_digest, name_digest] = digests;
    account::insert(&mut tx, &new, phone_digest, name_digest).await?;
    tx.commit().await?;
    Ok(Fictional {
        subject,
        account: id,
        needles,
    })
}

/// Whether the person's phone opens.
async fn opens(app: &App, ctx: &Ctx<ObeyLaw>, person: &Fictional) -> Result<bool, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = account::by_id(&mut tx, person.account)
        .await?
        .ok_or(Failure::NotFound)?;
    let ask = Ask {
        subject: person.subject,
        fields: &["account.phone"],
        basis: LegalBasis::LegalDuty("PIPL 47"),
        clause: clause!("1.6"),
        case: None,
    };
    let place = account::field("phone", person.account, person.subject);
    let opened = match tx.permit(ask).await {
        Ok(permit) => tx.open(&permit, &place, &row.phone).await.map(|_| ()),
        Err(error) => Err(error),
    };
    match opened {
        Ok(()) => Ok(true),
        Err(StoreError::NoKey) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Erases the person with the engine that erases everybody. A worker may have taken the job.
async fn erased(app: &App, ctx: &Ctx<ObeyLaw>, subject: SubjectId) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    plan(&mut tx, subject, &new_number(app), "drill").await?;
    tx.commit().await?;
    loop {
        match erase(app, ctx, subject).await {
            Err(Failure::Fault(Fault::Store(StoreError::Stale))) => {}
            ended => return ended,
        }
    }
}

/// Runs the drill on the live store and records what it found; the folder is for the copy, which
/// is removed again.
///
/// # Errors
/// [`Failure::Fault`] if it could not be carried out; nothing is recorded then.
pub async fn drill(app: &App, ctx: &Ctx<ObeyLaw>, folder: &Path) -> Result<Drill, Failure> {
    clause!("2.6.3.e");
    app.store.clear_scratches().await?;
    let rehearsed = rehearse(app, ctx, folder).await;
    // Whatever came of it, no copy stays.
    let gone = match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() == ErrorKind::NotFound => Ok(()),
        gone => gone,
    };
    gone.map_err(|source| BackupError::File {
        path: folder.to_path_buf(),
        source,
    })?;
    let drill = rehearsed?;
    let mut tx = app.store.begin(ctx).await?;
    record::record(&mut tx, &drill.copy, drill.passed()).await?;
    tx.commit().await?;
    Ok(drill)
}

async fn rehearse(app: &App, ctx: &Ctx<ObeyLaw>, folder: &Path) -> Result<Drill, Failure> {
    let person = make(app, ctx).await?;
    if !opens(app, ctx, &person).await? {
        return Err(Failure::Fault(Fault::Store(StoreError::NoKey)));
    }
    let copied = app.store.back_up(Part::Data, folder, ctx.now()).await;
    // Whatever became of the copy, the person goes.
    erased(app, ctx, person.subject).await?;
    let (file, manifest) = copied?;
    let (scratch, opened) = app.store.open_scratch(&file, &manifest, folder).await;
    let (opened, seen) = match opened {
        Ok(store) => {
            let beside = App {
                store: store.clone(),
                ..app.clone()
            };
            (Some(store), look(&beside, ctx, &person).await)
        }
        Err(error) => (None, Err(error.into())),
    };
    app.store.remove_scratch(scratch, opened).await?;
    Ok(Drill {
        copy: manifest.sha256,
        ..seen?
    })
}

/// Looks for the person in the opened copy, before and after the replay.
async fn look(copy: &App, ctx: &Ctx<ObeyLaw>, person: &Fictional) -> Result<Drill, Failure> {
    let mut drill = Drill::default();
    {
        let mut tx = copy.store.begin(ctx).await?;
        drill.held = account::of_subject(&mut tx, person.subject).await? == Some(person.account)
            && !probe::search(&mut tx, &person.needles).await?.is_empty();
    }
    drill.unreadable = drill.held && !opens(copy, ctx, person).await?;
    reconcile(copy, ctx).await?;
    let mut tx = copy.store.begin(ctx).await?;
    drill.found = probe::search(&mut tx, &person.needles).await?;
    if account::of_subject(&mut tx, person.subject).await?.is_some() {
        drill.found.push("account".to_owned());
    }
    Ok(drill)
}

/// When the latest drill was, and whether it passed.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn latest_drill(app: &App, ctx: &Ctx<ObeyLaw>) -> Result<Option<(OffsetDateTime, bool)>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(record::latest(&mut tx).await?)
}
