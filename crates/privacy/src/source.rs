//! Time and randomness as parameters, so that tests drive years in milliseconds.

use time::OffsetDateTime;
use uuid::Uuid;

/// Where the present instant comes from.
pub trait Clock: Send + Sync {
    /// The present instant in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// Where unpredictable bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// A random (version 4) identifier; tells neither time nor order.
    fn id(&self) -> Uuid {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}
