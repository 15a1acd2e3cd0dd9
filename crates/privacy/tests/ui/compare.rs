//! A personal value does not compare, with another or with a text.
fn main() {
    let phone = privacy::Personal::received("10000000001".to_owned());
    let _ = phone == "10000000001".to_owned();
}
