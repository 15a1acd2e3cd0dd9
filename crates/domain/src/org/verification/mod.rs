//! How an enterprise is verified: by a verified person, against the public register, and by a proof
//! that they may act for it (2.1.1.d). No state holds the licence or the account: a step says when they
//! go.

mod names;
mod table;

use time::{Duration, OffsetDateTime};

use super::bank_proof::{self, Entered, LOCK, Transfer};
use crate::calendar::{Due, days_after};
use crate::four_eyes::{Appeal, Measure};
use crate::machine::{No, Role};
use crate::refused::{Party, Refused};
use crate::rights::months_after;

pub use names::{Effect, Event, Proof, Reason, Relation, State};
pub use table::MACHINE;

/// How long a proof that waits for the applicant's side is open.
pub const PROOF_LIFE: Duration = bank_proof::LIFE;
/// After so many months the register is asked again.
pub const YEAR_MONTHS: u8 = 12;
/// How long the badge stays while it does not answer or agree, in days.
pub const GRACE_DAYS: i64 = 30;
/// How long a change may wait for its proof, in days.
pub const CHANGE_DAYS: i64 = 30;
/// After so many days without a step an application is given up.
pub const DRAFT_DAYS: i64 = 90;

/// What the public register says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// The name is the one of this code; `None` if the code is unknown.
    pub name: Option<bool>,
    /// The legal representative is the stated one.
    pub representative: bool,
    /// It is in business (存续).
    pub in_business: bool,
}

impl Register {
    /// What does not agree.
    #[must_use]
    pub fn reasons(self) -> Vec<Reason> {
        let found = match self.name {
            None => return vec![Reason::CodeUnknown],
            Some(name) => [
                (name, Reason::NameMismatch),
                (self.representative, Reason::RepresentativeMismatch),
                (self.in_business, Reason::NotInBusiness),
            ],
        };
        let wrong = found.into_iter().filter(|(agrees, _)| !agrees);
        wrong.map(|(_, reason)| reason).collect()
    }
}

/// An enterprise's verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How far it is.
    pub state: State,
    /// Grows by one with each step: the optimistic lock.
    pub version: i64,
    /// When this state began.
    pub since: OffsetDateTime,
    /// How the applicant is related to the enterprise.
    pub relation: Option<Relation>,
    /// An organisation with this code exists: it is claimed, not made a second time.
    pub claim: bool,
    /// It was verified before.
    pub established: bool,
    /// It is verified, whatever is under way: what is proved is a change.
    pub standing: bool,
    /// What has to be put right, or why it was revoked.
    pub reasons: Vec<Reason>,
    /// The chosen proof.
    pub proof: Option<Proof>,
    /// The transfer under way.
    pub transfer: Option<Transfer>,
    /// When the register last agreed.
    pub checked_at: Option<OffsetDateTime>,
    /// Since when it is asked again and did not agree.
    pub unconfirmed_since: Option<OffsetDateTime>,
    /// Its revocation, proposed or decided.
    pub measure: Measure,
}

/// What a step carries besides its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts {
    /// The applicant is verified as a person.
    pub person_verified: bool,
    /// How they are related to the enterprise.
    pub relation: Option<Relation>,
    /// Name, code, representative and licence are there and well formed.
    pub complete: bool,
    /// What the register says.
    pub register: Option<Register>,
    /// An organisation with this code exists.
    pub duplicate: bool,
    /// The chosen proof.
    pub proof: Option<Proof>,
    /// For a transfer: the random amount; for its proof: the entered one. In fen.
    pub amount: Option<i64>,
    /// The transfers made for this enterprise.
    pub transfers: Vec<OffsetDateTime>,
    /// How many were made to this account.
    pub to_account: usize,
    /// What has to be put right, or why it is to be revoked.
    pub reasons: Vec<Reason>,
    /// The member of staff who decides, by an identifier.
    pub by: String,
    /// What was handed in is gone: withdrawn, or its person was erased.
    pub papers_gone: bool,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The verification after it.
    pub verification: Verification,
    /// What happens if nobody acts, and when.
    pub timer: Option<(Event, Due)>,
    /// What the program does.
    pub effects: Vec<Effect>,
    /// What the applicant is told of a step that was taken and did not lead on: a wrong amount counts.
    pub told: Option<Refused>,
}

/// What others see of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// Nothing.
    None,
    /// 已企业认证.
    Verified,
    /// 变更核验中; open orders go on.
    Changing,
}

impl Verification {
    /// One that is not begun.
    #[must_use]
    pub fn begun(now: OffsetDateTime) -> Self {
        Self {
            state: State::None,
            version: 1,
            since: now,
            relation: None,
            claim: false,
            established: false,
            standing: false,
            reasons: Vec::new(),
            proof: None,
            transfer: None,
            checked_at: None,
            unconfirmed_since: None,
            measure: Measure::default(),
        }
    }

    /// What others see.
    #[must_use]
    pub const fn badge(&self) -> Badge {
        match self.state {
            State::Verified | State::AnnualDue => Badge::Verified,
            State::Changed => Badge::Changing,
            State::Proving | State::Locked if self.standing => Badge::Changing,
            _ => Badge::None,
        }
    }

    /// What happens next if nobody acts.
    #[must_use]
    pub fn timer(&self) -> Option<(Event, Due)> {
        let after = |from: OffsetDateTime, time| from.checked_add(time).map_or(Due::Unknown, Due::At);
        let grace = |from| (Event::GraceLapsed, days_after(from, GRACE_DAYS));
        match self.state {
            // What is proposed is decided first.
            State::Rejected if self.proposed() => None,
            State::Draft | State::AutoChecked | State::Rejected => {
                Some((Event::DraftLapsed, days_after(self.since, DRAFT_DAYS)))
            }
            // A letter waits for the verifier, not for the applicant.
            State::Proving if self.proof == Some(Proof::Letter) => None,
            State::Proving => {
                let sent = self.transfer.filter(|_| self.proof == Some(Proof::Transfer));
                let from = sent.map_or(self.since, |transfer| transfer.sent_at);
                Some((Event::ProofLapsed, after(from, PROOF_LIFE)))
            }
            State::Locked => Some((Event::Unlock, after(self.since, LOCK))),
            State::Verified => {
                let due = months_after(self.checked_at.unwrap_or(self.since), YEAR_MONTHS);
                Some((Event::YearPassed, Due::At(due)))
            }
            State::AnnualDue => Some(grace(self.unconfirmed_since.unwrap_or(self.since))),
            State::Changed => Some(self.unconfirmed_since.map_or_else(
                || (Event::ChangeLapsed, days_after(self.since, CHANGE_DAYS)),
                grace,
            )),
            State::None | State::Submitted | State::Revoked | State::Withdrawn => None,
        }
    }

    /// Whether its revocation is proposed.
    const fn proposed(&self) -> bool {
        self.measure.proposal.is_some()
    }

    fn check(&self, event: Event, role: Role, facts: &Facts, now: OffsetDateTime) -> Result<(), Refused> {
        let agrees = facts
            .register
            .is_some_and(|register| register.reasons().is_empty());
        match event {
            Event::Start if !facts.person_verified => Err(Party::EnterprisePerson.into()),
            Event::Start if facts.relation.is_none() => Err(Party::EnterpriseRelation.into()),
            Event::Submit if !facts.complete => Err(Party::EnterpriseIncomplete.into()),
            Event::CheckPassed | Event::AnnualPassed if !agrees => Err(Party::EnterpriseRegister.into()),
            // Only what the register says against it rejects it without a person.
            Event::CheckFailed if agrees || facts.register.is_none() => Err(Party::VerifyReason.into()),
            Event::ChooseProof if facts.proof.is_none() => Err(Party::ProofOther.into()),
            Event::ChooseProof if self.state == State::Changed && !agrees => {
                Err(Party::EnterpriseRegister.into())
            }
            Event::SendTransfer | Event::EnterAmount if self.proof != Some(Proof::Transfer) => {
                Err(Party::ProofOther.into())
            }
            Event::SendTransfer => bank_proof::may_send(&facts.transfers, facts.to_account, now),
            Event::Prove => match (self.proof, role) {
                (Some(Proof::Authorisation), Role::System)
                | (Some(Proof::Letter), Role::PlatformVerifier) => Ok(()),
                _ => Err(Party::ProofOther.into()),
            },
            Event::Reject | Event::ProposeRevocation if facts.reasons.is_empty() => {
                Err(Party::VerifyReason.into())
            }
            // Nobody gets out of a revocation by leaving first, and nothing less is decided before it.
            Event::Withdraw | Event::Edit | Event::Reject if self.proposed() => {
                Err(Party::VerifyNotNow.into())
            }
            Event::ProofLapsed if facts.papers_gone => Ok(()),
            Event::ProofLapsed
            | Event::Unlock
            | Event::ChangeLapsed
            | Event::YearPassed
            | Event::GraceLapsed
            | Event::DraftLapsed => match self.timer() {
                Some((next, Due::At(at))) if next == event && at <= now => Ok(()),
                _ => Err(Party::VerifyNotNow.into()),
            },
            _ => Ok(()),
        }
    }

    /// The events a role may make happen now, as far as the verification itself tells.
    #[must_use]
    pub fn allowed(&self, role: Role) -> Vec<Event> {
        let mut events = MACHINE.allowed(self.state, role);
        events.retain(|event| match event {
            Event::SendTransfer => self.proof == Some(Proof::Transfer),
            Event::EnterAmount => self.proof == Some(Proof::Transfer) && self.transfer.is_some(),
            Event::Prove if role == Role::System => self.proof == Some(Proof::Authorisation),
            Event::Prove => self.proof == Some(Proof::Letter),
            Event::ProposeRevocation | Event::Withdraw | Event::Edit | Event::Reject => !self.proposed(),
            Event::ConfirmRevocation | Event::DropRevocation => self.proposed(),
            Event::Appeal => self.measure.appeal == Appeal::None,
            Event::UpholdAppeal | Event::DismissAppeal => self.measure.appeal == Appeal::Open,
            _ => true,
        });
        events
    }

    /// Decides a step.
    ///
    /// # Errors
    /// [`Party::VerifyNotNow`], [`Party::VerifyNotYou`], or what the event itself needs.
    pub fn step(
        &self,
        event: Event,
        role: Role,
        facts: &Facts,
        now: OffsetDateTime,
    ) -> Result<Step, Refused> {
        let to = MACHINE.decide(self.state, event, role).map_err(|no| match no {
            No::NotNow => Party::VerifyNotNow,
            No::NotYou => Party::VerifyNotYou,
        })?;
        self.check(event, role, facts, now)?;
        let mut next = Self {
            state: to,
            version: self.version + 1,
            ..self.clone()
        };
        let told = next.apply(event, facts, now)?;
        if next.state != self.state {
            next.since = now;
        }
        let effects = next.arrive(self);
        Ok(Step {
            timer: next.timer(),
            effects,
            told,
            verification: next,
        })
    }

    /// What an event changes besides the state.
    fn apply(
        &mut self,
        event: Event,
        facts: &Facts,
        now: OffsetDateTime,
    ) -> Result<Option<Refused>, Refused> {
        match event {
            Event::Start => self.relation = facts.relation,
            Event::Submit => {
                self.relation = facts.relation.or(self.relation);
                self.reasons.clear();
            }
            Event::Change => self.relation = facts.relation.or(self.relation),
            Event::CheckPassed => {
                self.claim = facts.duplicate && !self.established;
                self.checked_at = Some(now);
            }
            Event::AnnualPassed => self.checked_at = Some(now),
            Event::CheckFailed => {
                self.reasons = facts.register.map(Register::reasons).unwrap_or_default();
            }
            Event::ChooseProof => {
                self.proof = facts.proof;
                // The clock of the new way begins now.
                self.since = now;
                self.put_right();
                if facts.register.is_some() {
                    self.checked_at = Some(now);
                }
            }
            Event::SendTransfer => {
                let amount = facts.amount.ok_or(Party::ProofAmount)?;
                // Another transfer gives no more tries.
                let wrong = self.transfer.map_or(0, |earlier| earlier.wrong);
                self.transfer = Some(Transfer {
                    wrong,
                    ..Transfer::sent(amount, now)
                });
            }
            Event::EnterAmount => return self.entered(facts, now),
            Event::ProofLapsed if self.standing => self.state = State::Changed,
            Event::YearPassed => self.unconfirmed_since = Some(now),
            Event::ChangeLapsed => {
                self.unconfirmed_since.get_or_insert(now);
                self.put_right();
            }
            Event::Unlock => {
                self.transfer = None;
            }
            Event::Reject => {
                self.reasons.clone_from(&facts.reasons);
                // What was verified before the change still is.
                if self.standing {
                    self.state = State::Changed;
                }
            }
            // The ground of what is proposed is decided about as it was written.
            Event::GraceLapsed if self.proposed() => {}
            Event::GraceLapsed => self.reasons = vec![Reason::AnnualUnconfirmed],
            Event::ProposeRevocation => {
                self.measure = self.measure.proposed(&facts.by, now)?;
                self.reasons.clone_from(&facts.reasons);
            }
            Event::ConfirmRevocation => self.measure = self.measure.confirmed(&facts.by)?,
            Event::DropRevocation => {
                self.measure = self.measure.dropped(&facts.by)?;
                self.reasons.clear();
                if self.state == State::Rejected {
                    self.reasons.push(Reason::AnnualUnconfirmed);
                }
            }
            Event::Appeal => self.measure = self.measure.appealed()?,
            Event::UpholdAppeal => {
                self.measure = self.measure.judged(&facts.by, true)?;
                self.reasons.clear();
            }
            Event::DismissAppeal => self.measure = self.measure.judged(&facts.by, false)?,
            _ => {}
        }
        Ok(None)
    }

    /// Nothing has to be put right any more; the ground of what is proposed stays.
    fn put_right(&mut self) {
        if !self.proposed() {
            self.reasons.clear();
        }
    }

    /// An amount was entered: a wrong one stays where it was, the last wrong one locks.
    fn entered(&mut self, facts: &Facts, now: OffsetDateTime) -> Result<Option<Refused>, Refused> {
        let mut transfer = self.transfer.ok_or(Party::ProofUnsent)?;
        let amount = facts.amount.ok_or(Party::ProofAmount)?;
        let (state, told) = match transfer.enter(amount, now)? {
            Entered::Right => (State::Verified, None),
            Entered::Wrong { .. } => (State::Proving, Some(Party::ProofWrong.into())),
            Entered::Locked => (State::Locked, Some(Party::ProofLocked.into())),
        };
        self.state = state;
        self.transfer = Some(transfer);
        Ok(told)
    }

    /// What arriving in a state leaves behind and sets off.
    fn arrive(&mut self, before: &Self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if before.state == self.state {
            return effects;
        }
        if self.state == State::Verified && !self.established {
            self.established = true;
            effects.push(if self.claim {
                Effect::ClaimOrganisation
            } else {
                Effect::CreateOrganisation
            });
        }
        // Decided: the picture has done its work.
        if matches!(
            self.state,
            State::Verified | State::Rejected | State::Revoked | State::Withdrawn
        ) {
            effects.push(Effect::DeleteLicence);
        }
        if !matches!(self.state, State::Proving | State::Locked) {
            self.proof = None;
            self.transfer = None;
        }
        if before.transfer.is_some() && self.transfer.is_none() {
            effects.push(Effect::DropAccount);
        }
        if self.state == State::Withdrawn {
            self.measure = Measure::default();
        }
        self.standing = match self.state {
            State::Verified | State::Changed | State::AnnualDue => true,
            State::Proving | State::Locked => self.standing,
            _ => false,
        };
        if !matches!(self.state, State::Changed | State::AnnualDue) {
            self.unconfirmed_since = None;
        }
        effects
    }
}
