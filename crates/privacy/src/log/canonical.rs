//! One text for one JSON value (RFC 8785, without fractions): what is hashed and signed.

use serde_json::Value;

use super::LogError;

/// The canonical text: keys in order, no space, nothing escaped that need not be.
///
/// # Errors
/// [`LogError::Malformed`] for a number that is not a whole one: no format here has any, and their
/// canonical form is where implementations differ.
pub fn canonical(value: &Value) -> Result<String, LogError> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), LogError> {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => out.push_str(&value.to_string()),
        Value::Number(number) if number.is_i64() || number.is_u64() => out.push_str(&number.to_string()),
        Value::Number(_) => return Err(LogError::Malformed("number")),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_by(|one, other| one.encode_utf16().cmp(other.encode_utf16()));
            out.push('{');
            for (place, key) in keys.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(&Value::String(key.clone()), out)?;
                out.push(':');
                write(fields.get(key).unwrap_or(&Value::Null), out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ordered_and_signs_written_as_rfc_8785_says() {
        let given = "{\"\u{20ac}\":1, \"\\r\":2,\"1\":[true,null, -7],\"\u{1f600}\":\"a\\u000f\\u000a\\\"\\\\/<\\u00e9\",\"\u{fb33}\":{} }";
        let value: Value = serde_json::from_str(given).expect("JSON");
        let wanted = "{\"\\r\":2,\"1\":[true,null,-7],\"\u{20ac}\":1,\"\u{1f600}\":\"a\\u000f\\n\\\"\\\\/<é\",\"\u{fb33}\":{}}";
        assert_eq!(canonical(&value).expect("canonical"), wanted);
        let fraction: Value = serde_json::from_str("[1.5]").expect("JSON");
        assert_eq!(canonical(&fraction), Err(LogError::Malformed("number")));
    }
}
