//! A personal value does not print.
fn main() {
    let phone = privacy::Personal::received("10000000001".to_owned());
    println!("{phone}");
}
