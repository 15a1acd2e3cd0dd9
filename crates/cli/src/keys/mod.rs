//! Where the wrapping key is kept: a file (the embedded default), a variable, or a hardware token
//! behind PKCS#11. Each is a [`KeyRing`]; the rest of the program knows no difference.

mod file;
mod token;
mod variable;

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use privacy::{Entropy, KeyEncryptionKey, KeyRing};

use crate::config::Arguments;
use file::FileRing;
use token::TokenRing;
use variable::VariableRing;

/// The place of keys that the configuration names.
pub enum Place {
    /// A file of 32 bytes.
    File(Arc<FileRing>),
    /// A variable.
    Variable(Arc<VariableRing>),
    /// A hardware token.
    Token(Arc<TokenRing>),
}

impl Place {
    /// The place that the configuration names; `may_create` for an installation that is not there yet.
    ///
    /// # Errors
    /// Two places at once, or one that is not as it must be.
    pub fn of(arguments: &Arguments, may_create: bool, entropy: Arc<dyn Entropy>) -> anyhow::Result<Self> {
        let token = TokenRing::of(arguments)?;
        let variable = VariableRing::of(&|name| std::env::var(name).ok())?;
        match (token, variable, &arguments.key_file) {
            (Some(token), None, None) => Ok(Self::Token(Arc::new(token))),
            (None, Some(variable), None) => Ok(Self::Variable(Arc::new(variable))),
            (None, None, path) => {
                let path = path
                    .clone()
                    .unwrap_or_else(|| arguments.data.join("wrapping.key"));
                Ok(Self::File(Arc::new(FileRing::new(path, may_create, entropy)?)))
            }
            _ => bail!(
                "the wrapping key is named in more than one place; keep one of --key-file, {} and --pkcs11-module",
                variable::CURRENT
            ),
        }
    }

    /// The ring for the stores.
    #[must_use]
    pub fn ring(&self) -> Arc<dyn KeyRing> {
        match self {
            Self::File(ring) => Arc::<FileRing>::clone(ring),
            Self::Variable(ring) => Arc::<VariableRing>::clone(ring),
            Self::Token(ring) => Arc::<TokenRing>::clone(ring),
        }
    }

    /// What an operator is told when the key does not open the vault.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::File(ring) => ring.remedy(),
            Self::Variable(_) => format!(
                "the key in {} does not open this key vault; set the one that belongs to it",
                variable::CURRENT
            ),
            Self::Token(ring) => ring.remedy(),
        }
    }

    /// The key that is to replace the present one: made, in a file; found, elsewhere.
    ///
    /// # Errors
    /// A key that is not there, with what to do.
    pub fn next(&self, arguments: &NextKey<'_>) -> anyhow::Result<Arc<dyn KeyEncryptionKey>> {
        match self {
            Self::File(ring) => ring.next(),
            Self::Variable(ring) => ring.next(),
            Self::Token(ring) => ring.labelled(arguments.token_label),
        }
    }

    /// Makes the new key the present one, now that nothing needs the former; says what is left to do.
    ///
    /// # Errors
    /// A file that cannot be renamed.
    pub fn promote(&self) -> anyhow::Result<String> {
        Ok(match self {
            Self::File(ring) => ring.promote()?,
            Self::Variable(_) => format!(
                "set {} to the new key everywhere and remove {}",
                variable::CURRENT,
                variable::NEXT
            ),
            Self::Token(_) => {
                "give the new label as --pkcs11-key; the former key may be removed from the token".to_owned()
            }
        })
    }
}

/// What `rotate-key` was told about the new key.
pub struct NextKey<'a> {
    /// Its label on the token.
    pub token_label: Option<&'a str>,
}

/// A path as operators read it.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
