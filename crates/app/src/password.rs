//! argon2id off the async threads, at most two at a time, so that log-ins cannot eat the memory.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::{PasswordHasher as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq as _;
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
    let lane = LANES.acquire().await.map_err(|_| Fault::Password)?;
    let work = move || {
        let done = work();
        // The lane is free when the work is done, not when somebody comes to look.
        drop(lane);
        done
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::Password)?
}

/// The PHC text of a password under a salt.
pub(crate) async fn hash(cost: Cost, password: String, salt: [u8; 16]) -> Result<String, Fault> {
    policy::clause!("2.5.4.h");
    off_thread(move || {
        let hash = hasher(cost)?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|_| Fault::Password)?;
        Ok(hash.to_string())
    })
    .await
}

/// The memory that the lanes fill, kept between two log-ins: taking it from the system each time,
/// page by page, costs a third of the hash. Whoever comes next overwrites all of it.
static ROOMS: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// The hash of a password, in the memory of a free lane.
fn digest(hasher: &Argon2<'_>, password: &str, salt: &[u8], out: &mut [u8]) -> Result<(), Fault> {
    let rooms = || ROOMS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut room = rooms().pop().unwrap_or_default();
    let blocks = hasher.params().block_count();
    if room.len() < blocks {
        room.resize(blocks, Block::new());
    }
    let memory = &mut room[..blocks];
    let done = hasher.hash_password_into_with_memory(password.as_bytes(), salt, out, memory);
    rooms().push(room);
    done.map_err(|_| Fault::Password)
}

/// Whether the password belongs to the PHC text. Without one (no such account) the same work is
/// done against a throw-away hash, so that time does not tell whether the account exists.
pub(crate) async fn verify(cost: Cost, password: String, phc: Option<String>) -> Result<bool, Fault> {
    off_thread(move || {
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        let Some(phc) = phc else {
            digest(&hasher(cost)?, &password, &[0; 16], &mut out)?;
            return Ok(false);
        };
        let stored = PasswordHash::new(&phc).map_err(|_| Fault::Password)?;
        let params = Params::try_from(&stored).map_err(|_| Fault::Password)?;
        let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
            return Err(Fault::Password);
        };
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let own = (stored.algorithm.as_str(), stored.version);
        if own != (Algorithm::Argon2id.as_str(), Some(Version::V0x13.into())) || expected.len() != out.len() {
            return Err(Fault::Password);
        }
        digest(&hasher, &password, &salt, &mut out)?;
        Ok(out.ct_eq(expected.as_bytes()).into())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost {
        memory_kib: 64,
        passes: 1,
    };

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_whatever_the_cost_it_was_made_with() {
        let dearer = Cost {
            memory_kib: 128,
            passes: 2,
        };
        for cost in [dearer, CHEAP, dearer] {
            let phc = hash(cost, "旧码头".to_owned(), [7; 16]).await.unwrap();
            for (typed, right) in [("旧码头", true), ("新码头", false), ("", false)] {
                let known = verify(CHEAP, typed.to_owned(), Some(phc.clone())).await;
                assert_eq!(known.unwrap(), right, "{typed}");
            }
        }
        assert!(!verify(CHEAP, "旧码头".to_owned(), None).await.unwrap());
    }

    #[tokio::test]
    async fn clause_2_5_4_h_what_is_stored_is_slow_and_takes_memory_to_guess() {
        let phc = hash(Cost::STANDARD, "旧码头".to_owned(), [7; 16]).await.unwrap();
        // OWASP: argon2id with at least 19 MiB, two passes and one lane.
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    }

    #[tokio::test]
    async fn a_hash_of_another_kind_is_a_fault() {
        let phc = hash(CHEAP, "旧码头".to_owned(), [7; 16]).await.unwrap();
        for other in [
            "",
            "x",
            &phc.replace("argon2id", "argon2i"),
            &phc.replace("v=19", "v=16"),
        ] {
            let known = verify(CHEAP, "旧码头".to_owned(), Some(other.to_owned())).await;
            assert!(matches!(known, Err(Fault::Password)), "{other}");
        }
    }
}
