//! Every list a visitor can ask for, laid out once for each catalogue: a service stands in eight of
//! them (its category or any, its price band or any, its city or any). A page of a list is then a
//! slice, and what a choice would leave is the length of one, whatever the catalogue's size.

use std::collections::HashMap;
use std::sync::Arc;

use domain::market::catalogue::Service;

use super::{BANDS, Filter, Sort};

/// A kind of choice: nothing chosen, or one of the known values.
struct Axis {
    values: Vec<String>,
    places: HashMap<String, usize>,
}

/// The place of "nothing chosen" on every axis.
const ANY: usize = 0;

impl Axis {
    fn of(values: impl IntoIterator<Item = String>) -> Self {
        let values: Vec<String> = values.into_iter().collect();
        let places = values.iter().cloned().zip(ANY + 1..).collect();
        Self { values, places }
    }

    fn len(&self) -> usize {
        self.values.len() + 1
    }

    fn place(&self, value: &str) -> Option<usize> {
        self.places.get(value).copied()
    }

    /// Where a choice stands; `None` if there is no such value.
    fn chosen(&self, choice: Option<&str>) -> Option<usize> {
        choice.map_or(Some(ANY), |value| self.place(value))
    }

    /// Each value with how many services it has, those with none left out.
    fn counted(&self, count: impl Fn(usize) -> usize) -> Vec<(String, usize)> {
        let values = self.values.iter().zip(ANY + 1..);
        values
            .map(|(value, place)| (value, count(place)))
            .filter(|(_, count)| *count > 0)
            .map(|(value, count)| (value.clone(), count))
            .collect()
    }
}

/// The lists of one catalogue.
pub(super) struct Lists {
    categories: Axis,
    bands: Axis,
    cities: Axis,
    /// For each list, where it begins in each of `orders`; one more for the end of the last.
    starts: Vec<usize>,
    /// For each order: the services of all lists, one list after the other.
    orders: Vec<Vec<u32>>,
}

/// A page cut from a list, by the services' places in the catalogue.
pub(super) struct Cut<'a> {
    pub(super) services: &'a [u32],
    pub(super) categories: Vec<(String, usize)>,
    pub(super) bands: Vec<(String, usize)>,
    pub(super) cities: Vec<(String, usize)>,
}

fn band(service: &Service) -> Option<usize> {
    let price = service.from_price();
    BANDS
        .iter()
        .position(|(_, low, high)| *low <= price && price < *high)
}

impl Lists {
    /// Lays out the lists of these services, given in the usual order.
    pub(super) fn of<'a>(
        offered: &[Arc<Service>],
        categories: impl Iterator<Item = &'a str>,
        city_of: impl Fn(&Service) -> &'a str,
    ) -> Self {
        let mut cities: Vec<&str> = offered.iter().map(|service| city_of(service)).collect();
        cities.sort_unstable();
        cities.dedup();
        let mut lists = Self {
            categories: Axis::of(categories.map(str::to_owned)),
            bands: Axis::of(BANDS.iter().map(|(band, ..)| (*band).to_owned())),
            cities: Axis::of(cities.into_iter().map(str::to_owned)),
            starts: Vec::new(),
            orders: Vec::new(),
        };
        // The lists each service stands in, in no order.
        let standing: Vec<Vec<usize>> = offered
            .iter()
            .map(|service| lists.lists_of(service, city_of(service)))
            .collect();
        lists.starts = vec![0; lists.list(lists.categories.len(), ANY, ANY) + 1];
        for list in standing.iter().flatten() {
            lists.starts[list + 1] += 1;
        }
        for list in 1..lists.starts.len() {
            lists.starts[list] += lists.starts[list - 1];
        }
        lists.orders = Sort::ALL
            .iter()
            .map(|sort| {
                let mut next = lists.starts.clone();
                let mut laid = vec![0; lists.starts.last().copied().unwrap_or_default()];
                for place in sorted(offered, *sort) {
                    for list in standing.get(place as usize).into_iter().flatten() {
                        laid[next[*list]] = place;
                        next[*list] += 1;
                    }
                }
                laid
            })
            .collect();
        lists
    }

    fn list(&self, category: usize, band: usize, city: usize) -> usize {
        (category * self.bands.len() + band) * self.cities.len() + city
    }

    fn lists_of(&self, service: &Service, city: &str) -> Vec<usize> {
        let category = self.categories.place(&service.category);
        let band = band(service).map(|place| place + ANY + 1);
        let mut lists = Vec::with_capacity(8);
        for category in [Some(ANY), category].into_iter().flatten() {
            for band in [Some(ANY), band].into_iter().flatten() {
                for city in [Some(ANY), self.cities.place(city)].into_iter().flatten() {
                    lists.push(self.list(category, band, city));
                }
            }
        }
        lists
    }

    fn len(&self, list: usize) -> usize {
        self.starts[list + 1] - self.starts[list]
    }

    /// The list that a filter asks for, whole, and what each choice would leave.
    pub(super) fn cut(&self, filter: &Filter) -> Cut<'_> {
        let category = self.categories.chosen(filter.category.as_deref());
        let band = self.bands.chosen(filter.band.as_deref());
        let city = self.cities.chosen(filter.city.as_deref());
        // What does not exist leaves nothing.
        let count = |category: Option<usize>, band: Option<usize>, city: Option<usize>| {
            let (Some(category), Some(band), Some(city)) = (category, band, city) else {
                return 0;
            };
            self.len(self.list(category, band, city))
        };
        let mut cities = self.cities.counted(|city| count(category, band, Some(city)));
        cities.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let order = Sort::ALL.iter().position(|sort| *sort == filter.sort);
        let services = match (
            category,
            band,
            city,
            order.and_then(|order| self.orders.get(order)),
        ) {
            (Some(category), Some(band), Some(city), Some(laid)) => {
                let list = self.list(category, band, city);
                &laid[self.starts[list]..self.starts[list + 1]]
            }
            _ => &[],
        };
        Cut {
            services,
            categories: self
                .categories
                .counted(|category| count(Some(category), band, city)),
            bands: self.bands.counted(|band| count(category, Some(band), city)),
            cities,
        }
    }
}

/// The services' places in an order.
fn sorted(offered: &[Arc<Service>], sort: Sort) -> Vec<u32> {
    let mut places: Vec<(u32, &Arc<Service>)> = (0..).zip(offered).collect();
    match sort {
        Sort::Usual => {}
        Sort::PriceUp => places.sort_by_cached_key(|(_, service)| (service.from_price(), service.id)),
        Sort::PriceDown => {
            places.sort_by_cached_key(|(_, service)| (std::cmp::Reverse(service.from_price()), service.id));
        }
        Sort::Rating => places.sort_by_key(|(_, service)| (std::cmp::Reverse(service.rating), service.id)),
    }
    places.into_iter().map(|(place, _)| place).collect()
}
