//! Proof by a transfer (对公打款): a random amount below one yuan goes to the enterprise's account, and who
//! can read the account's statement can tell it. Amounts are in fen.

use time::{Duration, OffsetDateTime};

use crate::calendar::BEIJING;
use crate::market::amount;
use crate::refused::{Party, Refused};

/// The least that is sent, in fen.
pub const LEAST: i64 = 1;
/// The most that is sent, in fen.
pub const MOST: i64 = 99;
/// How long a transfer can be proved by.
pub const LIFE: Duration = Duration::days(7);
/// Wrong amounts after which entry is locked.
pub const WRONG: i64 = 3;
/// How long it is locked.
pub const LOCK: Duration = Duration::hours(24);
/// Transfers for one enterprise in a day of Beijing.
pub const PER_DAY: usize = 3;
/// Transfers to one account, or for one enterprise, in a year.
pub const PER_ACCOUNT: usize = 6;
/// Wrong amounts for one enterprise in a year, whoever enters them: then only the letter is left.
pub const WRONG_A_YEAR: i64 = 6;
/// The time in which transfers to one account, and wrong amounts, count.
pub const YEAR: Duration = Duration::days(365);
/// How long the last four signs of the account are kept after the proof; the rest goes at once.
pub const LAST_FOUR_DAYS: i64 = 90;

/// A transfer on its way or arrived.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// How much was sent, in fen: what the applicant has to tell.
    pub amount: i64,
    /// When it was ordered.
    pub sent_at: OffsetDateTime,
    /// Wrong amounts entered.
    pub wrong: i64,
}

impl std::fmt::Debug for Transfer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transfer")
            .field("amount", &"[secret]")
            .field("sent_at", &self.sent_at)
            .field("wrong", &self.wrong)
            .finish()
    }
}

/// The amount that this randomness gives, each as likely as the others.
#[must_use]
pub fn random_amount(random: u64) -> i64 {
    let span = u64::try_from(MOST - LEAST + 1).unwrap_or(1);
    LEAST + i64::try_from(random % span).unwrap_or_default()
}

/// Whether another transfer may be made: by those made for this enterprise, and how many went to this
/// account.
///
/// # Errors
/// [`Party::ProofAccount`], [`Party::ProofToday`].
pub fn may_send(
    for_enterprise: &[OffsetDateTime],
    to_account: usize,
    now: OffsetDateTime,
) -> Result<(), Refused> {
    if to_account >= PER_ACCOUNT {
        return Err(Party::ProofAccount.into());
    }
    let day = |at: OffsetDateTime| at.to_offset(BEIJING).date();
    let today = for_enterprise.iter().filter(|at| day(**at) == day(now)).count();
    if today >= PER_DAY {
        return Err(Party::ProofToday.into());
    }
    Ok(())
}

/// Whether an amount may be tried for an enterprise, by the wrong ones entered for it in a year and in the
/// time of a lock, in whatever application: to take one back and begin anew gives no more tries.
///
/// # Errors
/// [`Party::ProofTries`], [`Party::ProofLocked`].
pub fn may_try(in_a_year: i64, lately: i64) -> Result<(), Refused> {
    if in_a_year >= WRONG_A_YEAR {
        return Err(Party::ProofTries.into());
    }
    if lately >= WRONG {
        return Err(Party::ProofLocked.into());
    }
    Ok(())
}

/// What an entered amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// The one that was sent.
    Right,
    /// Another; so many tries are left.
    Wrong {
        /// Tries left, at least one.
        left: i64,
    },
    /// Another, and the last try.
    Locked,
}

/// Reads the amount an applicant types, in yuan. What cannot be one of those sent uses up no try.
///
/// # Errors
/// [`Party::ProofAmount`].
pub fn read(typed: &str) -> Result<i64, Refused> {
    amount::read(typed)
        .filter(|fen| (LEAST..=MOST).contains(fen))
        .ok_or_else(|| Party::ProofAmount.into())
}

impl Transfer {
    /// One that is ordered now.
    #[must_use]
    pub const fn sent(amount: i64, now: OffsetDateTime) -> Self {
        Self {
            amount,
            sent_at: now,
            wrong: 0,
        }
    }

    /// When it can no longer be proved by; `None` beyond the calendar.
    #[must_use]
    pub fn expires(&self) -> Option<OffsetDateTime> {
        self.sent_at.checked_add(LIFE)
    }

    /// Judges an amount; a wrong one is counted.
    ///
    /// # Errors
    /// [`Party::ProofExpired`]; [`Party::ProofLocked`] if the tries are used up.
    pub fn enter(&mut self, fen: i64, now: OffsetDateTime) -> Result<Entered, Refused> {
        if self.expires().is_none_or(|end| now >= end) {
            return Err(Party::ProofExpired.into());
        }
        if self.wrong >= WRONG {
            return Err(Party::ProofLocked.into());
        }
        if fen == self.amount {
            return Ok(Entered::Right);
        }
        self.wrong += 1;
        match WRONG - self.wrong {
            left if left > 0 => Ok(Entered::Wrong { left }),
            _ => Ok(Entered::Locked),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);

    #[test]
    fn every_amount_from_one_fen_to_ninety_nine_is_sent() {
        let mut met: Vec<i64> = (0..99).map(random_amount).collect();
        met.sort_unstable();
        assert_eq!(met, (1..=99).collect::<Vec<_>>());
        assert!((LEAST..=MOST).contains(&random_amount(u64::MAX)));
    }

    #[test]
    fn amounts_are_read_in_yuan_and_others_use_up_no_try() {
        for (typed, fen) in [
            ("0.01", 1),
            ("0.99", 99),
            ("0.5", 50),
            (" ０．３７ 元", 37),
            ("¥0.10", 10),
        ] {
            assert_eq!(read(typed), Ok(fen), "{typed}");
        }
        for typed in [
            "",
            "0",
            "0.00",
            "1",
            "1.00",
            "37",
            "0.371",
            "-0.37",
            "三毛七",
            ".37",
        ] {
            assert_eq!(read(typed), Err(Party::ProofAmount.into()), "{typed}");
        }
    }

    #[test]
    fn the_third_wrong_amount_locks() {
        let mut transfer = Transfer::sent(37, NOW);
        assert_eq!(transfer.enter(36, NOW), Ok(Entered::Wrong { left: 2 }));
        assert_eq!(transfer.enter(38, NOW), Ok(Entered::Wrong { left: 1 }));
        let mut again = transfer;
        assert_eq!(again.enter(37, NOW), Ok(Entered::Right));
        assert_eq!(transfer.enter(38, NOW), Ok(Entered::Locked));
        assert_eq!(transfer.enter(37, NOW), Err(Party::ProofLocked.into()));
    }

    #[test]
    fn a_transfer_is_good_for_seven_days_to_the_second() {
        let end = NOW + Duration::days(7);
        let mut transfer = Transfer::sent(37, NOW);
        assert_eq!(transfer.enter(37, end - Duration::SECOND), Ok(Entered::Right));
        assert_eq!(transfer.enter(37, end), Err(Party::ProofExpired.into()));
        assert_eq!(transfer.wrong, 0);
    }

    #[test]
    fn three_transfers_in_a_day_of_beijing_and_six_to_an_account() {
        let evening = datetime!(2026-11-20 23:59:59 +8);
        let midnight = datetime!(2026-11-20 16:00 UTC);
        assert_eq!(may_send(&[NOW, NOW], 2, evening), Ok(()));
        assert_eq!(may_send(&[NOW; 3], 3, evening), Err(Party::ProofToday.into()));
        assert_eq!(
            may_send(&[NOW; 3], 3, midnight),
            Ok(()),
            "in Beijing it is the next day"
        );
        assert_eq!(may_send(&[], 5, NOW), Ok(()));
        assert_eq!(may_send(&[], 6, NOW), Err(Party::ProofAccount.into()));
    }

    #[test]
    fn the_amount_cannot_be_printed() {
        let shown = format!("{:?}", Transfer::sent(37, NOW));
        assert!(!shown.contains("37") && shown.contains("[secret]"), "{shown}");
    }
}
