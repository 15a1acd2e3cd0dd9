//! A sensitive value does not print.
fn main() {
    let number = privacy::Sensitive::received("110000197001010000".to_owned());
    println!("{number}");
}
