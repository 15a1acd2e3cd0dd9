//! What the policy promises of itself.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use policy::{Change, Diff, Kind, Lang, Level, PolicyError, Segment, Version, agreement, builtin, segments};
use time::macros::date;

const VERSION: &str = r#"
id = "a"
product = "platform"
updated_on = "2020-10-25"
effective_on = "2020-11-01"
kind = "minor"
sensitive_zh = ["证件", "证件号码"]
sensitive_en = ["ID number"]
[[section]]
key = "0"
zh = "前言"
en = "Preface"
[[section]]
key = "2.6"
zh = "权利"
en = "Rights"
"#;

fn clause(id: &str, kind: &str, zh: &str) -> String {
    format!(
        "[[clause]]\nid = \"{id}\"\nlevel = \"hard\"\nkind = \"{kind}\"\nzh = \"{zh}\"\nen = \"{zh}\"\nenforce = \"x\"\nevidence = \"x\"\nlaw = []\nfunctions = []\n"
    )
}

fn parse(version: &str, clauses: &str) -> Result<Version, PolicyError> {
    Version::parse(
        version,
        clauses,
        "## 一\n{{operator}} 说",
        "## 1\nsays {{operator}}",
    )
}

fn version(id: &str, effective: &str, clauses: &str) -> Version {
    let text = VERSION
        .replace("id = \"a\"", &format!("id = \"{id}\""))
        .replace("2020-11-01", effective);
    parse(&text, clauses).expect("a version")
}

#[test]
fn clause_0_1_a_missing_or_reversed_date_is_refused() {
    let clauses = clause("0.1", "duty", "一");
    assert!(parse(VERSION, &clauses).is_ok());
    let missing = VERSION.replace("updated_on = \"2020-10-25\"\n", "");
    assert_eq!(
        parse(&missing, &clauses).err(),
        Some(PolicyError::Date("updated_on"))
    );
    let reversed = VERSION.replace("2020-10-25", "2020-11-02");
    assert_eq!(parse(&reversed, &clauses).err(), Some(PolicyError::DatesReversed));
    let same_day = VERSION.replace("2020-10-25", "2020-11-01");
    assert!(parse(&same_day, &clauses).is_ok());
}

#[test]
fn clause_0_1_a_version_governs_from_its_day() {
    let archive = builtin().expect("archive");
    assert!(archive.in_force("platform", date!(2020 - 10 - 31)).is_none());
    let governing = archive
        .in_force("platform", date!(2020 - 11 - 01))
        .expect("in force");
    assert_eq!(governing.updated_on, date!(2020 - 10 - 25));
}

#[test]
fn clause_0_10_and_0_17_one_version_governs_and_none_is_replaced() {
    let clauses = clause("0.1", "duty", "一");
    let mut archive = policy::Archive::default();
    archive
        .publish(version("a", "2020-11-01", &clauses))
        .expect("first");
    archive
        .publish(version("c", "2022-01-01", &clauses))
        .expect("later");
    archive
        .publish(version("b", "2021-01-01", &clauses))
        .expect("between");
    assert!(matches!(
        archive.publish(version("a", "2023-01-01", &clauses)),
        Err(PolicyError::Published(_))
    ));
    assert!(matches!(
        archive.publish(version("d", "2021-01-01", &clauses)),
        Err(PolicyError::Published(_))
    ));
    let at = |day| {
        archive
            .in_force("platform", day)
            .map(|version| version.id.clone())
    };
    assert_eq!(at(date!(2020 - 12 - 31)).as_deref(), Some("a"));
    assert_eq!(at(date!(2021 - 01 - 01)).as_deref(), Some("b"));
    assert_eq!(at(date!(2030 - 01 - 01)).as_deref(), Some("c"));
    assert!(archive.in_force("other", date!(2030 - 01 - 01)).is_none());
}

#[test]
fn duplicate_and_homeless_clauses_are_refused() {
    let twice = clause("0.1", "duty", "一") + &clause("0.1", "duty", "二");
    assert_eq!(
        parse(VERSION, &twice).err(),
        Some(PolicyError::Duplicate("0.1".to_owned()))
    );
    let homeless = clause("2.7.a", "duty", "一");
    assert_eq!(
        parse(VERSION, &homeless).err(),
        Some(PolicyError::Homeless("2.7.a".to_owned()))
    );
}

#[test]
fn the_register_holds_every_clause() {
    let archive = builtin().expect("archive");
    let version = archive.get("2020-11-01").expect("the version");
    let count = |level| {
        version
            .clauses
            .iter()
            .filter(|clause| clause.level == level)
            .count()
    };
    assert_eq!(
        (count(Level::Hard), count(Level::Process), count(Level::Support)),
        (128, 49, 11)
    );
    let shown: usize = version
        .sections
        .iter()
        .map(|section| version.clauses_of(section).count())
        .sum();
    assert_eq!(shown, 188, "every clause stands in exactly one section");
    assert!(
        version
            .clauses
            .iter()
            .all(|clause| !clause.zh.is_empty() && !clause.en.is_empty())
    );
    assert_eq!(version.to_json()["clauses"].as_array().map(Vec::len), Some(188));
}

#[test]
fn clause_0_14_sensitive_items_are_cut_out_longest_first() {
    let version = version("a", "2020-11-01", &clause("0.1", "duty", "一"));
    let expected = [
        Segment::Plain("填写"),
        Segment::Sensitive("证件号码"),
        Segment::Plain("。"),
    ];
    assert_eq!(segments(&version, Lang::Zh, "填写证件号码。"), expected);
    let archive = builtin().expect("archive");
    let version = archive.get("2020-11-01").expect("the version");
    let clause = version.clause("1.4").expect("1.4");
    for lang in [Lang::Zh, Lang::En] {
        let marked = segments(version, lang, clause.text(lang));
        assert!(
            marked
                .iter()
                .filter(|segment| matches!(segment, Segment::Sensitive(_)))
                .count()
                >= 6
        );
        let whole: String = marked
            .iter()
            .map(|segment| match segment {
                Segment::Plain(t) | Segment::Sensitive(t) => *t,
            })
            .collect();
        assert_eq!(whole, clause.text(lang));
    }
}

#[test]
fn clause_0_19_and_0_20_changes_are_listed_and_purposes_ask_again() {
    let old = version(
        "a",
        "2020-11-01",
        &(clause("0.1", "duty", "一") + &clause("0.2", "purpose", "二")),
    );
    let reworded = version(
        "b",
        "2021-01-01",
        &(clause("0.1", "duty", "壹") + &clause("0.2", "purpose", "二")),
    );
    let diff = Diff::between(&old, &reworded);
    assert!(matches!(diff.changes.as_slice(), [Change::Changed(..)]));
    assert!(diff.kind == Kind::Minor && !diff.needs_fresh_consent());
    let widened = version(
        "c",
        "2022-01-01",
        &(clause("0.2", "purpose", "二，并且三") + &clause("0.3", "duty", "三")),
    );
    let diff = Diff::between(&old, &widened);
    assert!(matches!(
        diff.changes.as_slice(),
        [Change::Changed(..), Change::Added(_), Change::Removed(_)]
    ));
    assert!(diff.needs_fresh_consent());
    assert!(Diff::between(&old, &old).changes.is_empty());
}

#[test]
fn clause_1_0_the_operator_is_put_into_the_text_and_its_hash() {
    let archive = builtin().expect("archive");
    let version = archive.get("2020-11-01").expect("the version");
    for lang in [Lang::Zh, Lang::En] {
        let text = format!("{:?}", agreement(version, lang, "某运营方"));
        assert!(text.contains("某运营方") && !text.contains("{{"));
        assert_ne!(
            version.agreement_hash(lang, "甲"),
            version.agreement_hash(lang, "乙")
        );
    }
    assert_ne!(version.policy_hash(Lang::Zh), version.policy_hash(Lang::En));
}
