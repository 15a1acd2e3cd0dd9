//! The golden set: what a Chinese business user types, and what must come.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use search::{Hits, Query, ServiceDoc, ServiceIndex};

fn doc(id: usize, title: &str, category: &str, synonyms: &[&str]) -> ServiceDoc {
    ServiceDoc {
        id: format!("{id}"),
        title: title.to_owned(),
        summary: String::new(),
        category_name: category.to_owned(),
        supplier: "某服务商 Some Provider".to_owned(),
        city: "上海 Shanghai".to_owned(),
        tags: Vec::new(),
        synonyms: synonyms.iter().map(|word| (*word).to_owned()).collect(),
    }
}

const CATALOGUE: &[(&str, &str, &[&str])] = &[
    ("有限公司注册", "公司注册", &["注册公司", "公司设立"]),
    ("外资公司注册", "公司注册", &["外商投资"]),
    ("小规模纳税人代理记账", "代理记账", &["记账报税"]),
    ("一般纳税人代理记账", "代理记账", &["记账报税"]),
    ("一般纳税人认定", "税务服务", &[]),
    ("税务健康检查", "税务服务", &["税务体检"]),
    ("商标注册（单类）", "商标注册", &["申请商标"]),
    ("ISO9001 认证咨询", "高新与资质认定", &["质量体系"]),
    ("等保二级咨询", "等保与安全", &["等保2级", "等级保护"]),
    ("ICP备案代办", "ICP/EDI 与备案", &["网站备案"]),
    ("企业官网建设", "网站与软件开发", &["网站建设"]),
    ("小程序开发", "网站与软件开发", &["微信小程序"]),
    ("官网与小程序套餐", "网站与软件开发", &[]),
    ("劳务派遣", "人力与社保", &["派遣用工"]),
    ("社保代缴", "人力与社保", &["公积金代缴"]),
];

fn index() -> ServiceIndex {
    let docs = CATALOGUE
        .iter()
        .enumerate()
        .map(|(id, (title, category, synonyms))| doc(id, title, category, synonyms));
    ServiceIndex::build(docs).expect("an index")
}

fn ask(index: &ServiceIndex, text: &str) -> Hits {
    index
        .search(&Query {
            text,
            limit: 20,
            offset: 0,
        })
        .expect("an answer")
}

fn titles(hits: &Hits) -> Vec<&'static str> {
    hits.ids
        .iter()
        .map(|id| CATALOGUE[id.parse::<usize>().expect("a number")].0)
        .collect()
}

#[test]
fn the_golden_set() {
    let index = index();
    for (typed, expected) in [
        ("注册公司", "有限公司注册"),
        ("公司注册", "有限公司注册"),
        ("代账", "小规模纳税人代理记账"),
        ("商标", "商标注册（单类）"),
        ("商標註冊", "商标注册（单类）"),
        ("ＩＳＯ9001", "ISO9001 认证咨询"),
        ("iso 9001", "ISO9001 认证咨询"),
        ("iso", "ISO9001 认证咨询"),
        ("gszc", "有限公司注册"),
        ("gongsizhuce", "有限公司注册"),
        ("等保2级", "等保二级咨询"),
        ("等保二级", "等保二级咨询"),
        ("备案", "ICP备案代办"),
        ("icp", "ICP备案代办"),
        ("劳务", "劳务派遣"),
        ("劳务外包", "劳务派遣"),
        ("税", "税务健康检查"),
    ] {
        let hits = ask(&index, typed);
        assert!(
            titles(&hits).contains(&expected),
            "{typed} finds {:?}",
            titles(&hits)
        );
    }
    assert_eq!(titles(&ask(&index, "商标"))[0], "商标注册（单类）");
    assert!(
        titles(&ask(&index, "劳务")).contains(&"社保代缴"),
        "劳务 reaches 人力 too"
    );
    let glued = titles(&ask(&index, "官网小程序")).join(" ");
    assert!(glued.contains("官网") && glued.contains("小程序"));
    assert_eq!(ask(&index, "代理计账").suggestion.as_deref(), Some("代理记账"));
}

/// A service as the catalogue gives it: in both languages, with its supplier and city.
fn bilingual() -> ServiceIndex {
    let services = [
        (
            "有限公司注册 Limited company registration",
            "公司注册 Company registration",
            "青栀企业服务 Qingzhi Business Services",
            "上海 Shanghai",
        ),
        (
            "个体户注册 Sole trader registration",
            "公司注册 Company registration",
            "青栀企业服务 Qingzhi Business Services",
            "上海 Shanghai",
        ),
        (
            "地址变更 Change of address",
            "工商变更 Registration changes",
            "青栀企业服务 Qingzhi Business Services",
            "上海 Shanghai",
        ),
        (
            "小规模纳税人代理记账 Bookkeeping, small taxpayer",
            "代理记账 Bookkeeping",
            "算盘树财税 Abacus Tree Tax",
            "杭州 Hangzhou",
        ),
        (
            "商标注册（单类） Trade mark registration, one class",
            "商标注册 Trade marks",
            "北斗坡知识产权 Beidou Slope IP",
            "深圳 Shenzhen",
        ),
        (
            "商标续展 Trade mark renewal",
            "商标注册 Trade marks",
            "北斗坡知识产权 Beidou Slope IP",
            "深圳 Shenzhen",
        ),
    ];
    let docs = services
        .iter()
        .enumerate()
        .map(|(id, (title, category, supplier, city))| ServiceDoc {
            id: id.to_string(),
            title: (*title).to_owned(),
            summary: String::new(),
            category_name: (*category).to_owned(),
            supplier: (*supplier).to_owned(),
            city: (*city).to_owned(),
            tags: Vec::new(),
            synonyms: Vec::new(),
        });
    ServiceIndex::build(docs).expect("an index")
}

#[test]
fn a_city_a_supplier_a_licence_and_english_words_find_what_is_meant() {
    let index = bilingual();
    for (typed, expected) in [
        ("上海", &["0", "1", "2"][..]),
        ("Shanghai", &["0", "1", "2"]),
        ("shang hai", &["0", "1", "2"]),
        ("上海 公司注册", &["0", "1"]),
        ("杭州代账", &["3"]),
        ("Abacus Tree", &["3"]),
        ("beidou slope", &["4", "5"]),
        ("gong si zhu ce", &["0", "1"]),
        ("GONGSI ZHUCE", &["0", "1"]),
        ("营业执照", &["0", "1", "2"]),
        ("trademark", &["4", "5"]),
        ("trademarks", &["4", "5"]),
        ("Trade Marks", &["4", "5"]),
        ("bookkeeping", &["3"]),
        ("accountants", &["3"]),
        ("companies", &["0", "1"]),
    ] {
        let mut found = ask(&index, typed).ids;
        found.sort_unstable();
        assert_eq!(found, expected, "{typed}");
    }
    assert_eq!(
        ask(&index, "trademark renewal").ids[0],
        "5",
        "what was asked for comes first"
    );
    for typed in ["subaccounting", "accountingly"] {
        assert!(
            ask(&index, typed).ids.is_empty(),
            "{typed}: a word counts, not a part of one"
        );
    }
}

#[test]
fn a_mistyped_word_or_sound_is_suggested() {
    let index = bilingual();
    for (typed, meant) in [
        ("bookeeping", Some("bookkeeping")),
        ("Shangahi", Some("shanghai")),
        ("gongsizuce", Some("公司注册")),
        ("gong si zu ce", Some("公司注册")),
        ("zzzzzzzz", None),
        ("bookkeeping", None),
    ] {
        assert_eq!(ask(&index, typed).suggestion.as_deref(), meant, "{typed}");
    }
}

#[test]
fn everything_that_contains_the_words_is_found() {
    let docs = (0..672).map(|id| doc(id, &format!("第{id}号公司注册服务"), "公司注册", &[]));
    let index = ServiceIndex::build(docs.chain((672..1000).map(|id| doc(id, "商标", "商标", &[]))))
        .expect("an index");
    for typed in ["公司注册", "注册", "公司", "注册服务", "公", "注"] {
        assert_eq!(ask(&index, typed).total, 672, "{typed}");
    }
    assert_eq!(ask(&index, "第7号").total, 1);
}

/// Two hundred services whose texts mix places, customers and work in every order.
fn mixed() -> Vec<ServiceDoc> {
    let (places, customers) = (["上海", "杭州", "深圳"], ["餐饮企业", "科技公司", "注册会计师"]);
    let works = [
        "有限公司注册",
        "公司注册地址",
        "商标注册",
        "外资公司 注册",
        "注册公司",
    ];
    let numbered = (0..200).map(|id| {
        let (place, customer) = (places[id % 3], customers[id / 3 % 3]);
        let title = format!("{place}{customer}的{}加急办理", works[id % 5]);
        let mut doc = doc(id, &title, works[id / 7 % 5], &[works[id / 11 % 5]]);
        doc.summary = format!("{customer}办{}，{place}", works[id / 13 % 5]);
        doc.tags = vec![customers[id / 5 % 3].to_owned()];
        doc
    });
    numbered.collect()
}

#[test]
fn whatever_a_text_contains_literally_finds_it_and_nothing_is_left_out() {
    let docs = mixed();
    let index = ServiceIndex::build(docs.clone()).expect("an index");
    let contains = |doc: &ServiceDoc, typed: &str| {
        let own = [&doc.title, &doc.summary, &doc.category_name, &doc.supplier];
        let mut all = own.into_iter().chain(&doc.tags).chain(&doc.synonyms);
        all.any(|text| text.contains(typed))
    };
    let containing = |typed: &str| docs.iter().filter(|doc| contains(doc, typed)).count();
    assert!((50..docs.len()).contains(&containing("公司注册")));
    assert_eq!(ask(&index, "公司注册").total, containing("公司注册"));
    for doc in docs.iter().step_by(17) {
        let signs: Vec<char> = doc.title.chars().collect();
        for length in 1..=7 {
            for stretch in signs.windows(length) {
                let typed: String = stretch.iter().collect();
                if typed.trim().is_empty() {
                    continue;
                }
                let (total, expected) = (ask(&index, &typed).total, containing(&typed));
                assert!(total >= expected, "{typed}: {total} of {expected}");
            }
        }
    }
}

#[test]
fn hostile_queries_are_answered_calmly() {
    let index = index();
    let long = "税".repeat(5_000);
    for typed in [
        "",
        " ",
        "😀😀",
        "' OR 1=1 --",
        "title:* AND (",
        "\u{202e}",
        "a\u{0}b",
        long.as_str(),
    ] {
        let hits = ask(&index, typed);
        assert!(hits.ids.len() <= 20, "{typed}");
    }
    assert_eq!(ask(&index, "").total, 0);
}
