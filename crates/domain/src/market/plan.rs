//! The plan of a service's work: milestones that are paid for, delivered and accepted one after
//! another. A supplier plans shares; an order gets whole fen that add up to its price exactly.

use serde::{Deserialize, Serialize};

use super::catalogue::{Service, Sku, Text};

/// The most milestones of a plan.
pub const MOST: usize = 12;

/// A milestone as the supplier plans it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// What is delivered, in Chinese.
    pub zh: String,
    /// What is delivered, in English.
    pub en: String,
    /// Its share of the service fee, in per cent.
    pub share: i64,
    /// How many days it takes, from its payment; shorter in proportion where a way to buy is faster.
    pub days: i64,
    /// Whether the official fee is paid with it.
    #[serde(default)]
    pub official: bool,
    /// By which items it is judged; empty if by those of the category.
    #[serde(default)]
    pub acceptance: Vec<Text>,
}

/// A milestone as it is agreed on an order.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What is delivered, in Chinese.
    pub zh: String,
    /// What is delivered, in English.
    pub en: String,
    /// Its part of the service fee, in fen.
    pub service_fee: i64,
    /// The official fee paid with it, in fen.
    pub official_fee: i64,
    /// How many days it takes, from its payment.
    pub days: i64,
    /// By which items it is judged; empty if by those of the order.
    #[serde(default)]
    pub acceptance: Vec<Text>,
}

impl Part {
    /// What is paid for it, in fen.
    #[must_use]
    pub const fn amount(&self) -> i64 {
        self.service_fee.saturating_add(self.official_fee)
    }
}

/// The milestones of this way to buy; a service without a plan is one milestone. Nothing if the plan
/// does not work out: shares that are not 100, days that are not the service's, an official fee that
/// is in none or in several, a milestone that costs nothing or
/// has no day.
#[must_use]
pub fn parts(service: &Service, sku: &Sku) -> Option<Vec<Part>> {
    sku.price.checked_add(service.official_fee)?;
    let days = sku.days.unwrap_or(service.days);
    if service.plan.is_empty() {
        return Some(vec![Part {
            zh: sku.zh.clone(),
            en: sku.en.clone(),
            service_fee: sku.price,
            official_fee: service.official_fee,
            days,
            acceptance: Vec::new(),
        }]);
    }
    let plan = &service.plan;
    let holders = plan.iter().filter(|stage| stage.official).count();
    let sound = plan.len() <= MOST
        && plan
            .iter()
            .all(|stage| (1..=100).contains(&stage.share) && stage.days >= 1)
        && plan.iter().map(|stage| stage.share).sum::<i64>() == 100
        && plan
            .iter()
            .try_fold(0_i64, |sum, stage| sum.checked_add(stage.days))
            == Some(service.days)
        && holders == usize::from(service.official_fee > 0);
    if !sound {
        return None;
    }
    // The last milestone takes what rounding left.
    let (mut fee_left, mut days_left) = (sku.price, days);
    let of = |whole: i64, part: i64, all: i64| {
        i64::try_from(i128::from(whole) * i128::from(part) / i128::from(all)).ok()
    };
    let mut parts = Vec::with_capacity(plan.len());
    for (place, stage) in plan.iter().enumerate() {
        let last = place + 1 == plan.len();
        let (fee, time) = if last {
            (fee_left, days_left)
        } else {
            (
                of(sku.price, stage.share, 100)?,
                of(days, stage.days, service.days)?,
            )
        };
        (fee_left, days_left) = (fee_left - fee, days_left - time);
        let part = Part {
            zh: stage.zh.clone(),
            en: stage.en.clone(),
            service_fee: fee,
            official_fee: if stage.official { service.official_fee } else { 0 },
            days: time,
            acceptance: stage.acceptance.clone(),
        };
        if part.amount() <= 0 || fee < 0 || time < 1 {
            return None;
        }
        parts.push(part);
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::market::catalogue::Content;

    fn stage(share: i64, days: i64, official: bool) -> Stage {
        Stage {
            zh: "阶段".to_owned(),
            en: "Stage".to_owned(),
            share,
            days,
            official,
            acceptance: Vec::new(),
        }
    }

    fn service(plan: Vec<Stage>, official_fee: i64) -> Service {
        Service {
            id: Uuid::nil(),
            supplier: Uuid::nil(),
            category: String::new(),
            zh: String::new(),
            en: String::new(),
            summary_zh: String::new(),
            summary_en: String::new(),
            official_fee,
            days: plan.iter().map(|stage| stage.days).sum(),
            tags: Vec::new(),
            synonyms: Vec::new(),
            sales: 0,
            rating: 0,
            paused: false,
            gate: None,
            content: Content::default(),
            plan,
            skus: Vec::new(),
        }
    }

    fn sku(price: i64) -> Sku {
        Sku {
            zh: "标准".to_owned(),
            en: "Standard".to_owned(),
            price,
            days: None,
            adds: Vec::new(),
        }
    }

    #[test]
    fn a_service_without_a_plan_is_one_milestone_with_everything_in_it() {
        let parts = parts(&service(Vec::new(), 270), &sku(400)).expect("a part");
        assert_eq!(parts.len(), 1);
        assert_eq!((parts[0].amount(), parts[0].zh.as_str()), (670, "标准"));
    }

    #[test]
    fn the_last_milestone_takes_what_rounding_left_and_one_holds_the_official_fee() {
        let plan = vec![stage(33, 1, false), stage(33, 2, true), stage(34, 3, false)];
        let parts = parts(&service(plan, 7), &sku(101)).expect("parts");
        let fees: Vec<_> = parts
            .iter()
            .map(|part| (part.service_fee, part.official_fee))
            .collect();
        assert_eq!(fees, [(33, 0), (33, 7), (35, 0)]);
    }

    #[test]
    fn a_faster_way_to_buy_shortens_each_milestone_in_proportion() {
        let service = service(
            vec![stage(30, 20, false), stage(40, 60, false), stage(30, 40, false)],
            0,
        );
        let days = |days| {
            let sku = Sku { days, ..sku(1_000) };
            parts(&service, &sku).map(|parts| parts.iter().map(|part| part.days).collect::<Vec<_>>())
        };
        assert_eq!(days(None), Some(vec![20, 60, 40]));
        assert_eq!(days(Some(90)), Some(vec![15, 45, 30]));
        assert_eq!(days(Some(10)), Some(vec![1, 5, 4]));
        assert_eq!(days(Some(5)), None, "a milestone without a day");
    }

    #[test]
    fn a_plan_that_does_not_work_out_makes_no_order() {
        let price = sku(10_000);
        let days_off = Service {
            days: 9,
            ..service(vec![stage(50, 1, false), stage(50, 1, false)], 0)
        };
        for wrong in [
            service(vec![stage(50, 1, false), stage(49, 1, false)], 0),
            service(vec![stage(0, 1, false), stage(100, 1, false)], 0),
            service(vec![stage(-1, 1, false), stage(101, 1, false)], 0),
            service(vec![stage(50, 0, false), stage(50, 1, false)], 0),
            service(vec![stage(50, 1, false), stage(50, 1, false)], 5),
            service(vec![stage(50, 1, true), stage(50, 1, true)], 5),
            service(vec![stage(50, 1, true), stage(50, 1, false)], 0),
            service((0..=MOST).map(|_| stage(100, 1, false)).collect(), 0),
            days_off,
        ] {
            assert_eq!(parts(&wrong, &price), None, "{:?}", wrong.plan);
        }
        let halves = service(vec![stage(50, 1, false), stage(50, 1, false)], 0);
        assert_eq!(parts(&halves, &sku(1)), None, "a milestone of nothing");
        assert!(parts(&halves, &sku(2)).is_some());
        assert_eq!(parts(&service(Vec::new(), i64::MAX), &sku(1)), None);
    }

    proptest! {
        #[test]
        fn whatever_the_price_the_milestones_add_up_to_it(
            price in 100_i64..1_000_000_000_000,
            official in 0_i64..1_000_000,
            cuts in prop::collection::btree_set(1_i64..100, 0..(MOST - 1)),
        ) {
            let mut from = 0;
            let bounds: Vec<i64> = cuts.into_iter().chain([100]).collect();
            let plan: Vec<Stage> = bounds.iter().enumerate().map(|(place, to)| {
                let share = to - from;
                from = *to;
                stage(share, 1, place == 0 && official > 0)
            }).collect();
            let service = service(plan, official);
            let parts = parts(&service, &sku(price)).expect("a plan that works out");
            prop_assert_eq!(parts.iter().map(|part| part.service_fee).sum::<i64>(), price);
            prop_assert_eq!(parts.iter().map(|part| part.official_fee).sum::<i64>(), official);
            for (part, stage) in parts.iter().zip(&service.plan) {
                let exact = i128::from(price) * i128::from(stage.share) / 100;
                prop_assert!((i128::from(part.service_fee) - exact).abs() < i128::try_from(MOST).expect("small"));
            }
        }
    }
}
