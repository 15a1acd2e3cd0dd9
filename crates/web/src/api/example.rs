//! Examples out of the document itself: an answer from its schema, a request from its parameters.

use serde_json::{Map, Value, json};

/// What a reference leads to; anything else is itself.
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"]
        .as_str()
        .and_then(|reference| document.pointer(reference.trim_start_matches('#')))
        .unwrap_or(value)
}

/// An example of a schema. Schemas here do not contain themselves.
pub fn of(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    // Of what may be something or null, the something.
    let some = schema["oneOf"].as_array().into_iter().flatten();
    if let Some(some) = some.into_iter().find(|one| one["type"] != "null") {
        return of(document, some);
    }
    match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let example = properties.map(|(name, schema)| (name.clone(), of(document, schema)));
            Value::Object(example.collect::<Map<_, _>>())
        }
        Some("array") => json!([of(document, &schema["items"])]),
        Some("integer") => json!(1),
        Some("boolean") => json!(false),
        _ if schema["format"] == "uuid" => json!("3f1d2c4b-5a69-4788-9a0b-1c2d3e4f5a6b"),
        _ => json!("…"),
    }
}

/// A value as an address writes it.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A request for the command line.
pub fn curl(method: &str, path: &str, operation: &Value) -> String {
    let mut lines = Vec::new();
    let mut query = Vec::new();
    if operation["security"][0]["token"].is_array() {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, example) = (plain(&parameter["name"]), plain(&parameter["example"]));
        match parameter["in"].as_str() {
            Some("query") if query.len() < 2 => query.push((name, example)),
            Some("header") => lines.push(format!("-H \"{name}: {example}\"")),
            _ => {}
        }
    }
    let path = path
        .replace("{id}", "3f1d2c4b-5a69-4788-9a0b-1c2d3e4f5a6b")
        .replace("{number}", "QF7K2M9XPT4V6C");
    let path = ["session", "member", "invitation", "request"]
        .iter()
        .fold(path, |path, part| {
            path.replace(&format!("{{{part}}}"), "9c1f2a3b-4d5e-4f60-8a7b-6c5d4e3f2a1b")
        });
    if let Some(body) = operation["requestBody"]["content"]["application/json"].get("example") {
        lines.push("-H \"Content-Type: application/json\"".to_owned());
        lines.push(format!("-d '{body}'"));
    }
    let get = !query.is_empty();
    lines.extend(
        query
            .into_iter()
            .map(|(name, value)| format!("--data-urlencode \"{name}={value}\"")),
    );
    let verb = match (method, get) {
        (_, true) => "curl -G",
        ("post", _) => "curl -X POST",
        ("put", _) => "curl -X PUT",
        ("delete", _) => "curl -X DELETE",
        _ => "curl",
    };
    let first = format!("{verb} \"$SITE{path}\"");
    std::iter::once(first)
        .chain(lines)
        .collect::<Vec<_>>()
        .join(" \\\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::document::value;
    use crate::api::operation;
    use crate::pages::frame::Lang;

    #[test]
    fn every_answer_has_a_whole_example_and_every_request_its_own() {
        let document = value(Lang::Zh);
        for operation in operation::all() {
            let described = &document["paths"][operation.path][operation.method];
            let status = operation.status.to_string();
            let schema = &described["responses"][&status]["content"]["application/json"]["schema"];
            let text = of(document, schema).to_string();
            assert!(!text.contains("null"), "{}: {text}", operation.id);
            let request = curl(operation.method, operation.path, described);
            assert!(!request.contains('{') || request.contains("-d '{"), "{request}");
            assert_eq!(
                request.contains("$TOKEN"),
                operation.scope().is_some(),
                "{request}"
            );
        }
        let order = of(document, &json!({ "$ref": "#/components/schemas/Order" }));
        assert_eq!(
            order["agreed"]["total"],
            json!({ "amount": 29900, "currency": "CNY" })
        );
        assert_eq!(order["due"]["at"], "2026-11-23T10:00:00+08:00");
    }
}
