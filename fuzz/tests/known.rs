//! The targets without a fuzzer: sound inputs, those that once failed, and a bounded number made from
//! them by turning, cutting and doubling bytes. The same every time.

use fuzz::{TARGETS, sound};
use privacy::Entropy as _;
use testkit::SeededEntropy;

/// Inputs made from each sound one.
const MADE: usize = 150;

fn number(entropy: &SeededEntropy, below: usize) -> usize {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    usize::from_le_bytes(bytes) % below.max(1)
}

/// The input with up to four small changes.
fn made(entropy: &SeededEntropy, sound: &[u8]) -> Vec<u8> {
    const SIGNS: &[u8] = b"\0\x01\x7f\x80\xff\n\"<>%&=.-+/ 0129aA";
    let mut bytes = sound.to_vec();
    for _ in 0..=number(entropy, 4) {
        let at = number(entropy, bytes.len() + 1);
        let end = (at + number(entropy, 9)).min(bytes.len());
        let sign = SIGNS[number(entropy, SIGNS.len())];
        match number(entropy, 4) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.insert(at, sign),
            2 => bytes.extend_from_within(at..end),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = sign;
                }
            }
        }
    }
    bytes
}

#[test]
fn every_target_holds_for_what_is_known_and_for_what_is_near_it() {
    for (name, target) in TARGETS {
        let known = sound(name);
        assert!(!known.is_empty(), "{name} has no sound input");
        target(&[]);
        for (seed, input) in (0..).zip(&known) {
            target(input);
            let entropy = SeededEntropy::new(seed);
            for _ in 0..MADE {
                target(&made(&entropy, input));
            }
        }
    }
}

#[test]
fn every_target_is_handed_to_the_fuzzer() {
    let manifest = include_str!("../Cargo.toml");
    let handed: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/"))
        .filter_map(|line| line.strip_suffix(".rs\""))
        .collect();
    for (name, _) in TARGETS {
        assert!(handed.contains(name), "{name}");
    }
    assert_eq!(handed.len(), TARGETS.len());
}
