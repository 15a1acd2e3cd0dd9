//! What was opened, and how far it may go: a value leaves the program only by one of the doors here.

use std::fmt;

use zeroize::Zeroizing;

use crate::{Actor, Disclosed, FieldRef, Personal, SealError, SubjectId};

/// How far a value may go that a permit opened: decided with the permit, by who acts for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The person sees their own value.
    Own,
    /// Somebody sees it to whom it was disclosed: the ledger holds the disclosure (2.4.1.0).
    Shared,
    /// A member of staff sees it; the record names role, case and reason (2.5.1.e).
    Staff,
    /// Nobody sees it: the program works with it.
    Inside,
}

impl Reach {
    /// The reach of what `actor` opens of `subject`.
    pub(crate) fn of(actor: Actor, subject: SubjectId) -> Self {
        match actor {
            Actor::Person { subject: own, .. } if own == subject => Self::Own,
            Actor::Person { .. } => Self::Shared,
            Actor::Staff(_) => Self::Staff,
            Actor::Visitor | Actor::System(_) => Self::Inside,
        }
    }
}

/// An opened value. It does not print, compare or serialise itself, memory is wiped on drop, and
/// there are four doors: [`Opened::shown`], [`Opened::handed`], [`Opened::kept`] and, for the few
/// files that the check of the walls lists, [`Opened::inside`].
///
/// ```compile_fail
/// fn leave(opened: privacy::Opened) -> String {
///     opened.to_string()
/// }
/// ```
pub struct Opened {
    text: Zeroizing<String>,
    place: FieldRef,
    reach: Reach,
}

impl Opened {
    pub(crate) const fn new(text: Zeroizing<String>, place: FieldRef, reach: Reach) -> Self {
        Self { text, place, reach }
    }

    /// The value for the eyes of whoever asked: the person, somebody it was disclosed to, or staff
    /// with a reason.
    ///
    /// # Errors
    /// [`SealError::Inside`] if it was opened for the program's own work.
    pub fn shown(self) -> Result<String, SealError> {
        policy::clause!("2.4.1.0");
        if self.reach == Reach::Inside {
            return Err(SealError::Inside);
        }
        Ok(self.text.to_string())
    }

    /// The value for a recipient to whom this very field of this person was disclosed in the running
    /// transaction or before (2.4.1.0).
    ///
    /// # Errors
    /// [`SealError::NotDisclosed`] if the disclosure is about somebody or something else.
    pub fn handed(self, disclosed: &Disclosed<'_>) -> Result<String, SealError> {
        policy::clause!("2.4.1.0");
        if !disclosed.covers(&self.place) {
            return Err(SealError::NotDisclosed);
        }
        Ok(self.text.to_string())
    }

    /// The value as closed as before it was opened: to be sealed anew.
    #[must_use]
    pub fn kept(self) -> Personal<String> {
        Personal::received(self.text.to_string())
    }

    /// The value for the program's own work. The check of the walls lists the files that call it.
    #[must_use]
    pub fn inside(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        policy::clause!("1.4");
        f.write_str("[opened]")
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn opened(text: &str, reach: Reach) -> Opened {
        let place = FieldRef {
            table: "account",
            column: "phone",
            row: Uuid::nil(),
            subject: SubjectId(Uuid::nil()),
        };
        Opened::new(Zeroizing::new(text.to_owned()), place, reach)
    }

    #[test]
    fn clause_1_4_a_value_is_never_printed() {
        assert_eq!(format!("{:?}", opened("100-0000-0001", Reach::Own)), "[opened]");
    }

    #[test]
    fn clause_2_4_1_0_what_the_program_opened_for_itself_is_shown_to_nobody() {
        for reach in [Reach::Own, Reach::Shared, Reach::Staff] {
            assert_eq!(opened("a value", reach).shown(), Ok("a value".to_owned()));
        }
        assert_eq!(opened("a value", Reach::Inside).shown(), Err(SealError::Inside));
    }
}
