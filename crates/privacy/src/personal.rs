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

/// A sensitive value that was opened. It still does not print itself; memory is wiped on drop.
pub struct Opened(Zeroizing<String>);

impl Opened {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The last four signs, the others hidden: how a page shows it unless the person asks for all.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = self.0.chars().count().saturating_sub(4);
        let shown = |(place, sign)| if place < hidden { '*' } else { sign };
        if hidden == 0 {
            return "****".to_owned();
        }
        self.0.chars().enumerate().map(shown).collect()
    }

    /// All of it.
    #[must_use]
    pub fn whole(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        assert_eq!(
            format!("{:?}", Opened::new("100-0000-0001".to_owned())),
            "[sensitive]"
        );
    }

    #[test]
    fn clause_1_4_a_sensitive_value_is_shown_masked() {
        for (value, shown) in [
            ("abcdefgh", "****efgh"),
            ("abcd", "****"),
            ("证件号码一二", "**号码一二"),
        ] {
            assert_eq!(Opened::new(value.to_owned()).masked(), shown);
        }
    }
}
