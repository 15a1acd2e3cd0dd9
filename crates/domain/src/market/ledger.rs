//! The double-entry mirror of what happens at the licensed partner. The platform itself never
//! holds money; these entries only say where it lies. Amounts are fen (分).

use std::collections::BTreeMap;

/// Where money lies, as the mirror sees it, for one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Outside: the buyer's bank.
    Buyer,
    /// Held for the order at the licensed partner.
    Held,
    /// Outside: the supplier's bank.
    Supplier,
}

impl Account {
    /// Every account.
    pub const ALL: &'static [Self] = &[Self::Buyer, Self::Held, Self::Supplier];

    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Held => "held",
            Self::Supplier => "supplier",
        }
    }

    /// The identifier read back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|account| account.as_str() == text)
    }
}

/// One movement: the same amount leaves one account and reaches another, so every entry balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Which milestone it belongs to, counted from 1.
    pub milestone: i64,
    /// Where it comes from.
    pub from: Account,
    /// Where it goes.
    pub to: Account,
    /// How much, in fen; never negative.
    pub amount: i64,
}

/// The balance of each account after the postings, in fen. `None` on overflow.
#[must_use]
pub fn balances(postings: &[Posting]) -> Option<BTreeMap<Account, i64>> {
    let mut balances = BTreeMap::new();
    for posting in postings {
        let from: &mut i64 = balances.entry(posting.from).or_default();
        *from = from.checked_sub(posting.amount)?;
        let to: &mut i64 = balances.entry(posting.to).or_default();
        *to = to.checked_add(posting.amount)?;
    }
    Some(balances)
}

/// Whether the books are sound (market rule of §5.3): in every milestone each amount is
/// non-negative, nothing leaves the partner or the supplier that did not reach it, and what the
/// buyer funded equals what the supplier keeps, what came back and what is still held. A refund of
/// a bank transfer leaves the supplier, so what it keeps is counted net.
#[must_use]
pub fn sound(postings: &[Posting]) -> bool {
    let mut milestones: BTreeMap<i64, Vec<Posting>> = BTreeMap::new();
    for posting in postings {
        milestones.entry(posting.milestone).or_default().push(*posting);
    }
    balances(postings).is_some() && milestones.values().all(|own| milestone_sound(own))
}

fn milestone_sound(postings: &[Posting]) -> bool {
    let Some(balances) = balances(postings) else {
        return false;
    };
    let sum = |chosen: fn(&Posting) -> bool| -> i128 {
        let amounts = postings.iter().filter(|posting| chosen(posting));
        amounts.map(|posting| i128::from(posting.amount)).sum()
    };
    let balance = |account| i128::from(balances.get(&account).copied().unwrap_or_default());
    let funded = sum(|posting| posting.from == Account::Buyer);
    let refunded = sum(|posting| posting.to == Account::Buyer);
    let (held, kept) = (balance(Account::Held), balance(Account::Supplier));
    postings.iter().all(|posting| posting.amount >= 0)
        && held >= 0
        && kept >= 0
        && refunded <= funded
        && funded == kept + refunded + held
}

#[cfg(test)]
mod tests {
    use super::Account::{Buyer, Held, Supplier};
    use super::*;

    fn posting(milestone: i64, from: Account, to: Account, amount: i64) -> Posting {
        Posting {
            milestone,
            from,
            to,
            amount,
        }
    }

    #[test]
    fn sound_books_and_books_that_are_not() {
        let (fund, transfer) = (posting(1, Buyer, Held, 5), posting(1, Buyer, Supplier, 5));
        for good in [
            vec![],
            vec![fund],
            vec![fund, posting(1, Held, Supplier, 5)],
            vec![fund, posting(1, Held, Buyer, 5)],
            vec![transfer, posting(1, Supplier, Buyer, 5)],
        ] {
            assert!(sound(&good), "{good:?}");
        }
        for bad in [
            vec![posting(1, Buyer, Held, -5)],
            vec![posting(1, Held, Supplier, 5)],
            vec![fund, posting(1, Held, Supplier, 6)],
            vec![fund, posting(1, Held, Buyer, 5), posting(1, Held, Buyer, 5)],
            vec![transfer, posting(1, Supplier, Buyer, 6)],
            // Another milestone's money does not cover it.
            vec![fund, posting(2, Held, Supplier, 5)],
        ] {
            assert!(!sound(&bad), "{bad:?}");
        }
    }
}
