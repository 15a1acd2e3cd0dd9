//! Every page in every language: read strictly, within budget, and as it was last agreed on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use web::pages::frame::Lang;
use web::pages::gallery::KINDS;

use crate::budget::{PAGE, compressed};
use crate::html::Document;

/// The whole page is kept of these, for the frame around all of them; of the others, its inside.
const WHOLE: [&str; 2] = ["home", "account"];

struct Sample {
    kind: &'static str,
    name: String,
    html: String,
}

/// Every sample of every page.
fn samples() -> Vec<Sample> {
    let mut found = Vec::new();
    for kind in KINDS {
        for lang in Lang::ALL {
            for (index, page) in kind.samples(lang, "/assets/app.css").into_iter().enumerate() {
                found.push(Sample {
                    kind: kind.name,
                    name: format!("{}-{}-{}", kind.name, index + 1, lang.code()),
                    html: page.expect("the page renders"),
                });
            }
        }
    }
    found
}

/// What is between the page's head and foot.
fn inside(html: &str) -> &str {
    let from = html.find("<main").expect("a main part");
    let end = html.find("</main>").expect("its end") + "</main>".len();
    &html[from..end]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

/// The names of the structs with a template, read from the sources.
fn structs(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            structs(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            for after in text.split("#[derive(").skip(1).filter(|after| {
                let list = after.split(')').next().unwrap_or_default();
                list.split(',').any(|name| name.trim().ends_with("Template"))
            }) {
                let name = after.split("struct ").nth(1).expect("a struct");
                let end = name.find(|c: char| !c.is_alphanumeric()).expect("its end");
                found.insert(name[..end].to_owned());
            }
        }
    }
}

/// Templates that are files to keep, not pages of the site; their own test is beside them.
const FILES: [&str; 1] = ["CopyDocument"];

#[test]
fn every_page_struct_is_in_the_gallery() {
    let mut written = BTreeSet::new();
    structs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut written);
    written.retain(|name| !FILES.contains(&name.as_str()));
    let listed: BTreeSet<String> = KINDS.iter().map(|kind| kind.type_name.to_owned()).collect();
    assert_eq!(written, listed);
    assert_eq!(KINDS.len(), listed.len(), "a page is listed twice");
}

#[test]
fn every_page_has_as_many_samples_in_either_language() {
    for kind in KINDS {
        let [zh, en] = Lang::ALL.map(|lang| kind.samples(lang, "").len());
        assert!(zh > 0 && zh == en, "{}: {zh} and {en}", kind.name);
    }
}

#[test]
fn every_page_is_well_formed_and_labelled() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let lang = if sample.name.ends_with("zh") {
            "zh-CN"
        } else {
            "en"
        };
        let document = Document::read(&sample.html);
        let tagged = document.elements.first().and_then(|element| element.get("lang"));
        if tagged != Some(lang) {
            wrong.push(format!("{}: the language is {tagged:?}", sample.name));
        }
        for fault in document.faults() {
            wrong.push(format!("{}: {fault}", sample.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each page has a sample with markup in its data, so that the test above would find it unescaped.
#[test]
fn every_page_shows_markup_as_text() {
    let mut shown = BTreeSet::new();
    for sample in samples() {
        if inside(&sample.html).contains("&#60;b&#62;") {
            shown.insert(sample.kind);
        }
    }
    let plain: Vec<&str> = KINDS
        .iter()
        .map(|kind| kind.name)
        .filter(|name| !shown.contains(name))
        .collect();
    assert!(plain.is_empty(), "no sample holds <b> in its data: {plain:?}");
}

#[test]
fn every_page_is_within_its_budget() {
    for sample in samples() {
        let size = compressed(sample.html.as_bytes());
        assert!(size <= PAGE, "{} has {size} bytes", sample.name);
    }
}

#[test]
fn every_page_is_as_agreed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for sample in samples() {
            let whole = WHOLE.contains(&sample.kind);
            let text = if whole { &sample.html } else { inside(&sample.html) };
            insta::assert_snapshot!(sample.name, text);
        }
    });
}

#[test]
fn no_snapshot_is_left_over() {
    let used: BTreeSet<String> = samples()
        .into_iter()
        .map(|sample| format!("{}.snap", sample.name))
        .collect();
    let present: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the snapshots")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !name.ends_with(".snap.new"))
        .collect();
    let left: Vec<_> = present.difference(&used).collect();
    assert!(left.is_empty(), "remove {left:?}");
}
