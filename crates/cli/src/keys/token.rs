//! The wrapping key in a hardware token behind PKCS#11: it never leaves the token, which wraps and
//! unwraps with AES-256-GCM. Tokens name SM4 each in their own way, so the 国密 suite is not offered
//! here.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use privacy::{Entropy, KeyEncryptionKey, KeyRing, SealError, Suite};
use zeroize::Zeroizing;

use crate::config::Arguments;

/// The variable with the token's PIN; there is no flag, flags are seen by every user of the machine.
pub const PIN: &str = "QIFU365_PKCS11_PIN";

/// First byte of what a token wrapped; other numbers are in `privacy::suite`.
const MARK: u8 = 3;
const NONCE_BYTES: usize = 12;
const TAG_BITS: u64 = 128;

/// A token and the label of the present key on it.
pub struct TokenRing {
    link: Arc<Link>,
    label: String,
}

/// The way to a token; made anew after a failure.
struct Link {
    context: Pkcs11,
    token: String,
    pin: AuthPin,
    open: Mutex<Option<Open>>,
}

struct Open {
    session: Session,
    keys: HashMap<String, ObjectHandle>,
}

struct TokenKey {
    link: Arc<Link>,
    label: String,
    id: String,
}

impl TokenRing {
    /// The token that the configuration names, reached and unlocked; nothing if it names none.
    ///
    /// # Errors
    /// A module, token, PIN or key that does not do. The text never shows the PIN.
    pub fn of(arguments: &Arguments) -> anyhow::Result<Option<Self>> {
        let Some(module) = &arguments.pkcs11_module else {
            return Ok(None);
        };
        let needed = |value: &Option<String>, flag: &str| {
            value
                .clone()
                .filter(|text| !text.is_empty())
                .with_context(|| format!("--pkcs11-module needs {flag}"))
        };
        let token = needed(&arguments.pkcs11_token, "--pkcs11-token")?;
        let label = needed(&arguments.pkcs11_key, "--pkcs11-key")?;
        let pin = needed(&std::env::var(PIN).ok(), PIN)?;
        let link = Arc::new(Link::new(module, token, pin.into())?);
        link.check(&label)?;
        Ok(Some(Self { link, label }))
    }

    /// What an operator is told when the key does not open the vault.
    pub fn remedy(&self) -> String {
        format!(
            "the key {} on the token {} does not open this key vault; use the key that belongs to it",
            self.label, self.link.token
        )
    }

    /// The key with the label given to `rotate-key`.
    pub fn labelled(&self, label: Option<&str>) -> anyhow::Result<Arc<dyn KeyEncryptionKey>> {
        let Some(label) = label else {
            bail!("make the new key on the token and give its label: rotate-key --next-pkcs11-key LABEL");
        };
        self.link.check(label)?;
        Ok(Link::key(&self.link, label))
    }
}

impl KeyRing for TokenRing {
    fn current(&self) -> Result<Arc<dyn KeyEncryptionKey>, SealError> {
        Ok(Link::key(&self.link, &self.label))
    }

    fn find(&self, id: &str) -> Result<Option<Arc<dyn KeyEncryptionKey>>, SealError> {
        // The name says which label, so a process that runs finds the new key without being told.
        let Some(label) = id.strip_prefix(&format!("pkcs11:{}/", self.link.token)) else {
            return Ok(None);
        };
        let there = self
            .link
            .with(|open| open.handle(label).map(|handle| handle.is_some()))?;
        Ok(there.then(|| Link::key(&self.link, label)))
    }
}

impl Link {
    fn new(module: &PathBuf, token: String, pin: AuthPin) -> anyhow::Result<Self> {
        let context = Pkcs11::new(module)
            .with_context(|| format!("cannot load the PKCS#11 module {}", module.display()))?;
        context
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
            .with_context(|| format!("the PKCS#11 module {} does not start", module.display()))?;
        let link = Self {
            context,
            token,
            pin,
            open: Mutex::default(),
        };
        let open = link.connect()?;
        *link.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(open);
        Ok(link)
    }

    fn connect(&self) -> anyhow::Result<Open> {
        let slots = self.context.get_slots_with_token().context("no PKCS#11 slots")?;
        let named = |slot: &cryptoki::slot::Slot| {
            let info = self.context.get_token_info(*slot);
            info.is_ok_and(|info| info.label() == self.token)
        };
        let mut found = slots.into_iter().filter(named);
        let (slot, second) = (found.next(), found.next());
        let slot = slot.with_context(|| format!("there is no token with the label {}", self.token))?;
        if second.is_some() {
            bail!("there are several tokens with the label {}", self.token);
        }
        let session = self
            .context
            .open_ro_session(slot)
            .with_context(|| format!("the token {} opens no session", self.token))?;
        match session.login(UserType::User, Some(&self.pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("the token {} refuses the PIN in {PIN}", self.token));
            }
        }
        Ok(Open {
            session,
            keys: HashMap::new(),
        })
    }

    /// Refuses a label that names no key, or several.
    fn check(&self, label: &str) -> anyhow::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let open = open.as_mut().context("the token is not open")?;
        if open.handle(label).context("the token lists no keys")?.is_none() {
            bail!(
                "the token {} has no single AES key with the label {label}; make one of 256 bits that may encrypt and decrypt",
                self.token
            );
        }
        Ok(())
    }

    fn key(link: &Arc<Self>, label: &str) -> Arc<dyn KeyEncryptionKey> {
        Arc::new(TokenKey {
            link: Arc::clone(link),
            label: label.to_owned(),
            id: format!("pkcs11:{}/{label}", link.token),
        })
    }

    /// Does something with the token. After a failure the session is given up; the next use opens
    /// another.
    fn with<T>(&self, act: impl Fn(&mut Open) -> Result<T, Error>) -> Result<T, SealError> {
        let mut place = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = match place.take() {
            Some(open) => open,
            None => self.connect().map_err(|error| {
                tracing::error!("{error:#}");
                SealError::KeyUnavailable
            })?,
        };
        match act(&mut open) {
            Ok(value) => {
                *place = Some(open);
                Ok(value)
            }
            Err(error) if is_damage(&error) => {
                *place = Some(open);
                Err(SealError::Damaged)
            }
            Err(error) => {
                tracing::error!("the token {} failed: {error}", self.token);
                Err(SealError::KeyUnavailable)
            }
        }
    }
}

/// Whether the token says that what it was given is no ciphertext of this key. Some say so by the
/// general error.
const fn is_damage(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::EncryptedDataInvalid | RvError::EncryptedDataLenRange | RvError::GeneralError,
            _
        )
    )
}

impl Open {
    /// The one AES key with the label; nothing if there is none or more than one.
    fn handle(&mut self, label: &str) -> Result<Option<ObjectHandle>, Error> {
        if let Some(known) = self.keys.get(label) {
            return Ok(Some(*known));
        }
        let wanted = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::Label(label.as_bytes().to_vec()),
        ];
        let found = self.session.find_objects(&wanted)?;
        let [handle] = found.as_slice() else {
            return Ok(None);
        };
        self.keys.insert(label.to_owned(), *handle);
        Ok(Some(*handle))
    }

    fn needed(&mut self, label: &str) -> Result<ObjectHandle, Error> {
        self.handle(label)?.ok_or(Error::InvalidValue)
    }
}

impl KeyEncryptionKey for TokenKey {
    fn id(&self) -> &str {
        &self.id
    }

    fn wrap(
        &self,
        suite: Suite,
        bound: &[u8],
        key: &[u8; 32],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        if suite != Suite::Standard {
            return Err(SealError::SuiteNotOffered);
        }
        let mut nonce = [0_u8; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let sealed = self.link.with(|open| {
            let handle = open.needed(&self.label)?;
            let mut nonce = nonce;
            let mechanism = Mechanism::AesGcm(GcmParams::new(&mut nonce, bound, TAG_BITS.into())?);
            open.session.encrypt(&mechanism, handle, key)
        })?;
        Ok([[MARK].as_slice(), &nonce, &sealed].concat())
    }

    fn unwrap(&self, suite: Suite, bound: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if suite != Suite::Standard {
            return Err(SealError::SuiteNotOffered);
        }
        let Some((&MARK, rest)) = wrapped.split_first() else {
            return Err(SealError::Damaged);
        };
        let (nonce, sealed) = rest
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(SealError::Damaged)?;
        // A tag and 32 bytes: anything else is not ours, and need not trouble the token.
        if sealed.len() != 48 {
            return Err(SealError::Damaged);
        }
        self.link
            .with(|open| {
                let handle = open.needed(&self.label)?;
                let mut nonce = *nonce;
                let mechanism = Mechanism::AesGcm(GcmParams::new(&mut nonce, bound, TAG_BITS.into())?);
                open.session.decrypt(&mechanism, handle, sealed)
            })
            .map(Zeroizing::new)
    }
}
