//! A decision whose record is not written opens nothing.
use privacy::permit::Decided;
use privacy::purpose::ShowOwn;
use privacy::{FieldRef, Scope, Sealed, SubjectKey};

fn read(sealed: &Sealed<String>, decided: &Decided<ShowOwn>, scope: &Scope, key: &SubjectKey, field: &FieldRef) {
    let _ = sealed.open::<ShowOwn>(decided, scope, key, field);
}

fn main() {}
