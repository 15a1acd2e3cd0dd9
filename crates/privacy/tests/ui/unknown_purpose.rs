//! A purpose that the platform does not know cannot be named (2.2.6.a).
use privacy::{Actor, Ctx};

fn main() {
    let _ = Ctx::<privacy::purpose::Advertise>::new(
        Actor::Visitor,
        "2020-11-01",
        uuid::Uuid::nil(),
        time::OffsetDateTime::UNIX_EPOCH,
    );
}
