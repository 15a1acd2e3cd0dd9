//! Reading the sources as text: files, words, marks, names of tests.

use std::path::Path;

use super::root;

/// A source file.
pub struct Source {
    /// Its path from the workspace's folder, with slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The files under a folder whose name ends with one of `ends`, by path. Installed packages are not
/// sources.
pub fn sources(folder: &Path, ends: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                if !["node_modules", "target"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if ends
                .iter()
                .any(|end| name == *end || name.ends_with(&format!(".{end}")))
            {
                let shown = path.strip_prefix(root()).expect("inside the workspace");
                found.push(Source {
                    path: shown.to_string_lossy().replace('\\', "/"),
                    text: std::fs::read_to_string(&path).expect("a readable source"),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

const fn of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Every word of the text that begins with `start`.
pub fn words_with<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(start).filter_map(|(at, _)| {
        let begins = !text[..at].ends_with(of_word);
        let rest = &text[at..];
        let end = rest.find(|c| !of_word(c)).unwrap_or(rest.len());
        begins.then_some(&rest[..end])
    })
}

/// The ids in `clause!("…")`, as often as they stand.
pub fn marks(text: &str) -> Vec<&str> {
    text.split("clause!(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once("\")").map(|(id, _)| id))
        .filter(|id| id.starts_with(|c: char| c.is_ascii_digit()))
        .collect()
}

/// The tests named after a clause.
pub fn clause_tests(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text
        .lines()
        .map(str::trim_start)
        .filter_map(|line| {
            let line = line.strip_prefix("async ").unwrap_or(line);
            let line = line.strip_prefix("fn ").unwrap_or(line);
            let name = line.split_once('(')?.0;
            let numbered = name
                .strip_prefix("clause_")?
                .starts_with(|c: char| c.is_ascii_digit());
            (numbered && name.chars().all(of_word)).then_some(name)
        })
        .collect();
    names.dedup();
    names
}

/// The clauses a test's name carries: `clause_0_2_and_2_1_1_b_two_boxes` carries 0.2 and 2.1.1.b.
/// Of several readings the longest id that exists counts.
pub fn carried(name: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest: Vec<&str> = name.split('_').collect();
    while rest.first().is_some_and(|word| ["clause", "and"].contains(word)) {
        rest.remove(0);
        let id = (1..=rest.len().min(7))
            .rev()
            .map(|length| (length, rest[..length].join(".")))
            .find(|(_, id)| exists(id));
        let Some((length, id)) = id else { break };
        found.push(id);
        rest.drain(..length);
    }
    found
}

#[test]
fn marks_words_and_names_are_found() {
    assert_eq!(
        marks("clause!(\"2.6.1.g\") clause!($clause) clause!(\"…\")"),
        ["2.6.1.g"]
    );
    let text = "SITE_A=1 \"SITE_B\" XSITE_C";
    assert_eq!(
        words_with(text, "SITE_").collect::<Vec<_>>(),
        ["SITE_A", "SITE_B"]
    );
    let code =
        "    fn clause_0_1_x() {\n  clause_0_2_y(test) {\nasync fn clause_1_0_z() {\nfn clause_tests(a) {\n";
    assert_eq!(
        clause_tests(code),
        ["clause_0_1_x", "clause_0_2_y", "clause_1_0_z"]
    );
}

#[test]
fn the_longest_existing_id_is_carried() {
    let exists = |id: &str| ["0.2", "0.7", "2.1.1.b", "2.1.1"].contains(&id);
    assert_eq!(carried("clause_2_1_1_b_a_field_more", exists), ["2.1.1.b"]);
    assert_eq!(carried("clause_0_2_and_0_7_two", exists), ["0.2", "0.7"]);
    assert_eq!(carried("clause_2_1_1_a_person", exists), ["2.1.1"]);
    assert!(carried("clause_9_9_nothing", exists).is_empty());
}
