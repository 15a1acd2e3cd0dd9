//! Files that never change under their name, and what machines ask for.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::failure::Answer;
use crate::state::{CSS, PASSKEY_JS, PUZZLE};

/// The style sheet.
pub async fn css() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, CSS).into_response()
}

/// What asks a device for a passkey.
pub async fn passkey_js() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, PASSKEY_JS).into_response()
}

/// The script of puzzles.
pub async fn puzzle() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, PUZZLE).into_response()
}

/// What crawlers may read: everything public, no account pages.
pub async fn robots() -> Answer {
    let text = "User-agent: *\nDisallow: /zhanghao\nDisallow: /denglu\nDisallow: /zhuce\nDisallow: /mima\nDisallow: /xiadan\nDisallow: /dingdan\nDisallow: /gongzuotai\nDisallow: /demo\n";
    Answer::text("text/plain; charset=utf-8", text.to_owned())
}

/// Whether the server answers.
pub async fn health() -> Answer {
    Answer::text("text/plain; charset=utf-8", "ok\n".to_owned())
}
