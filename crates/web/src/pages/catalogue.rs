//! Catalogue pages: categories, lists, services, suppliers, search.

use askama::Template;
use time::macros::date;

use super::frame::{Frame, Lang};
use super::moment::Day;

/// A service on a card.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// The lowest price.
    pub price: String,
    /// Who provides it.
    pub supplier: String,
    /// Where.
    pub city: String,
    /// The rating; empty if none.
    pub rating: String,
    /// Completed orders.
    pub sales: i64,
}

/// A link that chooses something.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Whether it is chosen now.
    pub chosen: bool,
    /// How many services it would leave.
    pub count: usize,
}

/// Choices of one kind.
#[derive(Clone, Debug)]
pub struct Facet {
    /// What is chosen.
    pub heading: &'static str,
    /// The choices.
    pub options: Vec<Choice>,
}

/// A category as a link.
#[derive(Clone, Debug)]
pub struct CategoryLink {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub label: String,
    /// The licence it needs; empty if none.
    pub licence: String,
}

/// A group with its categories.
#[derive(Clone, Debug)]
pub struct GroupLinks {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub label: String,
    /// Its categories.
    pub categories: Vec<CategoryLink>,
}

/// A supplier's face.
#[derive(Clone, Debug)]
pub struct Face {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its city.
    pub city: String,
    /// On the platform since.
    pub since: i32,
    /// The rating; empty if none.
    pub rating: String,
    /// About it.
    pub intro: String,
}

/// A way to buy.
#[derive(Clone, Debug)]
pub struct SkuLink {
    /// The page with it chosen.
    pub href: String,
    /// Its name.
    pub label: String,
    /// Its service fee.
    pub price: String,
    /// How long it takes.
    pub days: i64,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A milestone of the work.
#[derive(Clone, Debug)]
pub struct StageLine {
    /// What is delivered.
    pub title: String,
    /// How many days it takes from its payment.
    pub days: i64,
    /// What is paid for it, official fee included.
    pub amount: String,
    /// By which items it is judged; empty if by those of the service.
    pub acceptance: Vec<String>,
}

/// Whether a service can be ordered by who looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordering {
    /// Yes: here.
    Here(String),
    /// Its supplier takes no new orders for now.
    Paused,
    /// Who looks works for its supplier.
    Own,
}

/// `GET /fenlei`.
#[derive(Template, Clone, Debug)]
#[template(path = "catalogue/categories.html")]
pub struct CategoriesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The groups.
    pub groups: Vec<GroupLinks>,
}

/// `GET /fuwu`.
#[derive(Template, Clone, Debug)]
#[template(path = "catalogue/list.html")]
pub struct ListPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The heading.
    pub heading: String,
    /// How many fit.
    pub total: usize,
    /// The filters.
    pub facets: Vec<Facet>,
    /// The orders.
    pub sorts: Vec<Choice>,
    /// The services of the page.
    pub services: Vec<Card>,
    /// The pages.
    pub pages: Vec<Choice>,
}

/// `GET /sousuo`.
#[derive(Template, Clone, Debug)]
#[template(path = "catalogue/search.html")]
pub struct SearchPage {
    /// The surrounding layout.
    pub f: Frame,
    /// A better spelling.
    pub suggestion: Option<Choice>,
    /// How many were found.
    pub total: usize,
    /// The services of the page.
    pub services: Vec<Card>,
    /// The pages.
    pub pages: Vec<Choice>,
    /// The categories that sell best; empty if something was found.
    pub popular: Vec<CategoryLink>,
    /// All categories; empty if something was found.
    pub groups: Vec<GroupLinks>,
}

/// `GET /fuwu/{id}`.
#[derive(Template, Clone, Debug)]
#[template(path = "catalogue/service.html")]
pub struct ServicePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Its title.
    pub title: String,
    /// Whether the chosen option can be ordered.
    pub ordering: Ordering,
    /// One sentence.
    pub summary: String,
    /// Its category's name in addresses.
    pub category_slug: String,
    /// Its category.
    pub category: String,
    /// Tags.
    pub tags: Vec<String>,
    /// The ways to buy.
    pub skus: Vec<SkuLink>,
    /// The service fee of the chosen one.
    pub fee: String,
    /// The official fee.
    pub official: String,
    /// Both together.
    pub total: String,
    /// How long it takes.
    pub days: i64,
    /// How long the buyer has to check.
    pub review_days: i64,
    /// The steps.
    pub process: Vec<String>,
    /// The milestones of the chosen option; empty if it is delivered at once.
    pub stages: Vec<StageLine>,
    /// What the buyer provides.
    pub materials: Vec<String>,
    /// What the buyer gets.
    pub deliverables: Vec<String>,
    /// The acceptance standard.
    pub acceptance: Vec<String>,
    /// What holds after the delivery.
    pub after_sales: Vec<String>,
    /// What buyers ask, with the answers.
    pub faq: Vec<(String, String)>,
    /// Who provides it.
    pub supplier: Face,
}

/// `GET /fuwushang/{id}`.
#[derive(Template, Clone, Debug)]
#[template(path = "catalogue/supplier.html")]
pub struct SupplierPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Its face.
    pub supplier: Face,
    /// 统一社会信用代码.
    pub uscc: String,
    /// Usual time to answer, in minutes; 0 if unknown.
    pub response: i64,
    /// Why it takes no new orders.
    pub closed: Option<&'static str>,
    /// What the law has shown.
    pub shown: Legal,
    /// What it offers.
    pub services: Vec<Card>,
}

/// A licence as the law has it shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalLicence {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub area: String,
    /// Its number.
    pub number: String,
    /// Who gave it.
    pub issuer: String,
    /// Its last day, if it has one.
    pub until: Option<Day>,
}

/// What the law has shown of a supplier: the enterprise and its licences, and nobody's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Legal {
    /// The enterprise's registered name; empty if none is behind it.
    pub enterprise: String,
    /// Whether the enterprise is verified.
    pub verified: bool,
    /// Its licences that are good.
    pub licences: Vec<LegalLicence>,
}

fn both<T>(make: impl Fn(Lang) -> T) -> Vec<T> {
    Lang::ALL.into_iter().map(make).collect()
}

pub(super) fn card(lang: Lang) -> Card {
    Card {
        id: "00000000-0000-4000-8000-000000000000".to_owned(),
        title: lang
            .t("代理记账 <b>一般纳税人</b>", "Bookkeeping <b>general</b>")
            .to_owned(),
        summary: lang.t("按月记账 <b>", "Monthly <b>").to_owned(),
        price: "¥699.00".to_owned(),
        supplier: lang
            .t("算盘树财税 <b>演示</b>", "Abacus Tree <b>demo</b>")
            .to_owned(),
        city: lang.t("杭州<b>", "Hangzhou <b>").to_owned(),
        rating: "4.7".to_owned(),
        sales: 980,
    }
}

fn choice(label: &str, chosen: bool) -> Choice {
    Choice {
        href: "/fuwu".to_owned(),
        label: label.to_owned(),
        chosen,
        count: 3,
    }
}

fn face(lang: Lang) -> Face {
    Face {
        id: "x".to_owned(),
        name: lang
            .t("算盘树财税 <b>演示</b>", "Abacus Tree <b>demo</b>")
            .to_owned(),
        city: lang.t("杭州<b>", "Hangzhou <b>").to_owned(),
        since: 2014,
        rating: String::new(),
        intro: lang
            .t("持证代理记账。<b>", "Licensed bookkeeping. <b>")
            .to_owned(),
    }
}

pub(super) fn groups(lang: Lang) -> Vec<GroupLinks> {
    let link = CategoryLink {
        slug: "daili-jizhang".to_owned(),
        label: lang.t("代理记账<b>", "Bookkeeping <b>").to_owned(),
        licence: lang
            .t("代理记账许可证书<b>", "Bookkeeping licence <b>")
            .to_owned(),
    };
    vec![GroupLinks {
        slug: "caishui".to_owned(),
        label: lang.t("财税<b>", "Tax <b>").to_owned(),
        categories: vec![link],
    }]
}

impl CategoriesPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(lang, lang.t("服务分类", "Categories"), "/fenlei", false),
            groups: groups(lang),
        })
    }
}

impl ListPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(lang, lang.t("全部服务", "All services"), "/fuwu", false),
            heading: lang.t("全部服务<b>", "All services <b>").to_owned(),
            total: 1,
            facets: vec![Facet {
                heading: lang.t("城市", "City"),
                options: vec![choice(lang.t("杭州<b>", "Hangzhou <b>"), true)],
            }],
            sorts: vec![choice(lang.t("综合", "Usual"), true)],
            services: vec![card(lang)],
            pages: vec![choice("1", true), choice("2", false)],
        })
    }
}

impl SearchPage {
    /// Nothing found, nothing asked, something found; in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let sample = |lang: Lang, query: &str, services: Vec<Card>| {
            let mut f = Frame::sample(lang, lang.t("搜索", "Search"), "/sousuo", false);
            query.clone_into(&mut f.query);
            let tree = if services.is_empty() {
                groups(lang)
            } else {
                Vec::new()
            };
            Self {
                f,
                suggestion: (!query.is_empty()).then(|| choice("代理记账<b>", false)),
                total: services.len(),
                services,
                pages: Vec::new(),
                popular: tree.iter().flat_map(|group| group.categories.clone()).collect(),
                groups: tree,
            }
        };
        both(|lang| sample(lang, "代理计账<b>", Vec::new()))
            .into_iter()
            .chain(both(|lang| sample(lang, "", Vec::new())))
            .chain(both(|lang| sample(lang, "logo", vec![card(lang)])))
            .collect()
    }
}

impl ServicePage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let sample = |lang: Lang, ordering: Ordering| {
            let lines = || vec![lang.t("一<b>", "one <b>").to_owned()];
            let line = |zh: &'static str, en: &'static str| lang.t(zh, en).to_owned();
            Self {
                f: Frame::sample(
                    lang,
                    lang.t("代理记账", "Bookkeeping"),
                    "/fuwu/x",
                    ordering == Ordering::Own,
                ),
                ordering,
                title: lang.t("代理记账<b>", "Bookkeeping <b>").to_owned(),
                summary: lang.t("按月记账 <b>", "Monthly <b>").to_owned(),
                category_slug: "daili-jizhang".to_owned(),
                category: lang.t("代理记账<b>", "Bookkeeping <b>").to_owned(),
                tags: vec![line("按月<b>", "monthly <b>")],
                skus: vec![SkuLink {
                    href: "/fuwu/x?sku=0".to_owned(),
                    label: lang.t("标准版<b>", "Standard <b>").to_owned(),
                    price: "¥699.00".to_owned(),
                    days: 30,
                    chosen: true,
                }],
                fee: "¥699.00".to_owned(),
                official: "¥0.00".to_owned(),
                total: "¥699.00".to_owned(),
                days: 30,
                review_days: 7,
                process: lines(),
                stages: [lines(), Vec::new()]
                    .map(|acceptance| StageLine {
                        title: line("原型<b>", "Prototype <b>"),
                        days: 12,
                        amount: "¥349.50".to_owned(),
                        acceptance,
                    })
                    .to_vec(),
                materials: lines(),
                deliverables: lines(),
                acceptance: lines(),
                after_sales: lines(),
                faq: vec![(line("问<b>？", "Why <b>?"), line("答<b>。", "Because <b>."))],
                supplier: face(lang),
            }
        };
        both(|lang| sample(lang, Ordering::Here("/xiadan/x?sku=0".to_owned())))
            .into_iter()
            .chain(both(|lang| sample(lang, Ordering::Paused)))
            .chain(both(|lang| sample(lang, Ordering::Own)))
            .collect()
    }
}

impl SupplierPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(lang, lang.t("服务商", "Provider"), "/fuwushang/x", false),
            supplier: face(lang),
            uscc: "91999999MAD3650188<b>".to_owned(),
            response: 20,
            closed: Some(lang.t("暂停接单", "Takes no orders")),
            shown: Legal {
                enterprise: "星渚软件（演示）<b>".to_owned(),
                verified: true,
                licences: vec![LegalLicence {
                    name: lang
                        .t("代理记账许可证书", "Bookkeeping agency licence")
                        .to_owned(),
                    area: lang.t("代理记账", "Bookkeeping").to_owned(),
                    number: "DLJZ31010420250018<b>".to_owned(),
                    issuer: "上海市黄浦区财政局".to_owned(),
                    until: Some(Day::of(lang, date!(2028 - 01 - 01))),
                }],
            },
            services: vec![card(lang)],
        })
    }
}
