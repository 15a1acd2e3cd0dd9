//! What was opened does not serialise itself.
use privacy::Opened;

fn send(opened: Opened) -> String {
    serde_json::to_string(&opened).unwrap()
}

fn main() {}
