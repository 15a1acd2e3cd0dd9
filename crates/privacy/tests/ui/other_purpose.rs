//! A permit for one purpose opens nothing for another.
use privacy::purpose::{FulfilContract, ShowOwn};
use privacy::{FieldRef, Permit, Scope, Sealed, SubjectKey};

fn read(sealed: &Sealed<String>, permit: &Permit<'_, ShowOwn>, scope: &Scope, key: &SubjectKey, field: &FieldRef) {
    let _ = sealed.open::<FulfilContract>(permit, scope, key, field);
}

fn main() {}
