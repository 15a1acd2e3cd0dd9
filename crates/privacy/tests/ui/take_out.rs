//! What is inside a personal value is not to be had: only the kernel seals it.
fn main() {
    let phone = privacy::Personal::received("10000000001".to_owned());
    let _ = phone.inner();
}
