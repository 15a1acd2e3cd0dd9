//! What was opened does not print itself: it leaves by its doors.
use privacy::Opened;

fn tell(opened: Opened) -> String {
    format!("{opened}")
}

fn main() {}
