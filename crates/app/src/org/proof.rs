//! How it is proved that somebody may act for an enterprise: by the amount of a transfer to its account,
//! or by a letter that a verifier reads.

use domain::Refused;
use domain::account::offer::ENTERPRISE;
use domain::calendar::BEIJING;
use domain::machine::Role;
use domain::org::bank_account::{self, BankAccount};
use domain::org::bank_proof;
use domain::org::picture::Paper;
use domain::org::verification::{Badge, Event, Facts, Proof, Register, State, Step};
use domain::refused::Party;
use privacy::purpose::{Certify, Notify};
use privacy::{Ask, BlindIndex, Ctx, LegalBasis, Personal, PurposeId, Sealed};
use serde::{Deserialize, Serialize};
use storage::disclosure::to_processor;
use storage::job::{self, Claimed, NewJob};
use storage::org::paper::{self, PaperRow};
use storage::org::verification::{self, VerificationRow};
use storage::org::{self, transfer};
use storage::{StoreError, Tx, account, person};
use time::{Duration, Time};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::check::reference;
use super::source::{Made, TransferAsked};
use super::{by, found, held, picture, take, tell};
use crate::account::{Viewer, consent, index, message_holder};
use crate::person::SourceFailed;
use crate::rights::refuse_if_closing;
use crate::{App, Failure, Fault};

/// The kind of the job that has a transfer made.
pub(crate) const SEND: &str = "send_transfer";
/// The bank, as the register of recipients calls it.
const BANK: &str = "transfer_bank";
/// What it gets.
const ACCOUNT: &[&str] = &["enterprise_paper.bank_account"];
/// What the program opens to make a transfer.
const BOTH: &[&str] = &["enterprise_paper.bank_account", "enterprise_paper.amount"];

#[derive(Deserialize, Serialize)]
struct Payload {
    verification: Uuid,
    transfer: Uuid,
}

/// The account a transfer is to go to, as typed.
pub struct TransferForm<'a> {
    /// Bank and branch.
    pub bank: &'a str,
    /// The number.
    pub bank_account: &'a str,
}

/// The verification, held, with what the viewer handed in for it themself.
async fn own(
    app: &App,
    tx: &mut Tx<'_, Certify>,
    viewer: &Viewer,
    id: Uuid,
) -> Result<(VerificationRow, Role, PaperRow), Failure> {
    account::hold(tx, viewer.account).await?;
    refuse_if_closing(tx, viewer.subject).await?;
    let (row, role) = held(app, tx, viewer, id).await?;
    if consent::live(tx, viewer.subject, &ENTERPRISE).await?.is_none() {
        return Err(Refused::from(Party::EnterpriseConsent).into());
    }
    let papers = paper::of(tx, id).await?;
    match papers {
        Some(papers) if papers.subject == viewer.subject => {
            // A letter names a person, so whoever proves is a verified one.
            if person::is_verified(tx, viewer.account).await? {
                Ok((row, role, papers))
            } else {
                Err(Refused::from(Party::EnterprisePerson).into())
            }
        }
        // Another owner's papers are not opened: whoever handed them in proves them.
        Some(_) => Err(Refused::from(Party::VerifyNotYou).into()),
        None => Err(Refused::from(Party::VerifyNotNow).into()),
    }
}

/// Chooses a way, if it is not the one under way already.
async fn choose(
    app: &App,
    tx: &mut Tx<'_, Certify>,
    viewer: &Viewer,
    (row, role, papers): (VerificationRow, Role, &PaperRow),
    proof: Proof,
    again: bool,
) -> Result<VerificationRow, Failure> {
    if row.verification.proof == Some(proof) && row.verification.state == State::Proving && !again {
        return Ok(row);
    }
    let agreed = papers.answered.as_ref().is_some_and(Vec::is_empty);
    let facts = Facts {
        proof: Some(proof),
        register: agreed.then_some(Register {
            name: Some(true),
            representative: true,
            in_business: true,
        }),
        ..Facts::default()
    };
    let doer = by(role, viewer.subject);
    take(app, tx, &row, (Event::ChooseProof, role), &facts, doer).await?;
    verification::by_id(tx, row.id).await?.ok_or(Failure::NotFound)
}

/// Who asks for transfers, by a digest that says nothing.
fn applicant(app: &App, viewer: &Viewer) -> BlindIndex {
    index(
        app,
        "enterprise_transfer.applicant",
        &viewer.subject.0.to_string(),
    )
}

/// Whether this claims an enterprise that is verified: an owner's invitation leads there, or the letter;
/// an amount that can be guessed does not.
pub(super) async fn claims<P: privacy::Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
) -> Result<bool, Failure> {
    policy::clause!("2.1.1.d");
    let (None, Some(code)) = (row.organisation, row.credit_code.as_deref()) else {
        return Ok(false);
    };
    let former = found::former(tx, code).await?;
    Ok(former.is_some_and(|former| former.verification.badge() != Badge::None))
}

/// Whether an amount may prove this enterprise, whose code it is: not after too many wrong ones, whoever
/// entered them, not once its verification was taken back, and not while others have it.
async fn may_transfer(
    app: &App,
    tx: &mut Tx<'_, Certify>,
    row: &VerificationRow,
    viewer: &Viewer,
) -> Result<String, Failure> {
    policy::clause!("2.1.1.d");
    let code = row.credit_code.clone().ok_or(Failure::Fault(Fault::Document))?;
    if row.organisation.is_none() && verification::revoked(tx, &code).await?.is_some() {
        return Err(Refused::from(Party::ProofLetterOnly).into());
    }
    if claims(tx, row).await? {
        return Err(Refused::from(Party::ProofClaim).into());
    }
    let now = tx.ctx().now();
    let spans = (now - bank_proof::YEAR, now - bank_proof::LOCK);
    let wrong = transfer::wrong(tx, &code, spans).await?;
    let own = transfer::wrong_by(tx, applicant(app, viewer), spans.0).await?;
    bank_proof::may_try(wrong.long.max(own), wrong.lately)?;
    Ok(code)
}

/// Hands in the letter of authorisation: it waits for a verifier.
///
/// # Errors
/// [`Failure::Refused`] naming the letter's fault, [`Party::VerifyOften`], or what the machine says.
pub async fn hand_in_letter(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    id: Uuid,
    letter: Vec<u8>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    {
        // Looked at and counted before the picture is unpacked.
        let mut tx = app.store.begin(ctx).await?;
        own(app, &mut tx, viewer, id).await?;
        picture::admissible(Paper::Letter, &letter)?;
        picture::count(app, &mut tx, viewer).await?;
        tx.commit().await?;
    }
    let letter = picture::read(Paper::Letter, letter).await?;
    let mut tx = app.store.begin(ctx).await?;
    let (row, role, papers) = own(app, &mut tx, viewer, id).await?;
    // Handed in again, it waits anew.
    choose(app, &mut tx, viewer, (row, role, &papers), Proof::Letter, true).await?;
    paper::put_letter(&mut tx, id, &papers, &letter.text).await?;
    Ok(tx.commit().await?)
}

/// Has a random amount sent to the enterprise's account.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, [`Party::ProofToday`], [`Party::ProofAccount`],
/// [`Party::ProofClaim`], [`Party::ProofNoBank`], or what the machine says.
pub async fn send_transfer(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    id: Uuid,
    typed: &TransferForm<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    if app.bank.is_none() {
        return Err(Refused::from(Party::ProofNoBank).into());
    }
    let typed = BankAccount::parse(typed.bank, typed.bank_account, app.demo).map_err(Failure::Refused)?;
    let mut tx = app.store.begin(ctx).await?;
    let (row, role, papers) = own(app, &mut tx, viewer, id).await?;
    let code = may_transfer(app, &mut tx, &row, viewer).await?;
    let row = choose(app, &mut tx, viewer, (row, role, &papers), Proof::Transfer, false).await?;
    let digest = index(app, transfer::ACCOUNT, typed.number());
    let mut random = [0_u8; 8];
    app.entropy.fill(&mut random);
    let amount = bank_proof::random_amount(u64::from_le_bytes(random));
    let midnight = ctx.now().to_offset(BEIJING).replace_time(Time::MIDNIGHT);
    let year = ctx.now() - bank_proof::YEAR;
    let for_it = transfer::of_code(&mut tx, &code, year).await?.len();
    let facts = Facts {
        amount: Some(amount),
        transfers: transfer::of_code(&mut tx, &code, midnight - Duration::SECOND).await?,
        // An account that is made up is another one each time; the enterprise stays the same.
        to_account: transfer::to_account(&mut tx, digest, year).await?.max(for_it),
        ..Facts::default()
    };
    let doer = by(role, viewer.subject);
    take(app, &mut tx, &row, (Event::SendTransfer, role), &facts, doer).await?;
    let transfer = transfer::note(
        &mut tx,
        id,
        &code,
        (digest, typed.last_four()),
        applicant(app, viewer),
    )
    .await?;
    let (number, amount) = (
        Personal::received(typed.into_text()),
        Personal::received(amount.to_string()),
    );
    paper::put_transfer(&mut tx, id, &papers, Some((&number, &amount))).await?;
    let payload = Payload {
        verification: id,
        transfer,
    };
    let text = serde_json::to_string(&payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let new = NewJob {
        kind: SEND,
        dedup: transfer.to_string(),
        payload: &text,
        run_at: ctx.now(),
    };
    job::enqueue(&mut tx, &new).await?;
    Ok(tx.commit().await?)
}

/// Enters the amount that arrived. A wrong one counts, and stays counted.
///
/// # Errors
/// [`Party::ProofAmount`] for what is no amount (not counted), [`Party::ProofWrong`],
/// [`Party::ProofLocked`], [`Party::ProofExpired`], [`Party::EnterprisePerson`], or what the machine says.
pub async fn enter_amount(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    id: Uuid,
    typed: &str,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    let amount = bank_proof::read(typed)?;
    let mut tx = app.store.begin(ctx).await?;
    let (mut row, role, papers) = own(app, &mut tx, viewer, id).await?;
    still_verified(&mut tx, &row).await?;
    if row.verification.state == State::Proving {
        may_transfer(app, &mut tx, &row, viewer).await?;
    }
    // What the bank never sent nobody can have received.
    let latest = transfer::latest(&mut tx, id).await?;
    let made = latest.filter(|latest| latest.sent_at.is_some());
    if row.verification.transfer.is_some() && made.is_none() {
        return Err(Refused::from(Party::ProofUnsent).into());
    }
    if let (Some(under_way), Some(sealed)) = (&mut row.verification.transfer, &papers.amount) {
        under_way.amount = sent(&mut tx, &papers, sealed).await?;
    }
    let facts = Facts {
        amount: Some(amount),
        ..Facts::default()
    };
    let doer = by(role, viewer.subject);
    let step: Step = take(app, &mut tx, &row, (Event::EnterAmount, role), &facts, doer).await?;
    if let (Some(_), Some(made)) = (&step.told, made) {
        transfer::count_wrong(&mut tx, made.id).await?;
    }
    tx.commit().await?;
    match step.told {
        Some(refused) => Err(refused.into()),
        None => Ok(()),
    }
}

/// An amount that is not the one on its way, as typed: for the demonstration, where somebody enters wrong
/// ones.
pub(crate) async fn wrong_amount(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    id: Uuid,
) -> Result<String, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let (_, _, papers) = own(app, &mut tx, viewer, id).await?;
    let sealed = papers.amount.as_ref().ok_or(Failure::NotFound)?;
    let sent = sent(&mut tx, &papers, sealed).await?;
    tx.commit().await?;
    let other = if sent == bank_proof::LEAST {
        bank_proof::MOST
    } else {
        bank_proof::LEAST
    };
    Ok(format!("0.{other:02}"))
}

/// Whoever founds an enterprise is still verified at that moment.
pub(super) async fn still_verified<P: privacy::Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    match row.applicant {
        Some((account, _)) if !person::is_verified(tx, account).await? => {
            Err(Refused::from(Party::EnterprisePerson).into())
        }
        _ => Ok(()),
    }
}

/// The amount that was sent, in fen.
async fn sent(tx: &mut Tx<'_, Certify>, papers: &PaperRow, sealed: &Sealed<String>) -> Result<i64, Failure> {
    let basis = consent::live(tx, papers.subject, &ENTERPRISE)
        .await?
        .ok_or(Refused::from(Party::EnterpriseConsent))?;
    let ask = Ask {
        subject: papers.subject,
        fields: &["enterprise_paper.amount"],
        basis,
        clause: policy::clause!("2.1.1.d"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let place = paper::field("amount", papers.id, papers.subject);
    let opened = tx.open(&permit, &place, sealed).await?;
    opened
        .inside()
        .parse()
        .map_err(|_| Failure::Fault(Fault::Document))
}

/// Has the bank make a transfer; asked twice, it makes it once.
///
/// # Errors
/// [`Failure::Fault`] if the bank does not answer: the job is tried again.
pub(crate) async fn send(app: &App, ctx: &Ctx<Certify>, claimed: &Claimed) -> Result<(), Failure> {
    let of: Payload = serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let bank = app.bank.as_ref().ok_or(Fault::Identity(SourceFailed::Down))?;
    let asked = order(app, ctx, &of).await?;
    let made = match &asked {
        Some(asked) => Some(bank.send(asked).await.map_err(Fault::Identity)?),
        None => None,
    };
    if let (Some(asked), Some(Made::Sent), true) = (&asked, made, app.demo) {
        show(app, ctx, &of, asked.amount).await?;
    }
    let mut tx = app.store.begin(ctx).await?;
    match made {
        Some(Made::Sent) => transfer::sent(&mut tx, of.transfer).await?,
        Some(Made::Refused) => {
            transfer::refused(&mut tx, of.transfer).await?;
            refused(&mut tx, of.verification).await?;
        }
        None => {}
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}

/// The bank refused: what it was given goes, and whoever asked is told.
async fn refused(tx: &mut Tx<'_, Certify>, id: Uuid) -> Result<(), Failure> {
    if let Some(papers) = paper::of(tx, id).await? {
        paper::put_transfer(tx, id, &papers, None).await?;
    }
    match verification::by_id(tx, id).await? {
        Some(row) => tell::verification_later(tx, id, row.verification.version).await,
        None => Ok(()),
    }
}

/// What the bank is asked, once the ledger says that it gets it. Nothing for a transfer that nobody waits
/// for any more.
async fn order(app: &App, ctx: &Ctx<Certify>, of: &Payload) -> Result<Option<TransferAsked>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = verification::by_id(&mut tx, of.verification).await?;
    let waits = |row: &VerificationRow| {
        row.verification.proof == Some(Proof::Transfer) && row.verification.transfer.is_some()
    };
    let latest = transfer::latest(&mut tx, of.verification).await?;
    // The one that is waited for: another step of the verification changes nothing of it.
    let open = |latest: &transfer::TransferRow| latest.sent_at.is_none() && latest.refused_at.is_none();
    let waited_for = latest.is_some_and(|latest| latest.id == of.transfer && open(&latest));
    let Some(row) = row.filter(waits).filter(|_| waited_for) else {
        return Ok(None);
    };
    let Some(papers) = paper::of(&mut tx, row.id).await? else {
        return Ok(None);
    };
    match refuse_if_closing(&mut tx, papers.subject).await {
        Err(Failure::Refused(_)) => return Ok(None),
        other => other?,
    }
    let Some(basis) = consent::live(&mut tx, papers.subject, &ENTERPRISE).await? else {
        return Ok(None);
    };
    let (Some(number), Some(amount), Some(holder)) =
        (&papers.bank_account, &papers.amount, row.company_name.clone())
    else {
        return Ok(None);
    };
    let ask = Ask {
        subject: papers.subject,
        fields: BOTH,
        basis,
        clause: policy::clause!("2.1.1.d"),
        case: None,
    };
    let (number, amount) = {
        let permit = tx.permit(ask).await?;
        let place = |column| paper::field(column, papers.id, papers.subject);
        let number = match tx.open(&permit, &place("bank_account"), number).await {
            Err(StoreError::NoKey) => return Ok(None),
            other => other?,
        };
        (number, tx.open(&permit, &place("amount"), amount).await?)
    };
    let share = to_processor(papers.subject, BANK, ACCOUNT, PurposeId::Certify, None, ctx.now());
    let disclosed = tx.disclose(share).await?;
    let text = Zeroizing::new(number.handed(&disclosed).map_err(StoreError::from)?);
    let (bank, number) = bank_account::parts(&text).ok_or(Failure::Fault(Fault::Document))?;
    let asked = TransferAsked {
        reference: reference(&[of.transfer.as_bytes()]),
        holder,
        bank: Zeroizing::new(bank.to_owned()),
        number: Zeroizing::new(number.to_owned()),
        amount: amount
            .inside()
            .parse()
            .map_err(|_| Failure::Fault(Fault::Document))?,
    };
    tx.commit().await?;
    Ok(Some(asked))
}

/// What a demonstration shows in the place of an account's statement.
async fn show(app: &App, ctx: &Ctx<Certify>, of: &Payload, amount: i64) -> Result<(), Failure> {
    let ctx: Ctx<Notify> = Ctx::new(ctx.actor(), ctx.policy_version(), ctx.request(), ctx.now());
    let mut tx = app.store.begin(&ctx).await?;
    let (row, papers) = (
        verification::by_id(&mut tx, of.verification).await?,
        paper::of(&mut tx, of.verification).await?,
    );
    let (Some(row), Some(papers)) = (row, papers) else {
        return Ok(());
    };
    let account = match (row.applicant, row.organisation) {
        (Some((account, _)), _) => Some(account),
        (None, Some(organisation)) => {
            let members = org::members(&mut tx, organisation).await?;
            let handed = members.iter().find(|row| row.subject == papers.subject);
            handed.map(|row| row.member.account)
        }
        (None, None) => None,
    };
    let Some(account) = account else {
        return Ok(());
    };
    if let Some(holder) = account::by_id(&mut tx, account).await? {
        let ask = Ask {
            subject: holder.subject,
            fields: &["account.phone"],
            basis: LegalBasis::Contract,
            clause: policy::clause!("2.2.1"),
            case: None,
        };
        let text = format!(
            "【演示银行】对公账户入账 0.{amount:02} 元，附言：企业认证。/ Demonstration bank: 0.{amount:02} yuan arrived, for the verification."
        );
        message_holder(app, &mut tx, &holder, ask, text).await?;
    }
    Ok(tx.commit().await?)
}
