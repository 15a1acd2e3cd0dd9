//! A permit ends with its transaction.
use privacy::permit::Decided;
use privacy::purpose::ShowOwn;
use privacy::{Permit, Scope};

fn keep<'a>(decided: Decided<ShowOwn>) -> Permit<'a, ShowOwn> {
    let transaction = Scope::default();
    decided.after_recording(&transaction)
}

fn main() {}
