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
        [Self::Buyer, Self::Held, Self::Supplier]
            .into_iter()
            .find(|account| account.as_str() == text)
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

/// Whether the books are sound: every amount non-negative, the sum of all accounts zero, and what
/// was funded equals what is released, refunded and still held (market rule of §5.3).
#[must_use]
pub fn sound(postings: &[Posting]) -> bool {
    let Some(balances) = balances(postings) else {
        return false;
    };
    let sum = |from: Option<Account>, to: Option<Account>| -> i64 {
        postings
            .iter()
            .filter(|posting| {
                from.is_none_or(|from| posting.from == from) && to.is_none_or(|to| posting.to == to)
            })
            .map(|posting| posting.amount)
            .sum()
    };
    let funded = sum(Some(Account::Buyer), None);
    let released = sum(None, Some(Account::Supplier));
    let refunded = sum(None, Some(Account::Buyer));
    let held = balances.get(&Account::Held).copied().unwrap_or_default();
    postings.iter().all(|posting| posting.amount >= 0)
        && balances.values().sum::<i64>() == 0
        && held >= 0
        && funded == released + refunded + held
}
