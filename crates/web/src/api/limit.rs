//! How many requests a token has in a minute. Kept in memory of the process: with several
//! processes each counts its own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use uuid::Uuid;

/// Requests a token has in a minute of the clock.
pub const PER_MINUTE: u32 = 600;
const MINUTE: i64 = 60;

/// The counts of the present minute. Forgotten with it, so that they cannot grow.
#[derive(Debug, Default)]
pub struct Limit(Mutex<(i64, HashMap<Uuid, u32>)>);

impl Limit {
    /// Counts a request.
    ///
    /// # Errors
    /// The seconds until the next minute, if the token has had its requests.
    pub fn count(&self, token: Uuid, now: OffsetDateTime) -> Result<(), i64> {
        let seconds = now.unix_timestamp();
        let minute = seconds.div_euclid(MINUTE);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.0 != minute {
            *counts = (minute, HashMap::new());
        }
        let count = counts.1.entry(token).or_default();
        if *count >= PER_MINUTE {
            return Err(MINUTE - seconds.rem_euclid(MINUTE));
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    #[test]
    fn a_token_has_its_requests_each_minute_and_no_more() {
        let limit = Limit::default();
        let start = OffsetDateTime::UNIX_EPOCH + Duration::seconds(20);
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for _ in 0..PER_MINUTE {
            assert_eq!(limit.count(one, start), Ok(()));
        }
        assert_eq!(limit.count(one, start), Err(40));
        assert_eq!(limit.count(two, start), Ok(()), "another token is not held up");
        assert_eq!(limit.count(one, start + Duration::seconds(39)), Err(1));
        assert_eq!(limit.count(one, start + Duration::seconds(40)), Ok(()));
    }
}
