//! The pages about the JSON interface: what it offers, and what its codes mean.

use askama::Template;

use super::frame::{Frame, Lang};

/// A parameter, header or field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterRow {
    /// Its name.
    pub name: String,
    /// Where it goes: path, query, header or body.
    pub place: String,
    /// Whether it must be there.
    pub required: bool,
    /// What its value must be.
    pub rule: String,
    /// What it is.
    pub what: String,
}

/// An answer that says what went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    /// The status.
    pub status: String,
    /// What it means.
    pub what: String,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationView {
    /// Its identifier, also the place on the page.
    pub id: String,
    /// The method, in capitals.
    pub method: String,
    /// The path.
    pub path: String,
    /// What it does.
    pub summary: String,
    /// The scope it needs; empty if none.
    pub scope: String,
    /// What it takes.
    pub parameters: Vec<ParameterRow>,
    /// A request for the command line.
    pub curl: String,
    /// The status of its answer.
    pub status: String,
    /// An answer; empty where there is nothing to tell.
    pub example: String,
    /// What can go wrong.
    pub errors: Vec<ErrorRow>,
}

/// A group of operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Its operations.
    pub operations: Vec<OperationView>,
}

/// `GET /api`: the interface.
#[derive(Template, Clone, Debug)]
#[template(path = "api/api.html")]
pub struct ApiPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The operations.
    pub groups: Vec<GroupView>,
    /// The scopes, with what each allows.
    pub scopes: Vec<(String, String)>,
    /// The codes.
    pub codes: Vec<String>,
}

/// A code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    /// The code, also the place on the page.
    pub code: String,
    /// The status it comes with; empty for a code of a field.
    pub status: String,
    /// What it means and what to do.
    pub what: String,
}

/// `GET /api/wenti`: every code.
#[derive(Template, Clone, Debug)]
#[template(path = "api/codes.html")]
pub struct CodesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Codes of the interface itself.
    pub own: Vec<CodeRow>,
    /// Codes of single fields.
    pub fields: Vec<CodeRow>,
    /// Codes of rules.
    pub rules: Vec<CodeRow>,
}

impl ApiPage {
    /// One operation of each kind, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let list = OperationView {
                id: "list_services".to_owned(),
                method: "GET".to_owned(),
                path: "/api/v1/services".to_owned(),
                summary: lang.t("服务列表", "Services").to_owned(),
                scope: String::new(),
                parameters: vec![ParameterRow {
                    name: "page".to_owned(),
                    place: lang.t("地址参数", "query").to_owned(),
                    required: false,
                    rule: lang.t("1–500 的整数", "whole number, 1 to 500").to_owned(),
                    what: lang.t("第几页", "Which page").to_owned(),
                }],
                curl: "curl \"$SITE/api/v1/services?page=1\"".to_owned(),
                status: "200".to_owned(),
                example: "{ \"items\": [\"<b>\"] }".to_owned(),
                errors: vec![ErrorRow {
                    status: "422".to_owned(),
                    what: lang
                        .t("内容不符合要求", "Something is not as it must be")
                        .to_owned(),
                }],
            };
            let bare = OperationView {
                id: "get_account".to_owned(),
                path: "/api/v1/account".to_owned(),
                scope: "account:read".to_owned(),
                parameters: Vec::new(),
                status: "204".to_owned(),
                example: String::new(),
                ..list.clone()
            };
            Self {
                f: Frame::sample(lang, lang.t("开放接口", "API"), "/api", false),
                groups: vec![GroupView {
                    id: "catalogue".to_owned(),
                    label: lang.t("服务目录", "Catalogue").to_owned(),
                    operations: vec![list, bare],
                }],
                scopes: vec![(
                    "account:read".to_owned(),
                    lang.t("读取账号概览", "read the account's overview").to_owned(),
                )],
                codes: vec!["not_found".to_owned()],
            }
        };
        Lang::ALL.into_iter().map(of).collect()
    }
}

impl CodesPage {
    /// One code of each kind, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let code = |code: &str, status: &str| CodeRow {
                code: code.to_owned(),
                status: status.to_owned(),
                what: lang.t("请检查<b>地址。", "Check the <b>address.").to_owned(),
            };
            Self {
                f: Frame::sample(lang, lang.t("错误码", "Error codes"), "/api/wenti", false),
                own: vec![code("not_found", "404")],
                fields: vec![code("field_value", "")],
                rules: vec![code("order_not_now", "409")],
            }
        };
        Lang::ALL.into_iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_about_the_interface_hang_together() {
        for page in ApiPage::samples() {
            let html = page.render().expect("renders");
            assert!(html.contains("id=\"list_services\"") && html.contains("href=\"#list_services\""));
            assert!(html.contains("href=\"/api/wenti#not_found\"") && html.contains("account:read"));
        }
        for page in CodesPage::samples() {
            let html = page.render().expect("renders");
            for code in ["not_found", "field_value", "order_not_now"] {
                assert!(html.contains(&format!("id=\"{code}\"")), "{code}");
            }
        }
    }
}
