//! Every decoder of stored or received bytes, as a function over whatever bytes come. Each asserts
//! what must hold of them all: no panic; what is taken is written back the same; what was not sealed
//! or signed does not open.
//!
//! `fuzz_targets` hands each of them to libFuzzer; `tests/known.rs` feeds them with sound inputs,
//! with those that once failed, and with a few thousand made from both.
#![forbid(unsafe_code)]
#![expect(clippy::missing_panics_doc, reason = "a panic is what a target tells")]

mod log;
mod sealed;
mod site;
mod sound;
mod stored;
mod typed;

pub use log::{log_bytes, log_text, receipt};
pub use sealed::{sealed_value, wrapped_key};
pub use site::{address, form_body, json_body, request_headers};
pub use sound::sound;
pub use stored::{backup_manifest, policy_version};
pub use typed::{search_query, typed_text};

/// The first byte, which chooses among several ways, and the rest.
fn chosen(data: &[u8]) -> (usize, &[u8]) {
    data.split_first()
        .map_or((0, data), |(first, rest)| (usize::from(*first), rest))
}

/// A target: its name and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("address", address),
    ("backup_manifest", backup_manifest),
    ("form_body", form_body),
    ("json_body", json_body),
    ("log_bytes", log_bytes),
    ("log_text", log_text),
    ("policy_version", policy_version),
    ("receipt", receipt),
    ("request_headers", request_headers),
    ("sealed_value", sealed_value),
    ("search_query", search_query),
    ("typed_text", typed_text),
    ("wrapped_key", wrapped_key),
];
