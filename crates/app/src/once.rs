//! What a program sends again makes nothing a second time: what it
//! makes has its identifier from the key that came with it, so that the second try finds the first for as
//! long as that is kept.

use privacy::Personal;
use uuid::Uuid;

use crate::App;
use crate::account::Viewer;

/// The identifier of what a request with this key makes for the viewer; another one each time without a
/// key. Only who knows the vault's root could make one for somebody else's.
pub(crate) fn id(app: &App, viewer: &Viewer, what: &str, key: Option<Uuid>) -> Uuid {
    let Some(key) = key else {
        return app.entropy.id();
    };
    let words = Personal::received(format!("{what} {} {key}", viewer.account));
    let digest = app.store.blind_index("request.key", &words);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.0[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
