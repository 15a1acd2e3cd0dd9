//! Nobody but the kernel makes a permit.
use privacy::purpose::ShowOwn;
use privacy::{Permit, Scope, SubjectId};

fn forge(scope: &Scope, subject: SubjectId) -> Permit<'_, ShowOwn> {
    Permit {
        scope,
        subject,
        fields: &["account.phone"],
        separate: true,
        reach: privacy::Reach::Own,
        purpose: std::marker::PhantomData,
    }
}

fn main() {}
