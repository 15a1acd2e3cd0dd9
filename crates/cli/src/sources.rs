//! The real clock and the system's randomness: the one place that reads either.

use privacy::{Clock, Entropy};
use time::OffsetDateTime;

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one real clock behind the port")]
    fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc();
        // Stores keep microseconds; what is written is what is read back.
        now.replace_nanosecond(now.nanosecond() / 1_000 * 1_000)
            .unwrap_or(now)
    }
}

/// The system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            // Without randomness no key, token or nonce is safe: going on would be worse.
            std::process::abort();
        }
    }
}
