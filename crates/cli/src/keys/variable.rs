//! The wrapping key in a variable, as 64 hexadecimal digits: for places that hand secrets to a process
//! this way. Whoever may read the environment of the process may read the key.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use privacy::{KeyEncryptionKey, KeyRing, SealError, WrappingKey};
use zeroize::Zeroizing;

/// The variable of the present key.
pub const CURRENT: &str = "QIFU365_WRAPPING_KEY";
/// The variable of the key that is to replace it.
pub const NEXT: &str = "QIFU365_WRAPPING_KEY_NEXT";

/// Both keys, read once.
pub struct VariableRing {
    current: WrappingKey,
    next: Option<WrappingKey>,
}

impl VariableRing {
    /// The keys of the variables; nothing if the first is not set.
    ///
    /// # Errors
    /// A variable that does not hold a key. The text never shows what it holds.
    pub fn of(read: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Option<Self>> {
        let key = |name: &str| match read(name).map(Zeroizing::new) {
            None => Ok(None),
            Some(text) => match parse(&text) {
                Some(key) => Ok(Some(key)),
                None => bail!("{name} must hold exactly 64 hexadecimal digits: the 32 bytes of a key"),
            },
        };
        let Some(current) = key(CURRENT)? else {
            return Ok(None);
        };
        let next = key(NEXT)?;
        Ok(Some(Self { current, next }))
    }

    /// The key that is to replace the present one.
    pub fn next(&self) -> anyhow::Result<Arc<dyn KeyEncryptionKey>> {
        let next = self.next.clone().with_context(|| {
            format!(
                "set {NEXT} to the new key first, for every process of this installation, and start them anew"
            )
        })?;
        Ok(Arc::new(next))
    }
}

impl KeyRing for VariableRing {
    fn current(&self) -> Result<Arc<dyn KeyEncryptionKey>, SealError> {
        self.current.current()
    }

    fn find(&self, id: &str) -> Result<Option<Arc<dyn KeyEncryptionKey>>, SealError> {
        let next = self.next.as_ref();
        let both = [Some(&self.current), next];
        let found = both.into_iter().flatten().find(|key| key.id() == id);
        found.map(KeyRing::current).transpose()
    }
}

fn parse(text: &str) -> Option<WrappingKey> {
    let digits = text.trim().as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let mut bytes = Zeroizing::new([0_u8; 32]);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(WrappingKey::new(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_64_digits_and_an_error_does_not_show_them() {
        let good = "0123456789abcdefABCDEF".repeat(3)[..64].to_owned();
        let ring = VariableRing::of(&|name| (name == CURRENT).then(|| format!(" {good}\n")));
        assert!(ring.expect("read").is_some());
        assert!(VariableRing::of(&|_| None).expect("read").is_none());
        for bad in [
            "",
            "abc",
            &good[1..],
            &good.replace('9', "g"),
            &good.replace('9', "é"),
        ] {
            let refused = VariableRing::of(&|_| Some(bad.to_owned())).map(|_| ());
            let text = refused.expect_err("refused").to_string();
            assert!(
                text.contains(CURRENT) && (bad.is_empty() || !text.contains(bad)),
                "{text}"
            );
        }
    }

    #[test]
    fn both_keys_are_found_by_their_names_and_no_other() {
        let (one, two) = ("11".repeat(32), "22".repeat(32));
        let both = |name: &str| Some(if name == CURRENT { one.clone() } else { two.clone() });
        let ring = VariableRing::of(&both).expect("read").expect("set");
        for byte in [0x11, 0x22] {
            let key = WrappingKey::new([byte; 32]);
            assert!(ring.find(key.id()).expect("asked").is_some());
        }
        let other = WrappingKey::new([0x33; 32]);
        assert!(ring.find(other.id()).expect("asked").is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,80}") {
            let _ = parse(&text);
        }
    }
}
