//! Address books and titles for invoices: a person's own, and those of an organisation. One list page and
//! one form serve both.

use askama::Template;

use super::account::{FieldError, both};
use super::frame::{Frame, Lang};

/// A step of the way to a page: address and name.
pub type Crumb = (String, String);

/// One of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRow {
    /// Which.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What kind it is.
    pub tag: &'static str,
    /// Whether it is the one that is offered first.
    pub preferred: bool,
    /// What it says: names and values.
    pub lines: Vec<(&'static str, String)>,
}

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookList {
    /// Its identifier on the page.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is for, and who sees it.
    pub about: &'static str,
    /// The address below which it is changed; empty for readers.
    pub base: String,
    /// What is said if there is none.
    pub empty: &'static str,
    /// What there is.
    pub rows: Vec<BookRow>,
}

/// `GET /zhanghao/dizhi`, `GET /zhanghao/zuzhi/{id}/dizhi`.
#[derive(Template, Clone, Debug)]
#[template(path = "book/list.html")]
pub struct BooksPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The way here.
    pub crumbs: Vec<Crumb>,
    /// The heading.
    pub name: String,
    /// What the page is about.
    pub about: &'static str,
    /// The lists.
    pub lists: Vec<BookList>,
}

/// An input of a form; a choice, if it has options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookInput {
    /// Its name.
    pub id: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What to write.
    pub hint: &'static str,
    /// Who can see it.
    pub seen: &'static str,
    /// The rest of its attributes.
    pub attrs: &'static str,
    /// What was typed, or holds.
    pub value: String,
    /// What may be chosen: word and name.
    pub options: Vec<(&'static str, &'static str)>,
}

/// The form of one of a list: `GET`/`POST …/xin` and `…/{id}`.
#[derive(Template, Clone, Debug)]
#[template(path = "book/form.html")]
pub struct BookForm {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The way here.
    pub crumbs: Vec<Crumb>,
    /// The heading.
    pub name: &'static str,
    /// What is good to know before writing.
    pub about: &'static str,
    /// Where it is sent.
    pub action: String,
    /// Where to go back to.
    pub back: String,
    /// The inputs.
    pub inputs: Vec<BookInput>,
}

impl BookForm {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, field: &str) -> Option<&str> {
        FieldError::find(&self.errors, field)
    }
}

impl BooksPage {
    /// A person's, an organisation's for a reader, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let name = lang.t("地址簿与发票抬头", "Address book and invoice titles");
            let own = Self {
                f: Frame::sample(lang, name, "/zhanghao/dizhi", true),
                crumbs: vec![crumb(lang)],
                name: name.to_owned(),
                about: lang.t("只给您自己用。", "For yourself only."),
                lists: vec![
                    BookList {
                        id: "dizhi",
                        name: lang.t("地址簿", "Address book"),
                        about: lang.t("谁能看到：只有您本人。", "Who can see this: only you."),
                        base: "/zhanghao/dizhi".to_owned(),
                        empty: lang.t("还没有。", "None yet."),
                        rows: vec![row(lang, true), row(lang, false)],
                    },
                    BookList {
                        id: "taitou",
                        name: lang.t("发票抬头", "Invoice titles"),
                        about: lang.t("谁能看到：只有您本人。", "Who can see this: only you."),
                        base: "/zhanghao/taitou".to_owned(),
                        empty: lang.t("还没有。", "None yet."),
                        rows: Vec::new(),
                    },
                ],
            };
            let mut read = own.clone();
            for list in &mut read.lists {
                list.base.clear();
            }
            vec![own, read]
        })
    }
}

fn crumb(lang: Lang) -> Crumb {
    (
        "/zhanghao".to_owned(),
        lang.t("我的账号", "My account").to_owned(),
    )
}

fn row(lang: Lang, preferred: bool) -> BookRow {
    BookRow {
        id: if preferred { "b1" } else { "b2" }.to_owned(),
        name: "林女士<b>".to_owned(),
        tag: lang.t("公司", "work"),
        preferred,
        lines: vec![
            (lang.t("联系电话", "Phone"), "100-0000-0001<b>".to_owned()),
            (
                lang.t("上门或收件地址", "Address"),
                "上海市演示区示例路 365 号<b>".to_owned(),
            ),
        ],
    }
}

impl BookForm {
    /// Fresh, and refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let name = lang.t("新的地址", "New entry");
            let input = |id, label, value: &str| BookInput {
                id,
                label,
                hint: lang.t("选填。", "Optional."),
                seen: lang.t("只有您本人。", "Only you."),
                attrs: "type=\"text\" autocomplete=\"off\" maxlength=\"120\"",
                value: value.to_owned(),
                options: Vec::new(),
            };
            let kind = BookInput {
                options: vec![("work", lang.t("公司", "work")), ("home", lang.t("住址", "home"))],
                ..input("kind", lang.t("类型", "Kind"), "home")
            };
            let fresh = Self {
                f: Frame::sample(lang, name, "/zhanghao/dizhi/xin", true),
                errors: Vec::new(),
                crumbs: vec![crumb(lang)],
                name,
                about: lang.t("填写用得到的即可。", "Fill in what is of use."),
                action: "/zhanghao/dizhi/xin".to_owned(),
                back: "/zhanghao/dizhi".to_owned(),
                inputs: vec![kind, input("address", lang.t("地址", "Address"), "")],
            };
            let mut refused = fresh.clone();
            "上<b>".clone_into(&mut refused.inputs[1].value);
            refused.errors = vec![
                FieldError::new("address", lang.t("地址应为 5–120 个字", "5 to 120 characters")),
                FieldError::new("top", lang.t("条数已到上限", "There are as many as there may be")),
            ];
            vec![fresh, refused]
        })
    }
}
