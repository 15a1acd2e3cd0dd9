//! Invitations into an organisation: to one phone, for one seat, once, for seven days. Whoever is
//! invited sees the organisation's name and the inviter's display name, nothing else.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::member::{self, Member};
use super::seat::{Act, Seat};
use crate::named::named;
use crate::refused::{Party, Refused};

/// How long an invitation is good.
pub const LIFE: Duration = Duration::days(7);

named! {
    /// What became of an invitation.
    State {
        /// Waits for an answer.
        Sent = "sent" "待接受" "waiting for an answer",
        /// The person joined.
        Accepted = "accepted" "已接受" "accepted",
        /// The person said no.
        Declined = "declined" "已谢绝" "declined",
        /// Taken back.
        Withdrawn = "withdrawn" "已撤回" "taken back",
    }
}

/// An invitation. To whom it goes is sealed beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// For which seat.
    pub seat: Seat,
    /// Who invites.
    pub by: Uuid,
    /// When it was sent.
    pub sent_at: OffsetDateTime,
    /// What became of it.
    pub state: State,
}

/// Whether a member may invite somebody to this seat: what they could also give to a member.
///
/// # Errors
/// [`Party::OrgNotYou`].
pub fn may_invite(members: &[Member], by: Uuid, to: Seat) -> Result<(), Refused> {
    member::may(members, by, Act::ManageMembers)?;
    match member::seat(members, by) {
        Some(seat) if seat.outranks(to) => Ok(()),
        _ => Err(Party::OrgNotYou.into()),
    }
}

impl Invitation {
    /// Whether it can still be answered.
    #[must_use]
    pub fn is_open(&self, now: OffsetDateTime) -> bool {
        self.state == State::Sent && self.expires().is_some_and(|end| now < end)
    }

    /// When it is over; `None` beyond the calendar.
    #[must_use]
    pub fn expires(&self) -> Option<OffsetDateTime> {
        self.sent_at.checked_add(LIFE)
    }

    /// The members after `account` accepted. That it is the invited one is known from the code sent to
    /// the phone. The inviter's own right is asked for again: who was removed meanwhile invites nobody.
    ///
    /// # Errors
    /// [`Party::InvitationUsed`], [`Party::InvitationExpired`], [`Party::InvitationMember`],
    /// [`Party::OrgNotYou`].
    pub fn accepted(
        &self,
        members: &[Member],
        account: Uuid,
        now: OffsetDateTime,
    ) -> Result<Vec<Member>, Refused> {
        if self.state != State::Sent {
            return Err(Party::InvitationUsed.into());
        }
        if !self.is_open(now) {
            return Err(Party::InvitationExpired.into());
        }
        if member::seat(members, account).is_some() {
            return Err(Party::InvitationMember.into());
        }
        may_invite(members, self.by, self.seat)?;
        let joined = Member {
            account,
            seat: self.seat,
        };
        Ok(members.iter().copied().chain([joined]).collect())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);
    const OWNER: Uuid = Uuid::from_u128(1);
    const ADMIN: Uuid = Uuid::from_u128(2);
    const NEW: Uuid = Uuid::from_u128(3);

    fn members() -> Vec<Member> {
        [(OWNER, Seat::Owner), (ADMIN, Seat::Admin)]
            .map(|(account, seat)| Member { account, seat })
            .to_vec()
    }

    fn invitation(by: Uuid, seat: Seat) -> Invitation {
        Invitation {
            seat,
            by,
            sent_at: NOW,
            state: State::Sent,
        }
    }

    #[test]
    fn an_invitation_is_good_for_seven_days_to_the_second() {
        let end = NOW + Duration::days(7);
        let invited = invitation(OWNER, Seat::Buyer);
        let joined = invited
            .accepted(&members(), NEW, end - Duration::SECOND)
            .expect("joined");
        assert_eq!(member::seat(&joined, NEW), Some(Seat::Buyer));
        assert_eq!(joined.len(), 3);
        let late = invited.accepted(&members(), NEW, end);
        assert_eq!(late, Err(Party::InvitationExpired.into()));
        assert!(invited.is_open(NOW) && !invited.is_open(end));
    }

    #[test]
    fn an_invitation_is_used_once() {
        for state in State::ALL.iter().filter(|state| **state != State::Sent) {
            let used = Invitation {
                state: *state,
                ..invitation(OWNER, Seat::Buyer)
            };
            assert_eq!(
                used.accepted(&members(), NEW, NOW),
                Err(Party::InvitationUsed.into())
            );
        }
        let again = invitation(OWNER, Seat::Owner).accepted(&members(), ADMIN, NOW);
        assert_eq!(again, Err(Party::InvitationMember.into()), "it is no way up");
    }

    #[test]
    fn nobody_invites_to_more_than_they_may_give_or_after_they_left() {
        for (by, seat, may) in [
            (OWNER, Seat::Owner, true),
            (OWNER, Seat::Admin, true),
            (ADMIN, Seat::Buyer, true),
            (ADMIN, Seat::Admin, false),
            (ADMIN, Seat::Owner, false),
            (NEW, Seat::Viewer, false),
        ] {
            let accepted = invitation(by, seat).accepted(&members(), NEW, NOW);
            assert_eq!(accepted.is_ok(), may, "{seat:?}");
            assert_eq!(may_invite(&members(), by, seat).is_ok(), may);
        }
        let left = &members()[..1];
        let late = invitation(ADMIN, Seat::Buyer).accepted(left, NEW, NOW);
        assert_eq!(late, Err(Party::OrgNotYou.into()));
    }
}
