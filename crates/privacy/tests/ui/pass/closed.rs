//! What does compile: a log that says no more than `[personal]`.
fn main() {
    let phone = privacy::Personal::received("10000000001".to_owned());
    let number = privacy::Sensitive::received("110000197001010000".to_owned());
    tracing::info!(?phone, ?number, "registered");
    assert_eq!(format!("{phone:?} {number:?}"), "[personal] [sensitive]");
}
