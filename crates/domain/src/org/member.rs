//! Who belongs to an organisation. It always has an owner: no change that leaves none is made.

use uuid::Uuid;

use super::seat::{Act, Seat};
use crate::refused::{Party, Refused};

/// A member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: Uuid,
    /// What they may do.
    pub seat: Seat,
}

/// A change of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another seat.
    Seat(Seat),
    /// The membership ends.
    Leave,
}

/// The seat of an account; `None` for a stranger.
#[must_use]
pub fn seat(members: &[Member], account: Uuid) -> Option<Seat> {
    members
        .iter()
        .find(|member| member.account == account)
        .map(|member| member.seat)
}

/// Whether an account may do something for the organisation.
///
/// # Errors
/// [`Party::OrgNotYou`], also for a stranger, who learns no more.
pub fn may(members: &[Member], account: Uuid, act: Act) -> Result<(), Refused> {
    match seat(members, account) {
        Some(seat) if seat.may(act) => Ok(()),
        _ => Err(Party::OrgNotYou.into()),
    }
}

/// Whether there is an owner.
#[must_use]
pub fn owned(members: &[Member]) -> bool {
    members.iter().any(|member| member.seat == Seat::Owner)
}

/// The members after a change of one of them by another, or by themself: everybody may leave or step
/// down, nobody may step up.
///
/// # Errors
/// [`Party::OrgNotMember`], [`Party::OrgNotYou`], [`Party::OrgLastOwner`].
pub fn changed(members: &[Member], of: Uuid, change: Change, by: Uuid) -> Result<Vec<Member>, Refused> {
    let mine = seat(members, by).ok_or(Party::OrgNotYou)?;
    // Who may not look into the list learns nothing of who is in it.
    let before = match seat(members, of) {
        Some(seat) => seat,
        None if mine.may(Act::ManageMembers) => return Err(Party::OrgNotMember.into()),
        None => return Err(Party::OrgNotYou.into()),
    };
    let allowed = match change {
        Change::Leave => of == by || mine.outranks(before),
        Change::Seat(to) => mine.outranks(to) && (of == by || mine.outranks(before)),
    };
    if !allowed {
        return Err(Party::OrgNotYou.into());
    }
    let after: Vec<Member> = members
        .iter()
        .filter_map(|member| match change {
            _ if member.account != of => Some(*member),
            Change::Seat(seat) => Some(Member { seat, ..*member }),
            Change::Leave => None,
        })
        .collect();
    if owned(&after) {
        Ok(after)
    } else {
        Err(Party::OrgLastOwner.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn members(seats: &[Seat]) -> Vec<Member> {
        (0..)
            .zip(seats)
            .map(|(number, seat)| Member {
                account: account(number),
                seat: *seat,
            })
            .collect()
    }

    #[test]
    fn the_last_owner_neither_leaves_nor_steps_down() {
        let one = members(&[Seat::Owner, Seat::Admin]);
        let two = members(&[Seat::Owner, Seat::Owner]);
        for change in [Change::Leave, Change::Seat(Seat::Admin)] {
            let alone = changed(&one, account(0), change, account(0));
            assert_eq!(alone, Err(Party::OrgLastOwner.into()));
            let left = changed(&two, account(0), change, account(0)).expect("another owner stays");
            assert_eq!(seat(&left, account(1)), Some(Seat::Owner));
        }
        let handed = changed(&one, account(1), Change::Seat(Seat::Owner), account(0)).expect("handed over");
        assert!(changed(&handed, account(0), Change::Leave, account(0)).is_ok());
    }

    #[test]
    fn an_administrator_manages_what_stands_below() {
        let all = members(&[Seat::Owner, Seat::Admin, Seat::Buyer, Seat::Admin]);
        let by_admin = |of, change| changed(&all, account(of), change, account(1)).err();
        assert_eq!(by_admin(2, Change::Seat(Seat::Finance)), None);
        assert_eq!(by_admin(2, Change::Leave), None);
        for (of, change) in [
            (2, Change::Seat(Seat::Admin)),
            (2, Change::Seat(Seat::Owner)),
            (1, Change::Seat(Seat::Owner)),
            (0, Change::Leave),
            (0, Change::Seat(Seat::Viewer)),
            (3, Change::Leave),
        ] {
            assert_eq!(
                by_admin(of, change),
                Some(Party::OrgNotYou.into()),
                "{of} {change:?}"
            );
        }
        assert_eq!(by_admin(1, Change::Seat(Seat::Viewer)), None, "one may step down");
        assert_eq!(by_admin(1, Change::Leave), None);
        assert_eq!(by_admin(9, Change::Leave), Some(Party::OrgNotMember.into()));
        let viewer = changed(&all, account(9), Change::Leave, account(2)).err();
        assert_eq!(viewer, Some(Party::OrgNotYou.into()));
    }

    #[test]
    fn a_stranger_may_nothing() {
        let all = members(&[Seat::Owner]);
        for act in Act::ALL {
            assert_eq!(may(&all, account(7), *act), Err(Party::OrgNotYou.into()));
            assert_eq!(may(&all, account(0), *act), Ok(()));
        }
        let joins = changed(&all, account(7), Change::Seat(Seat::Owner), account(7));
        assert_eq!(joins, Err(Party::OrgNotYou.into()));
    }

    proptest! {
        #[test]
        fn whatever_members_do_an_owner_stays_and_nobody_rises_by_themself(
            seats in prop::collection::vec(prop::sample::select(Seat::ALL), 1..5),
            steps in prop::collection::vec(
                (0_u128..6, 0_u128..6, prop::option::of(prop::sample::select(Seat::ALL))), 0..30),
        ) {
            let mut all = members(&seats);
            all[0].seat = Seat::Owner;
            for (of, by, to) in steps {
                let change = to.map_or(Change::Leave, Change::Seat);
                if let Ok(after) = changed(&all, account(of), change, account(by)) {
                    let owner = seat(&all, account(by)) == Some(Seat::Owner);
                    let rises = |member: &Member| member.seat == Seat::Owner
                        && seat(&all, member.account) != Some(Seat::Owner);
                    prop_assert!(owner || !after.iter().any(rises));
                    prop_assert!(after.len() <= all.len(), "nobody joins without an invitation");
                    all = after;
                }
                prop_assert!(owned(&all));
            }
        }
    }
}
