//! Where a request comes from, and what is kept of it: digests under a key of the vault. An address is
//! looked at here and goes no further.

use std::net::IpAddr;

use domain::account::guard::region::{FAR_ENOUGH, Places, network};
use storage::account::guard::Counted;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Try;
use crate::App;
use crate::account::index;

/// Bytes kept of a digest.
const BYTES: usize = 16;
/// Bytes kept of the digest of what was typed: names are told apart, nobody is found by it.
const MARK: usize = 2;

/// Says where an address lies, from a table on this machine.
pub trait Regions: Send + Sync {
    /// The region's code.
    fn region(&self, address: IpAddr) -> Option<String>;

    /// Where regions lie.
    fn places(&self) -> &Places {
        Places::countries()
    }
}

/// Where a request comes from, as far as the guard looks. Not printed: an address is personal.
#[derive(Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The address of the visitor, if it is known.
    pub address: Option<IpAddr>,
    /// The puzzle that was solved, if one was asked for.
    pub solved: Option<Solved<'a>>,
}

/// A puzzle as it came back.
#[derive(Clone, Copy)]
pub struct Solved<'a> {
    /// The puzzle as it was given out.
    pub puzzle: &'a str,
    /// The number that a script found.
    pub work: &'a str,
    /// The answer that a person typed.
    pub answer: &'a str,
}

/// What is stored of a try's origin.
pub(super) struct Digests {
    pub mark: Vec<u8>,
    pub network: Option<Vec<u8>>,
    pub device: Vec<u8>,
    pub region: Option<Vec<u8>>,
    code: Option<String>,
}

fn digest(app: &App, field: &str, value: &str, bytes: usize) -> Vec<u8> {
    index(app, field, value).0[..bytes].to_vec()
}

fn of_region(app: &App, account: Uuid, code: &str) -> Vec<u8> {
    digest(app, "guard.region", &format!("{account}:{code}"), BYTES)
}

/// The region of an address, if it is one that a place is known of.
fn region(app: &App, address: Option<IpAddr>) -> Option<String> {
    let regions = app.regions.as_ref()?;
    let code = regions.region(address?)?;
    regions.places().has(&code).then_some(code)
}

impl Digests {
    pub(super) fn of(app: &App, tried: &Try<'_>) -> Self {
        // The same work for an account that is none.
        let account = tried.account.unwrap_or_default();
        let code = region(app, tried.origin.address);
        let network = tried.origin.address.map(network);
        Self {
            mark: digest(app, "guard.login", tried.login, MARK),
            network: network.map(|network| digest(app, "guard.network", &network, BYTES)),
            device: digest(app, "guard.device", &format!("{account}:{}", tried.device), BYTES),
            region: code.as_deref().map(|code| of_region(app, account, code)),
            code,
        }
    }

    /// What a puzzle of this network is bound to.
    pub(super) fn bound(&self) -> String {
        self.network.as_deref().map(super::super::hex).unwrap_or_default()
    }
}

/// The digest of a network, as puzzles are bound to it.
pub(super) fn bound_to(app: &App, origin: &Origin<'_>) -> String {
    let network = origin.address.map(network);
    let digest = network.map(|network| digest(app, "guard.network", &network, BYTES));
    digest.as_deref().map(super::super::hex).unwrap_or_default()
}

/// Whether nobody travels from the last log-in's region to this one in the time between. Of the last one
/// only a digest is known: it is compared with those of the regions that are out of reach.
pub(super) fn too_far(
    app: &App,
    tried: &Try<'_>,
    digests: &Digests,
    counted: &Counted,
    now: OffsetDateTime,
) -> bool {
    let (Some(regions), Some(account)) = (app.regions.as_ref(), tried.account) else {
        return false;
    };
    let (Some(here), Some((at, Some(before)))) = (&digests.code, &counted.last) else {
        return false;
    };
    let elapsed = now - *at;
    if elapsed >= FAR_ENOUGH || digests.region.as_ref() == Some(before) {
        return false;
    }
    let places = regions.places();
    let out_of_reach = |code: &&str| !places.reachable(here, code, elapsed);
    places
        .codes()
        .filter(out_of_reach)
        .any(|code| of_region(app, account, code) == *before)
}

/// Device and region in words, for the person.
pub(super) fn words(app: &App, tried: &Try<'_>) -> String {
    let device: String = tried.device.chars().take(200).collect();
    match region(app, tried.origin.address) {
        Some(code) => format!("{device} · {code}"),
        None => device,
    }
}
