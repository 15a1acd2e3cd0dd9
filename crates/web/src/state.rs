//! What every handler shares.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::market::catalogue::CatalogueHandle;
use domain::calendar::BEIJING;
use policy::{Archive, Version};
use privacy::{Actor, Ctx, Purpose};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::address::Network;
use crate::pages::frame::Filing;

/// The operator's configuration as pages show it (1.0). Nothing of it is in the source.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site's name.
    pub brand: String,
    /// The operator's registered name.
    pub operator_name: String,
    /// How to reach the operator.
    pub operator_contact: String,
    /// Who is responsible for personal information.
    pub responsible_person: String,
    /// The filings and the licence.
    pub filing: Filing,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// Whether the site is served over TLS: cookies are then bound to host and TLS.
    pub secure: bool,
    /// The proxies that are believed who the visitor is.
    pub trusted_proxies: Vec<Network>,
    /// Answers about codes take at least so long, whatever was found.
    pub answer_floor: Duration,
}

/// The state of all handlers; cheap to clone.
#[derive(Clone)]
pub struct WebState {
    /// The use cases' needs.
    pub app: App,
    /// The public catalogue.
    pub catalogue: CatalogueHandle,
    /// The policy's versions.
    pub policy: Arc<Archive>,
    /// The operator's configuration.
    pub settings: Arc<Settings>,
}

/// The style sheet.
pub(crate) const CSS: &str = include_str!("../assets/app.css");

/// The script of puzzles.
pub(crate) const PUZZLE: &str = include_str!("../assets/puzzle.js");

/// Its path, with its content in its name.
pub(crate) fn puzzle_path() -> &'static str {
    static PATH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    PATH.get_or_init(|| {
        let digest = Sha256::digest(PUZZLE.as_bytes());
        format!(
            "/static/puzzle.{:02x}{:02x}{:02x}{:02x}.js",
            digest[0], digest[1], digest[2], digest[3]
        )
    })
}

/// The style sheet's path, with its content in its name, so that it may be cached for ever.
pub(crate) fn css_path() -> &'static str {
    static PATH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    PATH.get_or_init(|| named_by_content("app", CSS, "css"))
}

fn named_by_content(name: &str, content: &str, kind: &str) -> String {
    let digest = Sha256::digest(content.as_bytes());
    format!(
        "/static/{name}.{:02x}{:02x}{:02x}{:02x}.{kind}",
        digest[0], digest[1], digest[2], digest[3]
    )
}

/// What asks a device for a passkey.
pub(crate) const PASSKEY_JS: &str = include_str!("../assets/passkey.js");

/// Its path, with its content in its name.
pub(crate) fn passkey_js_path() -> &'static str {
    static PATH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    PATH.get_or_init(|| named_by_content("passkey", PASSKEY_JS, "js"))
}

impl WebState {
    /// The context of a request: who acts, under the policy version in force.
    pub(crate) fn ctx<P: Purpose>(&self, actor: Actor, request: Uuid) -> Ctx<P> {
        let version = self.version().map(|version| version.id.clone());
        Ctx::new(actor, version.unwrap_or_default(), request, self.app.clock.now())
    }

    /// The policy version in force now (0.1). Before the first effective day the first version is
    /// shown, so that there is always one to read.
    pub(crate) fn version(&self) -> Option<&Version> {
        let today = self.app.clock.now().to_offset(BEIJING).date();
        self.policy
            .in_force("platform", today)
            .or_else(|| self.policy.iter().next())
    }
}
