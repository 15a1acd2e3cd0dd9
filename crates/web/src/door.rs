//! What the way to a session leaves in the browser: the log-in that waits for its second step, the
//! device that is remembered, the question to a device for a passkey. Random tokens, out of reach of scripts and other sites (2.1.1.e).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::failure::Answer;
use crate::request::{Visit, cookie};
use crate::state::WebState;

/// One of these cookies.
#[derive(Clone, Copy)]
pub enum Left {
    /// The log-in that waits.
    Pending,
    /// The remembered device.
    Remembered,
    /// The question to a device, for a log-in by a passkey.
    Question,
    /// The log-in that the security guard stopped.
    Stopped,
}

impl Left {
    const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Pending, true) => "__Host-pending",
            (Self::Pending, false) => "pending",
            (Self::Remembered, true) => "__Host-remembered",
            (Self::Remembered, false) => "remembered",
            (Self::Question, true) => "__Host-question",
            (Self::Question, false) => "question",
            (Self::Stopped, true) => "__Host-stopped",
            (Self::Stopped, false) => "stopped",
        }
    }

    const fn seconds(self) -> i64 {
        match self {
            Self::Pending => domain::account::second::PENDING_LIFE.whole_seconds(),
            Self::Remembered => domain::account::second::REMEMBERED.whole_seconds(),
            Self::Question => domain::account::passkey::CEREMONY_LIFE.whole_seconds(),
            // Long enough to come back for what a human decided.
            Self::Stopped => 7 * 24 * 60 * 60,
        }
    }
}

/// What a request brought of them.
pub struct Brought {
    /// The token of the log-in that waits.
    pub pending: Option<String>,
    /// The token of the device.
    pub remembered: Option<String>,
    /// The token of the question to a device.
    pub question: Option<String>,
    /// The token of the log-in that was stopped.
    pub stopped: Option<String>,
}

impl FromRequestParts<WebState> for Brought {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        let secure = state.settings.secure;
        let of = |left: Left| cookie(&parts.headers, left.name(secure)).map(str::to_owned);
        Ok(Self {
            pending: of(Left::Pending),
            remembered: of(Left::Remembered),
            question: of(Left::Question),
            stopped: of(Left::Stopped),
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
