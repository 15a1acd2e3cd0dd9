//! A personal value in memory: it cannot be printed, serialised or compared.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// A personal value between the form a person filled in and the seal. Memory is wiped on drop.
///
/// ```compile_fail
/// let phone = privacy::Personal::received("10000000001".to_owned());
/// println!("{phone}");
/// ```
/// ```compile_fail
/// let a = privacy::Personal::received("x".to_owned());
/// let _ = a == "x".to_owned();
/// ```
pub struct Personal<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Personal<T> {
    /// Wraps a value just received from the person.
    pub fn received(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for the kernel alone.
    pub(crate) fn inner(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        policy::clause!("1.4");
        f.write_str("[personal]")
    }
}

/// A sensitive personal value (1.4, PIPL 28) between the form and the seal: as closed as
/// [`Personal`], and opened only with separate consent or for a legal duty.
pub struct Sensitive<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Sensitive<T> {
    /// Wraps a value just received from the person.
    pub fn received(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for the kernel alone.
    pub(crate) fn inner(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        policy::clause!("1.4");
        f.write_str("[sensitive]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_1_4_debug_shows_nothing() {
        let value = Personal::received("100-0000-0001".to_owned());
        assert_eq!(format!("{value:?}"), "[personal]");
        let value = Sensitive::received("100-0000-0001".to_owned());
        assert_eq!(format!("{value:?}"), "[sensitive]");
    }
}
