//! Data is not anonymous because someone says so.
use privacy::deidentify::{Anonymous, Certificate};

fn claim(rows: Vec<String>, certificate: Certificate) -> Anonymous<Vec<String>> {
    Anonymous {
        value: rows,
        certificate,
    }
}

fn main() {}
