//! The samples of every page, on a demonstration.

use axum::http::StatusCode;

use crate::failure::Answer;
use crate::pages::gallery::{GalleryPage, KINDS, Line};
use crate::request::{Named, Visit};
use crate::state::css_path;

/// `GET /demo/yemian`.
pub async fn list(visit: Visit) -> Answer {
    if !visit.state.settings.demo {
        return Answer::not_found(&visit);
    }
    let lines = KINDS
        .iter()
        .map(|kind| Line {
            name: kind.name.to_owned(),
            numbers: (1..=kind.samples(visit.lang, css_path()).len()).collect(),
        })
        .collect();
    let page = GalleryPage {
        f: visit.frame(visit.lang.t("页面样例", "Page samples")),
        lines,
    };
    Answer::page(&visit, StatusCode::OK, &page)
}

/// `GET /demo/yemian/{page}/{sample}`: exactly as the page itself is shown.
pub async fn sample(visit: Visit, Named((page, number)): Named<(String, usize)>) -> Answer {
    let found = KINDS
        .iter()
        .find(|kind| visit.state.settings.demo && kind.name == page)
        .zip(number.checked_sub(1))
        .and_then(|(kind, index)| kind.samples(visit.lang, css_path()).into_iter().nth(index));
    match found {
        Some(rendered) => Answer::rendered(&visit, StatusCode::OK, rendered),
        None => Answer::not_found(&visit),
    }
}
