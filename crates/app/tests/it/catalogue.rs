//! Lists of the catalogue, against a plain search of all services.

use app::market::catalogue::{BANDS, Catalogue, Filter, PAGE, Sort};
use domain::market::catalogue::{Service, Standing, Supplier, Text};

fn fits(choice: Option<&str>, value: &str) -> bool {
    choice.is_none_or(|choice| choice == value)
}

fn band(service: &Service) -> &'static str {
    let price = service.from_price();
    let known = BANDS.iter().find(|(_, low, high)| *low <= price && price < *high);
    known.map_or("", |(band, ..)| band)
}

#[test]
fn every_list_shows_what_fits_in_its_order_and_counts_what_each_choice_leaves() {
    let demo = app::demo::catalogue().expect("the demo's catalogue");
    let city = |service: &Service| {
        let supplier = demo
            .suppliers
            .iter()
            .find(|supplier| supplier.id == service.supplier);
        supplier
            .map(|supplier| supplier.city.zh.as_str())
            .unwrap_or_default()
    };
    let (groups, categories) = (demo.groups.clone(), demo.categories.clone());
    let catalogue = Catalogue::of(groups, categories, demo.suppliers.clone(), demo.services.clone())
        .expect("a catalogue");
    let offered: Vec<&Service> = catalogue
        .favourites(usize::MAX)
        .map(|service| &**service)
        .collect();
    let unknown = [None, Some("nowhere")];
    let slugs: Vec<Option<&str>> = demo
        .categories
        .iter()
        .map(|known| Some(known.slug.as_str()))
        .collect();
    let bands: Vec<Option<&str>> = BANDS.iter().map(|(band, ..)| Some(*band)).collect();
    let cities: Vec<Option<&str>> = demo
        .suppliers
        .iter()
        .map(|known| Some(known.city.zh.as_str()))
        .collect();
    let mut seen = 0;
    for category in unknown.iter().chain(&slugs) {
        for chosen_band in unknown.iter().chain(&bands) {
            for chosen_city in unknown.iter().chain(&cities) {
                let fitting =
                    |category: Option<&str>, chosen_band: Option<&str>, chosen_city: Option<&str>| {
                        let fitting = offered.iter().filter(|service| {
                            fits(category, &service.category)
                                && fits(chosen_band, band(service))
                                && fits(chosen_city, city(service))
                        });
                        fitting.copied().collect::<Vec<&Service>>()
                    };
                for sort in Sort::ALL {
                    let mut expected = fitting(*category, *chosen_band, *chosen_city);
                    match sort {
                        Sort::Usual => {}
                        Sort::PriceUp => expected.sort_by_key(|service| (service.from_price(), service.id)),
                        Sort::PriceDown => {
                            expected.sort_by_key(|service| (-service.from_price(), service.id));
                        }
                        Sort::Rating => expected.sort_by_key(|service| (-service.rating, service.id)),
                    }
                    let own = |text: Option<&str>| text.map(str::to_owned);
                    let listing = catalogue.list(&Filter {
                        category: own(*category),
                        band: own(*chosen_band),
                        city: own(*chosen_city),
                        sort: *sort,
                        page: 1,
                        per_page: None,
                    });
                    let shown: Vec<_> = listing.services.iter().map(|service| service.id).collect();
                    let first: Vec<_> = expected.iter().take(PAGE).map(|service| service.id).collect();
                    assert_eq!((listing.total, shown), (expected.len(), first));
                    for (slug, count) in &listing.categories {
                        assert_eq!(*count, fitting(Some(slug), *chosen_band, *chosen_city).len());
                    }
                    for (band, count) in &listing.bands {
                        assert_eq!(*count, fitting(*category, Some(band), *chosen_city).len());
                    }
                    for (city, count) in &listing.cities {
                        assert_eq!(*count, fitting(*category, *chosen_band, Some(city)).len());
                    }
                    let left = fitting(None, *chosen_band, *chosen_city).len();
                    assert_eq!(
                        listing.categories.iter().map(|(_, count)| count).sum::<usize>(),
                        left
                    );
                    assert!(listing.cities.is_sorted_by(|a, b| a.1 >= b.1));
                    seen += usize::from(listing.total > 0);
                }
            }
        }
    }
    assert!(seen > 100, "{seen} lists with something in them");
}

#[test]
fn a_page_past_the_end_is_the_last_and_pages_do_not_overlap() {
    let demo = app::demo::catalogue().expect("the demo's catalogue");
    let catalogue =
        Catalogue::of(demo.groups, demo.categories, demo.suppliers, demo.services).expect("a catalogue");
    let page = |page| {
        let filter = Filter {
            page,
            ..Filter::default()
        };
        catalogue.list(&filter)
    };
    let (first, last) = (page(1), page(usize::MAX));
    assert_eq!((page(0).page, first.page, last.page), (1, 1, first.pages));
    let mut ids: Vec<_> = (1..=first.pages)
        .flat_map(|number| page(number).services)
        .map(|service| service.id)
        .collect();
    assert_eq!(ids.len(), catalogue.offered());
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), catalogue.offered());
}

fn demo() -> Catalogue {
    let demo = app::demo::catalogue().expect("the demo's catalogue");
    // Those that may not offer have their pages too, once they may.
    let suppliers = demo.suppliers.into_iter().map(|supplier| Supplier {
        standing: Standing::Active,
        ..supplier
    });
    Catalogue::of(demo.groups, demo.categories, suppliers.collect(), demo.services).expect("a catalogue")
}

fn is_han(sign: char) -> bool {
    matches!(sign, '\u{4e00}'..='\u{9fff}')
}

#[test]
fn every_service_of_the_demonstration_promises_its_own_in_both_languages() {
    let catalogue = demo();
    let mut promised: Vec<(&str, &[Text])> = Vec::new();
    let both = |text: &Text, of: &str| {
        assert!(!text.zh.is_empty() && !text.en.is_empty(), "{of}: {text:?}");
        assert!(!text.en.contains(is_han), "{of}: {}", text.en);
    };
    for service in catalogue.favourites(usize::MAX) {
        let category = catalogue.category(&service.category).expect("a category");
        let supplier = catalogue.supplier(service.supplier).expect("a supplier");
        let of = service.zh.as_str();
        let all = service.promised(category);
        for list in [
            all.process,
            all.materials,
            all.deliverables,
            all.acceptance,
            all.after_sales,
        ] {
            assert!((3..=6).contains(&list.len()), "{of}: {list:?}");
            for text in list {
                both(text, of);
            }
        }
        assert_eq!(all.faq.len(), 3, "{of}");
        for faq in all.faq {
            both(&faq.question, of);
            both(&faq.answer, of);
        }
        for text in service.tags.iter().chain([&supplier.city]) {
            both(text, of);
        }
        if !category.licence.is_empty() {
            both(&category.licence, of);
        }
        for sku in &service.skus {
            both(&Text::new(&sku.zh, &sku.en), of);
            for text in &sku.adds {
                both(text, of);
            }
        }
        both(&Text::new(&service.zh, &service.en), of);
        both(&Text::new(&service.summary_zh, &service.summary_en), of);
        for list in [all.deliverables, all.acceptance] {
            let other = promised.iter().find(|(_, known)| *known == list);
            assert!(other.is_none(), "{of} promises what {other:?} does");
            promised.push((of, list));
        }
    }
}

#[test]
fn the_dearer_way_to_buy_is_faster_or_gives_more() {
    let catalogue = demo();
    let mut express = 0;
    for service in catalogue.favourites(usize::MAX) {
        let category = catalogue.category(&service.category).expect("a category");
        let offer = |sku| service.offer(category, sku).expect("a way to buy");
        let (usual, other) = (offer(0), offer(1));
        assert!(other.sku.price > usual.sku.price, "{}", service.zh);
        if other.sku.zh.contains("加急") {
            express += 1;
            assert!(
                (1..usual.days).contains(&other.days),
                "{}: {} days",
                service.zh,
                other.days
            );
        } else {
            assert!(
                other.deliverables().count() > usual.deliverables().count(),
                "{}",
                service.zh
            );
        }
    }
    assert!(express > 30, "{express}");
}
