//! Where an address lies, looked up on this machine: the registries' own lists of countries, or the
//! operator's table.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use app::account::Regions;
use domain::account::guard::region::{Places, Table};

/// The countries that the five registries gave addresses to, as the crate `iptocc` carries them.
pub struct Registries;

impl Regions for Registries {
    fn region(&self, address: IpAddr) -> Option<String> {
        iptocc::country_code(address).map(str::to_owned)
    }
}

/// A table of the operator's own.
struct Own(Table);

impl Regions for Own {
    fn region(&self, address: IpAddr) -> Option<String> {
        self.0.region(address).map(str::to_owned)
    }

    fn places(&self) -> &Places {
        self.0.places()
    }
}

/// The table to look addresses up in.
///
/// # Errors
/// A file that cannot be read, or a line of it that is wrong.
pub fn table(own: Option<&Path>) -> anyhow::Result<Arc<dyn Regions>> {
    let Some(path) = own else {
        return Ok(Arc::new(Registries));
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the table of regions {}", path.display()))?;
    let table = Table::read(&text).with_context(|| format!("the table of regions {}", path.display()))?;
    Ok(Arc::new(Own(table)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn addresses_are_looked_up_here_and_private_ones_lie_nowhere() {
        let table = table(None).expect("built in");
        for (address, country) in [
            ("8.8.8.8", Some("US")),
            ("114.114.114.114", Some("CN")),
            ("2001:4860:4860::8888", Some("US")),
            ("127.0.0.1", None),
            ("10.0.0.1", None),
            ("192.168.1.1", None),
            ("203.0.113.5", None),
            ("2001:db8::1", None),
        ] {
            let region = table.region(ip(address));
            assert_eq!(region.as_deref(), country, "{address}");
            assert!(region.is_none_or(|region| table.places().has(&region)));
        }
    }

    #[test]
    fn an_operator_s_table_takes_its_place_and_a_wrong_one_stops_the_start() {
        let folder = std::env::temp_dir().join(format!("qifu365-regions-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("regions.csv");
        std::fs::write(&path, "203.0.113.0/24,CN-31,31.2,121.5\n").expect("written");
        let own = table(Some(&path)).expect("read");
        assert_eq!(own.region(ip("203.0.113.9")).as_deref(), Some("CN-31"));
        assert_eq!(own.region(ip("8.8.8.8")), None);
        std::fs::write(&path, "203.0.113.0/24;CN\n").expect("written");
        let refused = table(Some(&path)).map(|_| ()).unwrap_err();
        assert!(format!("{refused:#}").contains("line 1"), "{refused:#}");
        assert!(table(Some(&folder.join("none.csv"))).is_err());
        std::fs::remove_dir_all(folder).expect("gone");
    }
}
