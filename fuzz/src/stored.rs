//! Files that lie beside copies, and the texts of the policy.

use policy::{Archive, Diff, Lang, Version, agreement, segments};
use storage::backup::Manifest;

/// A manifest is refused, or is the same when it is read again.
pub fn backup_manifest(data: &[u8]) {
    if let Ok(manifest) = serde_json::from_slice::<Manifest>(data) {
        // An instant past the year 9999 has no such form; it was not read from one either.
        let written = serde_json::to_vec(&manifest).expect("what was read can be written");
        let again: Manifest = serde_json::from_slice(&written).expect("and read again");
        assert_eq!(again, manifest);
    }
}

/// The four texts of a version and its list of purposes, one after the other between lines of `%%`.
pub fn policy_version(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split("\n%%\n");
    let mut next = || parts.next().unwrap_or_default();
    let Ok(version) = Version::parse(next(), next(), next(), next()) else {
        return;
    };
    let Ok(version) = version.stating(next()) else {
        return;
    };
    assert!(version.updated_on <= version.effective_on, "0.1");
    for lang in [Lang::Zh, Lang::En] {
        let _ = version.policy_hash(lang);
        let _ = version.agreement_hash(lang, "某运营方");
        let _ = agreement(&version, lang, "某运营方");
        let mut there = 0;
        for section in &version.sections {
            for clause in version.clauses_of(section) {
                there += 1;
                let _ = segments(&version, lang, clause.text(lang));
            }
        }
        assert!(there >= version.clauses.len(), "every clause has a section");
    }
    let _ = version.to_json();
    assert!(!Diff::between(&version, &version).needs_fresh_consent());
    let mut archive = Archive::default();
    let id = version.id.clone();
    if archive.publish(version).is_ok() {
        assert!(archive.get(&id).is_some());
    }
}
