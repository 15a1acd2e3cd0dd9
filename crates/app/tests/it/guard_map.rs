//! Where the networks of the guard's tests lie, and what its people type.

use std::net::IpAddr;

use app::Failure;
use app::account::{Entry, Origin, Regions};
use domain::Refused;

pub const PHONE: &str = "100-0000-0001";
/// argon2id of `1234567890`, as cheap as the tests' own.
pub const WEAK: &str =
    "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$kcfS0V3y6xChHUEUMiLebzTUt9dZ0LUqsIY18nxtvmg";
pub const HOME: &str = "203.0.113.5";
pub const AWAY: &str = "198.51.100.7";

/// Where the tests' networks lie.
pub struct Map;

impl Regions for Map {
    fn region(&self, address: IpAddr) -> Option<String> {
        match address.to_string().as_str() {
            "203.0.113.5" | "203.0.113.6" => Some("CN".to_owned()),
            "198.51.100.7" => Some("US".to_owned()),
            "192.0.2.1" => Some("XX".to_owned()),
            _ => None,
        }
    }
}

pub fn from_number(host: i64) -> Origin<'static> {
    Origin {
        address: Some(format!("192.0.{host}.1").parse().expect("an address")),
        solved: None,
    }
}

pub fn waits(entry: Result<Entry, Failure>) -> String {
    match entry.expect("the password is right") {
        Entry::Waits { token } => token,
        Entry::Begun(_) | Entry::Stopped { .. } => panic!("it does not wait for the second factor"),
    }
}

pub fn from(address: &str) -> Origin<'static> {
    Origin {
        address: Some(address.parse().expect("an address")),
        solved: None,
    }
}

pub fn refusals<T>(result: Result<T, Failure>) -> Vec<Refused> {
    let failure = result.err();
    failure
        .map(|failure| failure.refusals().to_vec())
        .unwrap_or_default()
}
