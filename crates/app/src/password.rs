//! argon2id off the async threads, at most two at a time, so that log-ins cannot eat the memory.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::Fault;

/// The cost of hashing a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
}

impl Cost {
    /// OWASP's first choice for argon2id with one lane: 19 MiB, two passes.
    pub const STANDARD: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
    };
}

static LANES: Semaphore = Semaphore::const_new(2);

fn hasher(cost: Cost) -> Result<Argon2<'static>, Fault> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|_| Fault::Password)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let _lane = LANES.acquire().await.map_err(|_| Fault::Password)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::Password)?
}

/// The PHC text of a password under a salt.
pub(crate) async fn hash(cost: Cost, password: String, salt: [u8; 16]) -> Result<String, Fault> {
    off_thread(move || {
        let hash = hasher(cost)?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|_| Fault::Password)?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password belongs to the PHC text. Without one (no such account) the same work is
/// done against a throw-away hash, so that time does not tell whether the account exists.
pub(crate) async fn verify(cost: Cost, password: String, phc: Option<String>) -> Result<bool, Fault> {
    off_thread(move || {
        let hasher = hasher(cost)?;
        let Some(phc) = phc else {
            let _ = hasher.hash_password_with_salt(password.as_bytes(), &[0; 16]);
            return Ok(false);
        };
        let parsed = PasswordHash::new(&phc).map_err(|_| Fault::Password)?;
        Ok(hasher.verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
}
