//! Whose address a request comes from. Behind a reverse proxy the peer is the proxy; the visitor is then
//! the last address of `X-Forwarded-For` that is no proxy of ours. Whoever is no trusted proxy is
//! believed nothing.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;

/// The most addresses of a chain that are looked at.
const CHAIN: usize = 32;

/// A network of trusted proxies, such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: u128,
    length: u8,
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => four.to_ipv6_mapped().to_bits(),
        IpAddr::V6(six) => six.to_bits(),
    }
}

const fn mask(length: u8) -> u128 {
    match length {
        0 => 0,
        length => u128::MAX << (128 - length),
    }
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a trusted proxy is an address or a network such as 127.0.0.1 or 10.0.0.0/8";
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| wrong)?;
        let (most, shift) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let length = match length {
            Some(length) => length.trim().parse().map_err(|_| wrong)?,
            None => most,
        };
        let first = number(address);
        if length > most || first & mask(length + shift) != first {
            return Err(wrong);
        }
        Ok(Self {
            first,
            length: length + shift,
        })
    }
}

impl Network {
    fn has(self, address: IpAddr) -> bool {
        number(address) & mask(self.length) == self.first
    }
}

/// The visitor's address, if it is known.
pub(crate) fn of(parts: &Parts, trusted: &[Network]) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    client(peer.ip(), &parts.headers, trusted)
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let is_ours = |address: IpAddr| trusted.iter().any(|network| network.has(address));
    if !is_ours(peer) {
        return Some(peer.to_canonical());
    }
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|line| line.to_str().unwrap_or_default())
        .collect();
    let chain = lines.iter().rev().flat_map(|line| line.rsplit(',')).take(CHAIN);
    for hop in chain {
        // A proxy that writes something else is one whose word we do not know.
        let address: IpAddr = hop.trim().parse().ok()?;
        if !is_ours(address) {
            return Some(address.to_canonical());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn asked(peer: &str, forwarded: &[&str], trusted: &[&str]) -> Option<IpAddr> {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().expect("a header"));
        }
        let trusted: Vec<Network> = trusted
            .iter()
            .map(|text| text.parse().expect("a network"))
            .collect();
        client(ip(peer), &headers, &trusted)
    }

    #[test]
    fn nobody_but_a_trusted_proxy_names_the_visitor() {
        let proxies = ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"];
        for (peer, forwarded, trusted, seen) in [
            (
                "198.51.100.7",
                &["203.0.113.9"][..],
                &proxies[..],
                Some("198.51.100.7"),
            ),
            ("127.0.0.1", &["203.0.113.9"], &[], Some("127.0.0.1")),
            ("127.0.0.1", &["203.0.113.9"], &proxies, Some("203.0.113.9")),
            (
                "::ffff:127.0.0.1",
                &["203.0.113.9"],
                &proxies,
                Some("203.0.113.9"),
            ),
            // What the visitor wrote themselves stands before what our proxies added.
            (
                "127.0.0.1",
                &["1.1.1.1, 203.0.113.9, 10.1.2.3"],
                &proxies,
                Some("203.0.113.9"),
            ),
            (
                "127.0.0.1",
                &["1.1.1.1", "203.0.113.9,10.1.2.3"],
                &proxies,
                Some("203.0.113.9"),
            ),
            ("2001:db8::1", &["2001:db9::5"], &proxies, Some("2001:db9::5")),
            ("127.0.0.1", &[], &proxies, None),
            ("127.0.0.1", &["unknown"], &proxies, None),
            ("127.0.0.1", &["203.0.113.9, ' OR 1"], &proxies, None),
            ("127.0.0.1", &["10.1.1.1"], &proxies, None),
        ] {
            assert_eq!(
                asked(peer, forwarded, trusted),
                seen.map(ip),
                "{peer} {forwarded:?}"
            );
        }
    }

    #[test]
    fn a_network_is_written_whole() {
        for wrong in [
            "",
            "x",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "10.0.0.0/",
            "2001:db8::/129",
            "/8",
        ] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        assert!("0.0.0.0/0".parse::<Network>().expect("all").has(ip("8.8.8.8")));
        assert!(
            !"0.0.0.0/0"
                .parse::<Network>()
                .expect("all")
                .has(ip("2001:db8::1"))
        );
    }
}
