//! The store's own statements, so that a floor runs the very texts that the product runs.

use anyhow::{Context as _, Result, ensure};

/// A statement of the store with each of these parts in it: the very text the product runs.
///
/// # Errors
/// There is none, or more than one.
pub fn statement(among: &[&'static str], parts: &[&str]) -> Result<&'static str> {
    let mut found = among
        .iter()
        .filter(|text| parts.iter().all(|part| text.contains(part)));
    let first = found
        .next()
        .with_context(|| format!("the store has a statement with {parts:?}"))?;
    ensure!(
        found.all(|text| text == first),
        "the store has one statement with {parts:?}"
    );
    Ok(first)
}

/// A statement with an expression in each of its places.
///
/// # Errors
/// It has more places or fewer.
pub fn filled(text: &str, values: &[&str]) -> Result<String> {
    let places = values.iter().enumerate().rev();
    let whole = places.fold(text.to_owned(), |text, (place, value)| {
        text.replace(&format!("${}", place + 1), value)
    });
    // One that grew since would be measured against another.
    ensure!(
        !whole.contains('$') && !text.contains(&format!("${}", values.len() + 1)),
        "a statement has more places than are filled: {text}"
    );
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_found_once_and_filled_whole() {
        let all = ["SELECT a FROM t WHERE b = $1", "SELECT a FROM u"];
        assert!(statement(&all, &["SELECT a"]).is_err());
        assert!(statement(&all, &["INSERT"]).is_err());
        let text = statement(&all, &["SELECT a", "FROM t"]).unwrap();
        assert_eq!(filled(text, &["7"]).unwrap(), "SELECT a FROM t WHERE b = 7");
        assert!(filled(text, &[]).is_err());
    }
}
