//! A sensitive value does not serialise, not even once it is opened.
fn write(opened: &privacy::Opened) -> Result<String, serde_json::Error> {
    serde_json::to_string(opened)
}

fn main() {}
