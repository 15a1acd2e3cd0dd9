//! Where an address lies, as coarsely as it can be: a country, or whatever regions the operator's own
//! table names. No address is looked up outside, and none is stored.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::LazyLock;

use time::Duration;

/// Kilometres an hour that nobody travels faster from door to door.
const FASTEST: f64 = 1_000.0;
/// Kilometres that count for nothing: a place stands for the land around it.
const SLACK: f64 = 1_500.0;
/// The earth's radius in kilometres.
const EARTH: f64 = 6_371.0;
/// After this nobody is too far.
pub const FAR_ENOUGH: Duration = Duration::hours(20);
/// The longest code of a region.
const CODE_CHARS: usize = 12;
/// The most lines of an operator's table.
const LINES: usize = 2_000_000;

/// A place in tenths of a degree: latitude, longitude.
type Place = (i32, i32);

const COUNTRIES: &str = include_str!("../../../data/places.tsv");

static KNOWN: LazyLock<Places> = LazyLock::new(|| Places::read(COUNTRIES).unwrap_or_default());

/// Where regions lie.
#[derive(Clone, Debug, Default)]
pub struct Places(HashMap<String, Vec<Place>>);

impl Places {
    /// The countries of the world.
    #[must_use]
    pub fn countries() -> &'static Self {
        &KNOWN
    }

    fn read(text: &str) -> Option<Self> {
        let mut places = HashMap::<String, Vec<Place>>::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut parts = line.split('\t');
            let (code, latitude, longitude) = (parts.next()?, parts.next()?, parts.next()?);
            let place = (latitude.parse().ok()?, longitude.parse().ok()?);
            places.entry(code.to_owned()).or_default().push(place);
        }
        Some(Self(places))
    }

    /// The codes that are known.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether a region of this code is known.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// Kilometres between two regions at their nearest, less what counts for nothing; `None` if one is
    /// unknown.
    #[must_use]
    pub fn apart(&self, one: &str, other: &str) -> Option<f64> {
        if one == other {
            return Some(0.0);
        }
        let (one, other) = (self.0.get(one)?, self.0.get(other)?);
        let between = one
            .iter()
            .flat_map(|a| other.iter().map(move |b| distance(*a, *b)));
        let nearest = between.fold(f64::INFINITY, f64::min);
        Some((nearest - SLACK).max(0.0))
    }

    /// Whether somebody gets from one to the other in this time. What is unknown is near enough.
    #[must_use]
    pub fn reachable(&self, one: &str, other: &str, within: Duration) -> bool {
        if within >= FAR_ENOUGH {
            return true;
        }
        let hours = within.as_seconds_f64().max(0.0) / 3_600.0;
        self.apart(one, other)
            .is_none_or(|kilometres| kilometres <= hours * FASTEST)
    }
}

/// The great-circle distance in kilometres.
fn distance(one: Place, other: Place) -> f64 {
    let radians = |tenths: i32| (f64::from(tenths) / 10.0).to_radians();
    let (a, b) = (radians(one.0), radians(other.0));
    let (up, across) = (b - a, radians(other.1) - radians(one.1));
    let chord = (up / 2.0).sin().powi(2) + a.cos() * b.cos() * (across / 2.0).sin().powi(2);
    2.0 * EARTH * chord.sqrt().min(1.0).asin()
}

/// What is wrong with an operator's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A line is none: its number.
    #[error(
        "line {0} is not `prefix,region` or `prefix,region,latitude,longitude`, such as 203.0.113.0/24,CN-31,31.2,121.5"
    )]
    Line(usize),
    /// A region has no place: the number of the line that names it.
    #[error("line {0} names a region that is no country and has no latitude and longitude in any line")]
    Nowhere(usize),
    /// There are more lines than are read.
    #[error("the table has more than 2,000,000 lines")]
    Long,
    /// There is no line.
    #[error("the table is empty")]
    Empty,
}

/// An operator's own table: prefixes, the longest that fits counts.
#[derive(Debug)]
pub struct Table {
    /// First address, length of the prefix, region; sorted. IPv4 lies in IPv6 as everywhere.
    rows: Vec<(u128, u8, u32)>,
    codes: Vec<String>,
    places: Places,
}

/// An address as a number; IPv4 where IPv6 has it.
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

/// The first address and the length of a prefix as written.
fn prefix(text: &str) -> Option<(u128, u8)> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u8 = length.parse().ok()?;
    let (most, shift) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
    if length > most {
        return None;
    }
    let length = length + shift;
    let first = number(address);
    // A prefix with signs behind its end is a slip of the pen.
    (first & mask(length) == first).then_some((first, length))
}

impl Table {
    /// Reads a table: one prefix a line with its region, and, once at least for a region that is no
    /// country, where it lies in degrees. Lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// [`TableError`] with the first line that is wrong.
    pub fn read(text: &str) -> Result<Self, TableError> {
        let (mut rows, mut codes) = (Vec::new(), Vec::<String>::new());
        let mut numbers = HashMap::<String, (u32, usize)>::new();
        let mut places = Places::countries().clone();
        for (at, line) in text.lines().enumerate() {
            let wrong = TableError::Line(at + 1);
            if at >= LINES {
                return Err(TableError::Long);
            }
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let parts: Vec<&str> = line.split(',').map(str::trim).collect();
            let ([range, code] | [range, code, _, _]) = parts[..] else {
                return Err(wrong);
            };
            let (first, length) = prefix(range).ok_or(wrong)?;
            let sound = !code.is_empty()
                && code.len() <= CODE_CHARS
                && code
                    .bytes()
                    .all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == b'-');
            if !sound {
                return Err(wrong);
            }
            if let [_, _, latitude, longitude] = parts[..] {
                let place = (
                    tenths(latitude, 90.0).ok_or(wrong)?,
                    tenths(longitude, 180.0).ok_or(wrong)?,
                );
                let known = places.0.entry(code.to_owned()).or_default();
                if !known.contains(&place) {
                    known.push(place);
                }
            }
            let next = u32::try_from(codes.len()).map_err(|_| TableError::Long)?;
            let (region, _) = *numbers.entry(code.to_owned()).or_insert_with(|| {
                codes.push(code.to_owned());
                (next, at + 1)
            });
            rows.push((first, length, region));
        }
        if rows.is_empty() {
            return Err(TableError::Empty);
        }
        if let Some((_, line)) = numbers
            .iter()
            .filter(|(code, _)| !places.0.contains_key(*code))
            .map(|(_, known)| known)
            .min_by_key(|(_, line)| line)
        {
            return Err(TableError::Nowhere(*line));
        }
        rows.sort_unstable();
        rows.dedup_by_key(|(first, length, _)| (*first, *length));
        Ok(Self { rows, codes, places })
    }

    /// The region of an address.
    #[must_use]
    pub fn region(&self, address: IpAddr) -> Option<&str> {
        let wanted = number(address);
        // At most 128 lengths, each one look-up: of two that fit the longer counts.
        let found = (0..=128_u8).rev().find_map(|length| {
            let key = (wanted & mask(length), length);
            let at = self
                .rows
                .binary_search_by_key(&key, |(first, length, _)| (*first, *length));
            at.ok()
        })?;
        let (_, _, region) = self.rows.get(found)?;
        self.codes.get(usize::try_from(*region).ok()?).map(String::as_str)
    }

    /// Where its regions lie.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }
}

fn tenths(text: &str, most: f64) -> Option<i32> {
    let degrees: f64 = text.parse().ok()?;
    if !degrees.is_finite() || degrees.abs() > most {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within 1,800")]
    let tenths = (degrees * 10.0).round() as i32;
    Some(tenths)
}

/// The network of an address: /24 of IPv4, /48 of IPv6, as a text that is digested and never stored.
#[must_use]
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(four) => {
            let [a, b, c, _] = four.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(six) => {
            let [a, b, c, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn countries_lie_where_they_lie() {
        let places = Places::countries();
        assert!(places.codes().count() > 240);
        let between = |one, other| places.apart(one, other).expect("known");
        assert!(
            (3_000.0..5_000.0).contains(&between("CN", "US")),
            "{}",
            between("CN", "US")
        );
        assert!((2_000.0..5_000.0).contains(&between("CN", "DE")));
        for near in ["CN", "HK", "MO", "TW", "KR"] {
            assert!(between("CN", near) < 1.0, "{near}");
        }
        assert_eq!(places.apart("CN", "XX"), None);
        for (one, other) in [("CN", "US"), ("JP", "BR")] {
            assert!((between(one, other) - between(other, one)).abs() < 1.0);
        }
    }

    #[test]
    fn too_far_is_what_nobody_travels_in_the_time() {
        let places = Places::countries();
        let hours = places.apart("CN", "US").expect("known") / FASTEST;
        let just = Duration::seconds_f64(hours * 3_600.0);
        assert!(places.reachable("CN", "US", just + Duration::SECOND));
        assert!(!places.reachable("CN", "US", just - Duration::SECOND));
        assert!(!places.reachable("JP", "BR", Duration::ZERO));
        assert!(places.reachable("JP", "BR", FAR_ENOUGH));
        assert!(places.reachable("CN", "CN", Duration::ZERO));
        assert!(
            places.reachable("CN", "??", Duration::ZERO),
            "what is unknown is no signal"
        );
        assert!(
            places.reachable("CN", "US", Duration::days(-1)) == places.reachable("CN", "US", Duration::ZERO)
        );
    }

    #[test]
    fn the_longest_prefix_counts() {
        let text = "# regions\n\n203.0.113.0/24,CN-31,31.2,121.5\n203.0.113.128/25, CN-11, 39.9, 116.4\n\
            2001:db8::/32,JP\n198.51.100.7/32,US\n0.0.0.0/0,FR\n";
        let table = Table::read(text).expect("a table");
        for (address, region) in [
            ("203.0.113.5", Some("CN-31")),
            ("203.0.113.200", Some("CN-11")),
            ("::ffff:203.0.113.200", Some("CN-11")),
            ("198.51.100.7", Some("US")),
            ("198.51.100.8", Some("FR")),
            ("2001:db8:1::1", Some("JP")),
            ("2001:db9::1", None),
        ] {
            assert_eq!(table.region(ip(address)), region, "{address}");
        }
        assert!(table.places().apart("CN-31", "CN-11").is_some());
        assert!(!table.places().reachable("CN-31", "US", Duration::hours(1)));
    }

    #[test]
    fn a_table_that_is_wrong_says_where() {
        for (text, error) in [
            ("", TableError::Empty),
            ("# nothing\n", TableError::Empty),
            ("203.0.113.0/24", TableError::Line(1)),
            ("203.0.113.0,CN", TableError::Line(1)),
            ("# x\n203.0.113.0/33,CN", TableError::Line(2)),
            ("203.0.113.1/24,CN", TableError::Line(1)),
            ("203.0.113.0/24,cn", TableError::Line(1)),
            ("203.0.113.0/24,", TableError::Line(1)),
            ("203.0.113.0/24,CN-31,91,0", TableError::Line(1)),
            ("203.0.113.0/24,CN-31,1,181", TableError::Line(1)),
            ("203.0.113.0/24,CN-31,NaN,1", TableError::Line(1)),
            ("203.0.113.0/24,CN-31,1", TableError::Line(1)),
            ("203.0.113.0/24,CN\n203.0.114.0/24,CN-31", TableError::Nowhere(2)),
        ] {
            assert_eq!(Table::read(text).map(|_| ()), Err(error), "{text}");
        }
    }

    #[test]
    fn networks_are_wider_than_one_household_s_address() {
        assert_eq!(network(ip("203.0.113.77")), "203.0.113.0/24");
        assert_eq!(network(ip("::ffff:203.0.113.77")), "203.0.113.0/24");
        assert_eq!(network(ip("2001:db8:5:6::1")), "2001:db8:5::/48");
    }
}
