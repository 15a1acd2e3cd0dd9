//! A permit is not copied.
use privacy::Permit;
use privacy::purpose::ShowOwn;

fn twice<'tx>(permit: &Permit<'tx, ShowOwn>) -> Permit<'tx, ShowOwn> {
    permit.clone()
}

fn main() {}
