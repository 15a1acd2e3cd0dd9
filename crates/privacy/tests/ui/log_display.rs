//! A log takes a personal value only as `[personal]`: `%` does not compile.
fn main() {
    let phone = privacy::Personal::received("10000000001".to_owned());
    let _ = tracing::field::display(&phone);
}
