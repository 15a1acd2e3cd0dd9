//! Nobody but the store says that the ledger holds a disclosure.
use privacy::{Disclosed, Opened, SubjectId};

fn hand(opened: Opened, subject: SubjectId) -> Option<String> {
    let disclosed = Disclosed {
        subject,
        fields: &["account.phone"],
        transaction: std::marker::PhantomData,
    };
    opened.handed(&disclosed).ok()
}

fn main() {}
