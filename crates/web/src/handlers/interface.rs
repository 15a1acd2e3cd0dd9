//! The pages about the JSON interface, made from its own document.

use axum::http::StatusCode;
use domain::Refused;
use domain::account::token::Scope;
use serde_json::Value;

use crate::api::document;
use crate::api::example;
use crate::api::field::Wrong;
use crate::api::operation::Group;
use crate::api::problem::{Objection, status_of};
use crate::failure::Answer;
use crate::pages::api::{ApiPage, CodeRow, CodesPage, ErrorRow, GroupView, OperationView, ParameterRow};
use crate::pages::frame::Lang;
use crate::request::Visit;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What a schema asks of a value, in words.
fn rule(lang: Lang, schema: &Value) -> String {
    let number = |key: &str| schema[key].as_i64();
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        return words.join(" | ");
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => {
            let (least, most) = (
                number("minimum").unwrap_or_default(),
                number("maximum").unwrap_or_default(),
            );
            let default = number("default").map_or_else(String::new, |default| {
                format!("{}{default}", lang.t("，默认 ", ", otherwise "))
            });
            format!("{} {least}–{most}{default}", lang.t("整数", "whole number"))
        }
        (Some("array"), _) => lang.t("整数列表", "list of whole numbers").to_owned(),
        (_, Some("uuid")) => "UUID".to_owned(),
        _ => number("maxLength").map_or_else(
            || lang.t("订单号", "number of an order").to_owned(),
            |most| format!("{} ≤ {most}", lang.t("文本，字符数", "text, characters")),
        ),
    }
}

fn place(lang: Lang, place: &str) -> &'static str {
    match place {
        "path" => lang.t("路径", "path"),
        "query" => lang.t("地址参数", "query"),
        "header" => lang.t("请求头", "header"),
        _ => lang.t("正文", "body"),
    }
}

fn parameters(lang: Lang, operation: &Value) -> Vec<ParameterRow> {
    let given = operation["parameters"].as_array().into_iter().flatten();
    let mut rows: Vec<_> = given
        .map(|parameter| ParameterRow {
            name: text(&parameter["name"]),
            place: place(lang, parameter["in"].as_str().unwrap_or_default()).to_owned(),
            required: parameter["required"] == true,
            rule: rule(lang, &parameter["schema"]),
            what: text(&parameter["description"]),
        })
        .collect();
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let required = body["required"].as_array();
    for (name, schema) in body["properties"].as_object().into_iter().flatten() {
        rows.push(ParameterRow {
            name: name.clone(),
            place: place(lang, "body").to_owned(),
            required: required.is_some_and(|required| required.iter().any(|one| one == name)),
            rule: rule(lang, schema),
            what: text(&schema["description"]),
        });
    }
    rows
}

fn operation(lang: Lang, document: &Value, method: &str, path: &str, operation: &Value) -> OperationView {
    let responses = operation["responses"].as_object();
    let (mut status, mut answer, mut errors) = (String::new(), Value::Null, Vec::new());
    for (code, response) in responses.into_iter().flatten() {
        let response = example::resolved(document, response);
        if code.starts_with('2') {
            status.clone_from(code);
            let schema = &response["content"]["application/json"]["schema"];
            if !schema.is_null() {
                answer = example::of(document, schema);
            }
        } else {
            errors.push(ErrorRow {
                status: code.clone(),
                what: text(&response["description"]),
            });
        }
    }
    OperationView {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        scope: text(&operation["security"][0]["token"][0]),
        parameters: parameters(lang, operation),
        curl: example::curl(method, path, operation),
        status,
        example: if answer.is_null() {
            String::new()
        } else {
            serde_json::to_string_pretty(&answer).unwrap_or_default()
        },
        errors,
    }
}

/// `GET /api`.
pub async fn interface(visit: Visit) -> Answer {
    let lang = visit.lang;
    let document = document::value(lang);
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, described) in methods.as_object().into_iter().flatten() {
            all.push((
                text(&described["tags"][0]),
                operation(lang, document, method, path, described),
            ));
        }
    }
    let groups = Group::ALL.map(|group| GroupView {
        id: group.as_str().to_owned(),
        label: group.label(lang).to_owned(),
        operations: all
            .iter()
            .filter(|(tag, _)| tag == group.as_str())
            .map(|(_, operation)| operation.clone())
            .collect(),
    });
    let scope = |scope: &Scope| {
        (
            scope.as_str().to_owned(),
            scope.label(lang == Lang::Zh).to_owned(),
        )
    };
    let own = Objection::ALL.iter().map(|objection| objection.code());
    let fields = Wrong::ALL.iter().map(|(code, ..)| *code);
    let rules = Refused::ALL.iter().map(|refused| refused.code());
    let page = ApiPage {
        f: visit.frame(lang.t("开放接口", "API")),
        groups: groups.to_vec(),
        scopes: Scope::ALL.iter().map(scope).collect(),
        codes: own.chain(fields).chain(rules).map(ToOwned::to_owned).collect(),
    };
    Answer::page(&visit, StatusCode::OK, &page)
}

/// `GET /api/wenti`: where the `type` of every problem leads.
pub async fn codes(visit: Visit) -> Answer {
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let row = |code: &str, status: String, what: &str| CodeRow {
        code: code.to_owned(),
        status,
        what: what.to_owned(),
    };
    let own = Objection::ALL.iter().map(|objection| {
        let status = objection.status().as_u16().to_string();
        row(objection.code(), status, objection.message(zh))
    });
    let fields = Wrong::ALL
        .iter()
        .map(|(code, chinese, english)| row(code, String::new(), lang.t(chinese, english)));
    let rules = Refused::ALL.iter().map(|refused| {
        let status = status_of(*refused).as_u16().to_string();
        row(refused.code(), status, refused.message(zh))
    });
    let page = CodesPage {
        f: visit.frame(lang.t("错误码", "Error codes")),
        own: own.collect(),
        fields: fields.collect(),
        rules: rules.collect(),
    };
    Answer::page(&visit, StatusCode::OK, &page)
}
