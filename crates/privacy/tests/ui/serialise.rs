//! A personal value does not serialise.
fn main() {
    let phone = privacy::Personal::received("10000000001".to_owned());
    let _ = serde_json::to_string(&phone);
}
