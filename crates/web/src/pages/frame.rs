//! What every page shares: the language, the signed-in account, the operator's details and the parts of the
//! surrounding layout. Each page template holds one [`Frame`] in a field named `f`.

use domain::market::catalogue::Text;
use time::macros::date;

use super::moment::Day;

/// The language of a page. Chinese comes first; English falls back to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Both languages, in the order of preference.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The fixed text in this language.
    #[must_use]
    pub fn t(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// Who can see what is typed into `table.column`, as the register says.
    #[must_use]
    pub fn sees(self, column: &str) -> &'static str {
        app::disclosure::who_sees(column).map_or("", |(zh, en)| self.pick(zh, en))
    }

    /// The stored text in this language; an empty English text gives the Chinese one.
    #[must_use]
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        if self == Self::En && !en.is_empty() {
            en
        } else {
            zh
        }
    }

    /// A stored text in this language.
    #[must_use]
    pub fn text(self, text: &Text) -> &str {
        self.pick(&text.zh, &text.en)
    }

    /// Stored texts in this language.
    #[must_use]
    pub fn texts<'a>(self, texts: impl IntoIterator<Item = &'a Text>) -> Vec<String> {
        texts.into_iter().map(|text| self.text(text).to_owned()).collect()
    }

    /// The BCP 47 tag for the `lang` attribute.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.t("zh-CN", "en")
    }

    /// The short code used in the `lang` query parameter.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.t("zh", "en")
    }

    /// The language the switch in the page head leads to.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// Reads a `lang` query parameter or a language tag; anything unknown gives `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let primary = text.split(['-', '_']).next()?;
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Zh)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }
}

/// The signed-in account as the page head shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The name the account chose for the site; never a phone number.
    pub account_name: String,
    /// Whether the account works for a supplier.
    pub member: bool,
    /// The organisation the session acts for; `None` for the person.
    pub acting: Option<String>,
    /// Whether there is any organisation to act for.
    pub can_switch: bool,
}

/// The privacy policy in force, as the foot of every page names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyInForce {
    /// Its version.
    pub version: String,
    /// The day it was last updated.
    pub updated: Day,
    /// The day it took effect.
    pub effective: Day,
}

/// What the law wants on every page: the website's filings (ICP备案, 公安备案) and where the business
/// licence is shown (电子商务法 art. 15). What is not configured is empty and not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filing {
    /// The ICP filing's number.
    pub icp: String,
    /// The public-security filing's number.
    pub police: String,
    /// The address of the business licence: a path of this site or an https address.
    pub licence: String,
    /// Whether the numbers stand in the registers; those of a demonstration lead nowhere.
    pub real: bool,
}

impl Filing {
    /// The digits of the public-security filing, by which its register finds it.
    #[must_use]
    pub fn police_code(&self) -> String {
        self.police.chars().filter(char::is_ascii_digit).collect()
    }
}

/// Everything `base.html` needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The language of the page.
    pub lang: Lang,
    /// The page title, without the brand.
    pub title: String,
    /// The current path with its query, for the language switch and the navigation.
    pub path: String,
    /// The signed-in account, if any.
    pub viewer: Option<Viewer>,
    /// Whether the site runs on demonstration data.
    pub demo: bool,
    /// The request-forgery token of the session.
    pub csrf: String,
    /// The name of the site.
    pub brand: String,
    /// The operator's registered name.
    pub operator_name: String,
    /// How to reach the operator.
    pub operator_contact: String,
    /// The text in the search box.
    pub query: String,
    /// The privacy policy in force.
    pub policy: Option<PolicyInForce>,
    /// What the law wants shown of the operator, as far as it is configured.
    pub filing: Filing,
    /// The path of the style sheet with its content hash.
    pub css_path: String,
    /// A message to show once above the content.
    pub notice: Option<String>,
}

impl Frame {
    /// The current page in the other language.
    #[must_use]
    pub fn switch_href(&self) -> String {
        with_query(&self.path, "lang", self.lang.other().code())
    }

    /// Whether the current path is `href` or lies below it; templates mark such links with
    /// `aria-current`.
    #[must_use]
    pub fn at(&self, href: &str) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        path == href || (href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
    }

    /// A frame with fixed contents, for the pages' sample values.
    #[must_use]
    pub fn sample(lang: Lang, title: &str, path: &str, signed_in: bool) -> Self {
        Self {
            lang,
            title: title.to_owned(),
            path: path.to_owned(),
            viewer: signed_in.then(|| Viewer {
                account_name: lang.t("星渚软件 <演示>", "Xingzhu Software <demo>").to_owned(),
                member: true,
                acting: Some(lang.t("星渚软件 <演示>", "Xingzhu Software <demo>").to_owned()),
                can_switch: true,
            }),
            demo: true,
            csrf: "sample-token".to_owned(),
            brand: lang.t("企服365", "Qifu365").to_owned(),
            operator_name: lang
                .t("企服三六五 <演示> 运营方", "Qifu365 <demo> operator")
                .to_owned(),
            operator_contact: "privacy@demo.qifu365.example".to_owned(),
            query: String::new(),
            policy: Some(PolicyInForce {
                version: "2.0".to_owned(),
                updated: Day::of(lang, date!(2026 - 11 - 01)),
                effective: Day::of(lang, date!(2026 - 11 - 08)),
            }),
            filing: Filing {
                icp: "京ICP备00000000号（演示<b>）".to_owned(),
                police: "京公网安备00000000000000号（演示）".to_owned(),
                licence: "/lianxi#zhizhao".to_owned(),
                real: false,
            },
            css_path: "/assets/app.css".to_owned(),
            notice: None,
        }
    }
}

/// `path` with the query parameter `name` set to `value`; an earlier value of it is replaced. Name and value
/// must not need escaping.
#[must_use]
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    let (base, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = query
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name));
    let mut out = String::from(base);
    let mut mark = '?';
    for pair in kept {
        out.push(mark);
        out.push_str(pair);
        mark = '&';
    }
    if !value.is_empty() {
        out.push(mark);
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    out
}

/// An amount in fen as `¥1,234.00`.
#[must_use]
pub fn money(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let all = fen.unsigned_abs();
    let yuan = (all / 100).to_string();
    let mut grouped = String::new();
    for (position, digit) in yuan.chars().enumerate() {
        if position > 0 && (yuan.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}¥{grouped}.{:02}", all % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_groups_thousands_and_keeps_the_sign() {
        assert_eq!(money(0), "¥0.00");
        assert_eq!(money(5), "¥0.05");
        assert_eq!(money(123_400), "¥1,234.00");
        assert_eq!(money(-100_000_001), "-¥1,000,000.01");
        assert_eq!(money(i64::MIN), "-¥92,233,720,368,547,758.08");
    }

    #[test]
    fn language_switch_replaces_an_earlier_choice() {
        let mut frame = Frame::sample(Lang::Zh, "x", "/sousuo?q=a&lang=zh&p=2", false);
        assert_eq!(frame.switch_href(), "/sousuo?q=a&p=2&lang=en");
        frame.lang = Lang::En;
        frame.path = "/".to_owned();
        assert_eq!(frame.switch_href(), "/?lang=zh");
    }

    #[test]
    fn english_falls_back_to_chinese() {
        assert_eq!(Lang::En.pick("商标", ""), "商标");
        assert_eq!(Lang::En.pick("商标", "Trademark"), "Trademark");
        assert_eq!(Lang::Zh.pick("商标", "Trademark"), "商标");
        assert_eq!(Lang::parse("zh-CN"), Some(Lang::Zh));
        assert_eq!(Lang::parse("EN"), Some(Lang::En));
        assert_eq!(Lang::parse("fr"), None);
    }

    #[test]
    fn current_page_is_matched_by_whole_segments() {
        let frame = Frame::sample(Lang::Zh, "x", "/fuwushang/1?x=1", false);
        assert!(frame.at("/fuwushang"));
        assert!(!frame.at("/fuwu"));
        assert!(!frame.at("/"));
    }
}
