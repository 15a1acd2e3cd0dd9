//! Signing (2.4.1.5.2.b, 0.11): the provider agreement and the undertaking on personal data, by an owner
//! who is verified, with a fresh proof. The digest of the very text stands in the consent event and the
//! log; the signer's name lies under their own key.

use domain::Refused;
use domain::machine::Role;
use domain::org::seat::Act;
use domain::refused::{Party, Trade};
use domain::supplier::licence::day_of;
use domain::supplier::onboarding::{Event, Facts, State};
use policy::Document;
use privacy::Ctx;
use privacy::consent::{ConsentEvent, ConsentState, Origin};
use privacy::purpose::Certify;
use storage::account;
use storage::supplier::{self as store, signature};
use uuid::Uuid;

use super::{held, system, take};
use crate::account::{Viewer, demand_proof};
use crate::person::real_name;
use crate::rights::refuse_if_closing;
use crate::{App, Failure};

/// What is signed, as the page showed it.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// Which edition.
    pub edition: &'a str,
    /// The language: `zh-CN` or `en`.
    pub lang: &'static str,
    /// SHA-256 (hex) of agreement and undertaking as they were shown.
    pub hashes: [&'a str; 2],
    /// Whether each was ticked.
    pub accepted: [bool; 2],
}

/// Signs both documents for the enterprise: the first time, the supplier is admitted; later, a newer
/// edition.
///
/// # Errors
/// [`Trade::SupplierSign`] without both ticks, [`Trade::SupplierEdition`] for an edition that is not the
/// one in force, [`Party::OrgNotYou`] for whoever is no owner, [`Party::EnterprisePerson`],
/// [`Refused::ProofNeeded`], [`Party::SupplierNotNow`]; [`Failure::NotFound`] for a stranger.
pub async fn sign(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    organisation: Uuid,
    signing: Signing<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.4.1.5.2.b");
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    refuse_if_closing(&mut tx, viewer.subject).await?;
    let (row, _, seat, _) = held(&mut tx, viewer, organisation).await?;
    if !seat.may(Act::Sign) {
        return Err(Refused::from(Party::OrgNotYou).into());
    }
    let open = [
        State::Agreement,
        State::Active,
        State::Restricted,
        State::Suspended,
        State::Exiting,
    ];
    if !open.contains(&row.supplier.state) {
        return Err(Refused::from(Party::SupplierNotNow).into());
    }
    if signing.accepted != [true, true] {
        return Err(Refused::from(Trade::SupplierSign).into());
    }
    let today = day_of(ctx.now());
    let present = app.store.policy().editions().in_force(today);
    if present.is_none_or(|edition| edition.version != signing.edition) {
        return Err(Refused::from(Trade::SupplierEdition).into());
    }
    let name = real_name(&mut tx, viewer).await?;
    demand_proof(&mut tx, viewer).await?;
    for (document, hash) in Document::ALL.into_iter().zip(signing.hashes) {
        let event = ConsentEvent {
            id: app.entropy.id(),
            subject: viewer.subject,
            document: document.as_str().to_owned(),
            version: signing.edition.to_owned(),
            text_hash: hash.to_owned(),
            lang: signing.lang.to_owned(),
            state: ConsentState::Given,
            purpose: None,
            recipient: None,
            expires_at: None,
            origin: Origin::Act,
            at: ctx.now(),
        };
        storage::consent::append(&mut tx, &event).await?;
        let new = signature::NewSignature {
            id: app.entropy.id(),
            supplier: row.id,
            document,
            edition: signing.edition,
            text_hash: hash,
            lang: signing.lang,
            seat,
            signer: Some((viewer.subject, &name)),
        };
        signature::insert(&mut tx, &new).await?;
    }
    if row.supplier.state == State::Agreement {
        let facts = Facts {
            agreement: true,
            undertaking: true,
            ..Facts::default()
        };
        let event = (Event::AgreementEffective, Role::System);
        take(&mut tx, &row, event, &facts, (&[], system())).await?;
    }
    // What waited for the signature is shown again.
    store::revise(&mut tx).await?;
    Ok(tx.commit().await?)
}
