//! What the way to a session leaves in the browser: the log-in that waits for its second step, and the
//! device that is remembered. Random tokens, out of reach of scripts and other sites (2.1.1.e).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::failure::Answer;
use crate::request::{Visit, cookie};
use crate::state::WebState;

/// One of the two cookies.
#[derive(Clone, Copy)]
pub enum Left {
    /// The log-in that waits.
    Pending,
    /// The remembered device.
    Remembered,
}

impl Left {
    const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Pending, true) => "__Host-pending",
            (Self::Pending, false) => "pending",
            (Self::Remembered, true) => "__Host-remembered",
            (Self::Remembered, false) => "remembered",
        }
    }

    const fn seconds(self) -> i64 {
        match self {
            Self::Pending => domain::account::second::PENDING_LIFE.whole_seconds(),
            Self::Remembered => domain::account::second::REMEMBERED.whole_seconds(),
        }
    }
}

/// What a request brought of them.
pub struct Brought {
    /// The token of the log-in that waits.
    pub pending: Option<String>,
    /// The token of the device.
    pub remembered: Option<String>,
}

impl FromRequestParts<WebState> for Brought {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let secure = state.settings.secure;
        let of = |left: Left| cookie(&parts.headers, left.name(secure)).map(str::to_owned);
        Ok(Self {
            pending: of(Left::Pending),
            remembered: of(Left::Remembered),
        })
    }
}

impl Answer {
    /// Leaves a token in the browser.
    #[must_use]
    pub fn leaving(self, visit: &Visit, left: Left, token: &str) -> Self {
        let secure = visit.state.settings.secure;
        self.with_cookie(visit, left.name(secure), token, left.seconds())
    }

    /// Takes it back.
    #[must_use]
    pub fn taking_back(self, visit: &Visit, left: Left) -> Self {
        let secure = visit.state.settings.secure;
        self.with_cookie(visit, left.name(secure), "", 0)
    }
}
