//! A sealed value opens only with a permit: neither a reference to nothing nor a decision will do.
use privacy::purpose::ShowOwn;
use privacy::{FieldRef, Scope, Sealed, SubjectKey};

fn read(sealed: &Sealed<String>, scope: &Scope, key: &SubjectKey, field: &FieldRef) {
    let _ = sealed.open::<ShowOwn>(&(), scope, key, field);
}

fn main() {}
