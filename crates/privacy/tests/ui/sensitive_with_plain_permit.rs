//! A sensitive value does not open with a permit that rests on a contract.
use privacy::purpose::ShowOwn;
use privacy::{FieldRef, Permit, Scope, Sealed, Sensitive, SubjectKey};

fn read(
    sealed: &Sealed<Sensitive<String>>,
    permit: &Permit<'_, ShowOwn>,
    scope: &Scope,
    key: &SubjectKey,
    field: &FieldRef,
) {
    let _ = sealed.open_sensitive(permit, scope, key, field);
}

fn main() {}
