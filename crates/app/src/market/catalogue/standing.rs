//! How suppliers stand, laid over the catalogue's documents: what may not be offered is not in it, what is
//! restricted takes no orders, and what the law has shown of a supplier is beside it (2.1.1.c, 0.11).

use std::collections::{HashMap, HashSet};

use domain::market::catalogue::{Area, Category, Service, Standing, Supplier, Text, areas};
use domain::supplier::licence::day_of;
use domain::supplier::onboarding::State;
use privacy::purpose::Browse;
use storage::Tx;
use storage::supplier::licence::{self as licences, LicenceRow};
use storage::supplier::{self as store, PublicRow};
use time::Date;
use uuid::Uuid;

use crate::Failure;

/// A licence as the law has it shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicLicence {
    /// What it is for.
    pub area: Text,
    /// What it is called.
    pub name: Text,
    /// Its number.
    pub number: String,
    /// Who gave it.
    pub issuer: String,
    /// Its last day, if it has one.
    pub until: Option<Date>,
}

/// What the law has shown of a supplier; nothing of it is about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The enterprise's registered name; nothing while no organisation is behind it.
    pub enterprise: Option<String>,
    /// Whether the enterprise is verified.
    pub verified: bool,
    /// Its licences that are good.
    pub licences: Vec<PublicLicence>,
}

/// What the store says of one supplier.
struct Facts {
    standing: Standing,
    /// Where it may offer.
    open: HashSet<String>,
    /// Where it takes nothing new.
    restricted: HashSet<String>,
}

/// What the store says of all of them.
pub(super) struct Stands {
    facts: HashMap<Uuid, Facts>,
    pub(super) shown: HashMap<Uuid, Shown>,
}

/// How a supplier stands towards everybody. Who is bound by no undertaking is not listed; of whose areas
/// none is open, the licences are over or were taken back.
fn standing(row: &PublicRow, bound: bool, open: &HashSet<String>, has_areas: bool) -> Standing {
    policy::clause!("0.11");
    match row.state {
        State::Active | State::Restricted if !bound => Standing::Suspended,
        State::Active | State::Restricted if open.is_empty() && has_areas => Standing::Expired,
        State::Active => Standing::Active,
        State::Restricted => Standing::Restricted,
        State::Suspended | State::Exiting => Standing::Suspended,
        State::Exited | State::Banned if row.admitted_at.is_some() => Standing::Left,
        _ => Standing::Applied,
    }
}

fn public(known: &[Area], row: &LicenceRow) -> Option<PublicLicence> {
    let area = known.iter().find(|area| area.slug == row.area)?;
    Some(PublicLicence {
        area: area.name.clone(),
        name: area.licence.clone(),
        number: row.number.clone(),
        issuer: row.issuer.clone(),
        until: row.licence.until,
    })
}

/// Reads how every supplier stands, a few statements for all of them.
pub(super) async fn read(tx: &mut Tx<'_, Browse>, categories: &[Category]) -> Result<Stands, Failure> {
    let today = day_of(tx.ctx().now());
    let (rows, held) = store::public(tx).await?;
    let mut of: HashMap<Uuid, Vec<LicenceRow>> = HashMap::new();
    for row in licences::all(tx).await? {
        of.entry(row.supplier).or_default().push(row);
    }
    let mut areas_of: HashMap<Uuid, Vec<(String, bool)>> = HashMap::new();
    for (supplier, area, restricted) in held {
        areas_of.entry(supplier).or_default().push((area, restricted));
    }
    let known = areas(categories);
    let gated: HashSet<&str> = known
        .iter()
        .filter(|area| !area.licence.is_empty())
        .map(|area| area.slug.as_str())
        .collect();
    let mut stands = Stands {
        facts: HashMap::new(),
        shown: HashMap::new(),
    };
    for row in rows {
        let licences = of.remove(&row.id).unwrap_or_default();
        let good = |area: &str| {
            licences
                .iter()
                .any(|one| one.area == area && one.licence.good(today))
        };
        let areas = areas_of.remove(&row.id).unwrap_or_default();
        let listed = |area: &str| !gated.contains(area) || good(area);
        let open: HashSet<String> = areas
            .iter()
            .map(|(area, _)| area.clone())
            .filter(|area| listed(area))
            .collect();
        let restricted = areas
            .iter()
            .filter(|(_, restricted)| *restricted)
            .map(|(area, _)| area.clone())
            .collect();
        let bound = row
            .undertaking
            .as_deref()
            .is_some_and(|signed| tx.store().policy().editions().binds(signed, today));
        let shown = Shown {
            enterprise: row.enterprise.as_ref().map(|(name, _)| name.clone()),
            verified: row.verified,
            licences: licences
                .iter()
                .filter(|one| one.licence.good(today))
                .filter_map(|one| public(&known, one))
                .collect(),
        };
        let facts = Facts {
            standing: standing(&row, bound, &open, !areas.is_empty()),
            open,
            restricted,
        };
        stands.shown.insert(row.id, shown);
        stands.facts.insert(row.id, facts);
    }
    Ok(stands)
}

impl Stands {
    /// Lays it over the documents. Whom the store knows nothing of was never admitted.
    pub(super) fn apply(&self, suppliers: &mut [Supplier], services: &mut Vec<Service>) {
        policy::clause!("2.1.1.c");
        for supplier in suppliers {
            let facts = self.facts.get(&supplier.id);
            supplier.standing = facts.map_or(Standing::Applied, |facts| facts.standing);
        }
        services.retain_mut(|service| {
            let Some(facts) = self.facts.get(&service.supplier) else {
                return false;
            };
            let area = service.area().to_owned();
            service.paused = facts.restricted.contains(&area);
            facts.open.contains(&area)
        });
    }
}
