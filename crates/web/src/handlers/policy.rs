//! The policy centre (0.1, 0.6, 0.14, 0.17–0.20): the version in force, every former one, what
//! changed, the agreement, and the same for machines.

use axum::http::StatusCode;
use policy::{Change, Diff, Paragraph, Segment, Version, agreement, segments};

use crate::failure::Answer;
use crate::pages::moment::Day;
use crate::pages::public::{
    AgreementPage, ArchivePage, ChangeView, ClauseView, DiffPage, ParagraphView, Piece, PolicyPage,
    SectionView, VersionView,
};
use crate::request::{Named, Visit};

/// `GET /zhengce`.
pub async fn current(visit: Visit) -> Answer {
    visit
        .state
        .version()
        .map_or_else(|| Answer::not_found(&visit), |version| show(&visit, version))
}

/// `GET /zhengce/{version}`.
pub async fn version(visit: Visit, Named(id): Named<String>) -> Answer {
    visit
        .state
        .policy
        .get(&id)
        .map_or_else(|| Answer::not_found(&visit), |version| show(&visit, version))
}

fn show(visit: &Visit, version: &Version) -> Answer {
    let lang = visit.policy_lang();
    let sections = version
        .sections
        .iter()
        .map(|section| SectionView {
            key: section.key.clone(),
            heading: section.heading(lang).to_owned(),
            clauses: version
                .clauses_of(section)
                .map(|clause| ClauseView {
                    id: clause.id.clone(),
                    pieces: segments(version, lang, clause.text(lang))
                        .into_iter()
                        .map(|segment| match segment {
                            Segment::Plain(text) => Piece {
                                text: text.to_owned(),
                                sensitive: false,
                            },
                            Segment::Sensitive(text) => Piece {
                                text: text.to_owned(),
                                sensitive: true,
                            },
                        })
                        .collect(),
                })
                .collect(),
        })
        .collect();
    let page = PolicyPage {
        f: visit.frame(visit.lang.t("隐私政策", "Privacy policy")),
        version: version.id.clone(),
        updated: Day::of(visit.lang, version.updated_on),
        effective: Day::of(visit.lang, version.effective_on),
        in_force: visit
            .state
            .version()
            .is_some_and(|current| current.id == version.id),
        hash: version.policy_hash(lang),
        sections,
    };
    Answer::page(visit, StatusCode::OK, &page)
}

/// `GET /zhengce/lishi`.
pub async fn archive(visit: Visit) -> Answer {
    let all: Vec<&Version> = visit.state.policy.iter().collect();
    let versions = all
        .iter()
        .enumerate()
        .rev()
        .map(|(place, version)| VersionView {
            id: version.id.clone(),
            updated: Day::of(visit.lang, version.updated_on),
            effective: Day::of(visit.lang, version.effective_on),
            in_force: visit
                .state
                .version()
                .is_some_and(|current| current.id == version.id),
            before: place.checked_sub(1).map(|earlier| all[earlier].id.clone()),
        })
        .collect();
    let page = ArchivePage {
        f: visit.frame(visit.lang.t("历史版本", "Earlier versions")),
        versions,
    };
    Answer::page(&visit, StatusCode::OK, &page)
}

/// `GET /zhengce/duibi/{before}/{after}`.
pub async fn diff(visit: Visit, Named((before, after)): Named<(String, String)>) -> Answer {
    let archive = &visit.state.policy;
    let (Some(before), Some(after)) = (archive.get(&before), archive.get(&after)) else {
        return Answer::not_found(&visit);
    };
    let lang = visit.policy_lang();
    let diff = Diff::between(before, after);
    let changes = diff
        .changes
        .iter()
        .map(|change| {
            let (id, old, new) = match change {
                Change::Added(new) => (&new.id, "", new.text(lang)),
                Change::Removed(old) => (&old.id, old.text(lang), ""),
                Change::Changed(old, new) => (&new.id, old.text(lang), new.text(lang)),
            };
            ChangeView {
                id: id.clone(),
                before: old.to_owned(),
                after: new.to_owned(),
            }
        })
        .collect();
    let page = DiffPage {
        f: visit.frame(visit.lang.t("版本对比", "What changed")),
        before: before.id.clone(),
        after: after.id.clone(),
        fresh_consent: diff.needs_fresh_consent(),
        changes,
    };
    Answer::page(&visit, StatusCode::OK, &page)
}

/// `GET /zhengce.json`.
pub async fn json(visit: Visit) -> Answer {
    visit.state.version().map_or_else(
        || Answer::not_found(&visit),
        |version| Answer::text("application/json; charset=utf-8", version.to_json().to_string()),
    )
}

/// `GET /xieyi`.
pub async fn user_agreement(visit: Visit) -> Answer {
    let Some(version) = visit.state.version() else {
        return Answer::not_found(&visit);
    };
    let (lang, operator) = (visit.policy_lang(), &visit.state.settings.operator_name);
    let paragraphs = agreement(version, lang, operator)
        .into_iter()
        .map(|paragraph| match paragraph {
            Paragraph::Heading(text) => ParagraphView { heading: true, text },
            Paragraph::Text(text) => ParagraphView { heading: false, text },
        })
        .collect();
    let page = AgreementPage {
        f: visit.frame(visit.lang.t("用户服务协议", "User service agreement")),
        version: version.id.clone(),
        hash: version.agreement_hash(lang, operator),
        paragraphs,
    };
    Answer::page(&visit, StatusCode::OK, &page)
}
