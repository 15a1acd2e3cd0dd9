//! A catalogue of any size from word lists: the same at every run, fictional throughout.

use anyhow::{Context as _, Result};
use app::demo::DemoCatalogue;
use domain::market::catalogue::{Category, Content, Service, Sku, Standing, Supplier, Text};
use uuid::Uuid;

const PLACES: &[&str] = &[
    "上海", "杭州", "深圳", "北京", "广州", "成都", "武汉", "苏州", "南京", "青岛", "厦门", "西安", "宁波",
    "合肥", "长沙", "重庆", "天津", "佛山",
];
const CUSTOMERS: &[(&str, &str)] = &[
    ("餐饮企业", "restaurants"),
    ("跨境电商", "cross-border sellers"),
    ("科技公司", "technology firms"),
    ("外贸公司", "traders"),
    ("连锁门店", "chain stores"),
    ("建筑企业", "builders"),
    ("医疗机构", "clinics"),
    ("教育机构", "schools"),
    ("物流公司", "carriers"),
    ("直播团队", "streamers"),
    ("制造企业", "manufacturers"),
    ("软件企业", "software firms"),
    ("小微企业", "small firms"),
    ("初创团队", "start-ups"),
];
const WAYS: &[(&str, &str)] = &[
    ("加急办理", "express"),
    ("全程代办", "all done for you"),
    ("一对一顾问", "personal adviser"),
    ("含材料起草", "drafting included"),
    ("线上办理", "online"),
    ("含年度跟进", "one year of care"),
    ("标准流程", "standard"),
    ("首次办理", "first time"),
    ("异地办理", "other city"),
    ("疑难处理", "difficult cases"),
];
const FIRST_SIGNS: &[&str] = &[
    "云", "星", "青", "海", "远", "恒", "博", "嘉", "锦", "瑞", "宏", "启", "安", "和", "明", "华", "信",
    "智", "金", "同",
];
const SECOND_SIGNS: &[&str] = &[
    "川", "帆", "岭", "舟", "杉", "桥", "图", "禾", "泽", "岳", "衡", "峰", "晟", "澜", "岚", "屿", "湾",
    "鼎", "石", "原",
];
const TRADES: &[(&str, &str)] = &[
    ("企业服务", "Business Services"),
    ("财税", "Tax"),
    ("知识产权", "IP"),
    ("信息科技", "Technology"),
    ("人力资源", "People"),
    ("管理咨询", "Consulting"),
];
const FEES: &[i64] = &[0, 0, 0, 27_000, 30_000, 90_000];

/// Services a supplier has on average.
const PER_SUPPLIER: usize = 40;

/// Numbers that repeat (splitmix64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The same numbers for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 if there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.bits() % limit).unwrap_or(0)
    }

    /// One of the list.
    ///
    /// # Panics
    /// On an empty list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// An amount in fen from 100 to a million yuan, small ones more often.
    fn price(&mut self) -> i64 {
        let steps = i64::try_from(self.below(99) + 1).unwrap_or(1);
        steps * *self.pick(&[10_000, 10_000, 50_000, 1_000_000])
    }

    fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.bits(), self.bits())
    }

    fn rating(&mut self) -> i64 {
        i64::try_from(3_500 + self.below(1_500)).unwrap_or_default()
    }
}

fn supplier(random: &mut Random) -> Supplier {
    let (city, trade) = (*random.pick(PLACES), *random.pick(TRADES));
    let brand = format!("{}{}", random.pick(FIRST_SIGNS), random.pick(SECOND_SIGNS));
    let id = random.id();
    Supplier {
        id,
        zh: format!("{city}{brand}{}（虚构）", trade.0),
        en: format!("{} {} (fictional)", trade.1, &id.simple().to_string()[..6]),
        uscc: format!("91999999MA{}", &id.simple().to_string().to_uppercase()[..8]),
        city: Text::new(city, ""),
        since: 2012 + i32::try_from(random.below(13)).unwrap_or_default(),
        standing: Standing::Active,
        rating: random.rating(),
        response_minutes: i64::try_from(5 + random.below(90)).unwrap_or_default(),
        intro_zh: format!("服务{city}及周边企业，节点留痕，材料清单先讲清。"),
        intro_en: "Every step on record, materials listed first.".to_owned(),
    }
}

/// What is sold in a category: titles, tags and other words, taken from the demonstration.
struct Core<'a> {
    category: &'a Category,
    samples: Vec<&'a Service>,
}

fn service(random: &mut Random, core: &Core<'_>, supplier: &Supplier) -> Result<Service> {
    let sample = core.samples.get(random.below(core.samples.len()));
    let (zh, en) = sample.map_or((&core.category.zh, &core.category.en), |sample| {
        (&sample.zh, &sample.en)
    });
    let (customer, way) = (*random.pick(CUSTOMERS), *random.pick(WAYS));
    let price = random.price();
    let sku = |zh: &str, en: &str, price| Sku {
        zh: zh.to_owned(),
        en: en.to_owned(),
        price,
        days: None,
        adds: Vec::new(),
    };
    let numbers = |limit: usize, random: &mut Random| i64::try_from(random.below(limit));
    Ok(Service {
        paused: false,
        content: Content::default(),
        plan: Vec::new(),
        id: random.id(),
        supplier: supplier.id,
        category: core.category.slug.clone(),
        gate: None,
        zh: format!("{}{}{zh}（{}）", random.pick(PLACES), customer.0, way.0),
        en: format!("{en} for {}, {}", customer.1, way.1),
        summary_zh: format!("面向{}，{}，进度随时可查，按验收标准交付", customer.0, way.0),
        summary_en: format!("For {}: {}, delivered to an agreed standard", customer.1, way.1),
        official_fee: *random.pick(FEES),
        days: 1 + numbers(60, random)?,
        tags: sample.map(|sample| sample.tags.clone()).unwrap_or_default(),
        synonyms: sample.map(|sample| sample.synonyms.clone()).unwrap_or_default(),
        sales: numbers(2_000, random)?,
        rating: if random.below(10) == 0 { 0 } else { random.rating() },
        skus: vec![
            sku("标准版", "Standard", price),
            sku("加急版", "Express", price * 13 / 10),
        ],
    })
}

/// A catalogue of this many services under the demonstration's groups and categories.
///
/// # Errors
/// The demonstration's document is malformed.
pub fn generated(services: usize) -> Result<DemoCatalogue> {
    let demo = app::demo::catalogue().context("the demonstration's catalogue")?;
    let mut random = Random::new(365);
    let suppliers: Vec<Supplier> = (0..services.div_ceil(PER_SUPPLIER).max(1))
        .map(|_| supplier(&mut random))
        .collect();
    let cores: Vec<Core<'_>> = demo
        .categories
        .iter()
        .map(|category| Core {
            category,
            samples: demo
                .services
                .iter()
                .filter(|service| service.category == category.slug)
                .collect(),
        })
        .collect();
    let generated = (0..services)
        .map(|_| {
            let core = &cores[random.below(cores.len())];
            let by = random.below(suppliers.len());
            service(&mut random, core, &suppliers[by])
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(DemoCatalogue {
        groups: demo.groups.clone(),
        categories: demo.categories.clone(),
        suppliers,
        services: generated,
    })
}

/// Queries as people type them: those of the golden set, then parts of titles, category names and
/// initials, until there are `count`.
#[must_use]
pub fn queries(catalogue: &DemoCatalogue, count: usize) -> Vec<String> {
    let mut random = Random::new(366);
    let mut out: Vec<String> = GOLDEN.iter().map(|text| (*text).to_owned()).collect();
    while out.len() < count && !catalogue.services.is_empty() {
        let signs: Vec<char> = random.pick(&catalogue.services).zh.chars().collect();
        let length = 2 + random.below(5);
        let from = random.below(signs.len().saturating_sub(length));
        out.push(signs.iter().skip(from).take(length).collect());
    }
    out
}

/// What a Chinese business user types (the set that `crates/search` tests for its answers).
pub const GOLDEN: &[&str] = &[
    "注册公司",
    "公司注册",
    "代账",
    "商标",
    "商標註冊",
    "ＩＳＯ9001",
    "iso 9001",
    "iso",
    "gszc",
    "gongsizhuce",
    "等保2级",
    "等保二级",
    "备案",
    "icp",
    "劳务",
    "劳务外包",
    "税",
    "官网小程序",
    "代理计账",
    "上海",
    "gong si zhu ce",
    "营业执照",
    "trademark",
    "bookkeeping",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_repeats_and_is_whole() {
        let (one, two) = (generated(200).unwrap(), generated(200).unwrap());
        assert_eq!(one.services, two.services);
        assert_eq!(one.suppliers, two.suppliers);
        assert_eq!((one.services.len(), one.suppliers.len()), (200, 5));
        for service in &one.services {
            assert!(
                one.suppliers
                    .iter()
                    .any(|supplier| supplier.id == service.supplier)
            );
            assert!(
                one.categories
                    .iter()
                    .any(|category| category.slug == service.category)
            );
        }
        assert!(one.services.iter().any(|service| service.zh.contains("公司注册")));
    }

    #[test]
    fn queries_repeat_and_are_parts_of_titles() {
        let catalogue = generated(50).unwrap();
        let queries = queries(&catalogue, 60);
        assert_eq!(queries.len(), 60);
        for query in &queries[GOLDEN.len()..] {
            assert!(
                catalogue
                    .services
                    .iter()
                    .any(|service| service.zh.contains(query)),
                "{query}"
            );
        }
    }
}
