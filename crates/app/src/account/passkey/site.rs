//! The site as authenticators know it, and what they are asked and answer. The challenge is this
//! program's own; everything else of a ceremony is what its library makes of the site each time, so that
//! nothing but the challenge has to be kept between question and answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Refused;
use domain::refused::Passkey as Rule;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::{Failure, Fault};

/// The name under which a site without a domain is used: on the machine itself, for a demonstration.
const LOCAL: &str = "localhost";

/// A domain that authenticators do not accept: an address in figures, a path, a name that is none.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("passkeys need a domain as in www.example.com, not an IP address")]
pub struct NoDomain;

/// The site as authenticators know it: a passkey belongs to its domain and works nowhere else.
pub struct RelyingParty {
    webauthn: Webauthn,
    domain: String,
}

/// What was wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Its counter went back.
    Copied,
    /// Anything else.
    Answer,
}

/// An answer as read, before it is believed.
pub(super) struct Answer(PublicKeyCredential);

impl Answer {
    /// Reads what a browser sent; `None` for what is no answer.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The identifier of the credential that answers.
    pub(super) fn credential(&self) -> &[u8] {
        &self.0.raw_id
    }

    /// Whose the authenticator says it is.
    pub(super) fn handle(&self) -> Option<&[u8]> {
        self.0.get_user_unique_id()
    }

    /// Whether it was given inside another site's page.
    fn framed(&self) -> bool {
        let said: Option<Value> = serde_json::from_slice(&self.0.response.client_data_json).ok();
        said.is_none_or(|said| said["crossOrigin"] == true)
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn malformed<E>(_: E) -> Failure {
    Failure::Fault(Fault::Document)
}

/// A ceremony's state with this challenge in place of the one that the library chose.
fn with_challenge<T: Serialize + DeserializeOwned>(
    state: &T,
    part: &str,
    challenge: &[u8],
) -> Result<T, Failure> {
    let mut value = serde_json::to_value(state).map_err(malformed)?;
    let place = value.get_mut(part).and_then(|part| part.get_mut("challenge"));
    *place.ok_or(Failure::Fault(Fault::Document))? = json!(text(challenge));
    serde_json::from_value(value).map_err(malformed)
}

impl RelyingParty {
    /// The site under its domain, with TLS; without a domain on this machine alone, whatever the port.
    ///
    /// # Errors
    /// [`NoDomain`].
    pub fn new(domain: Option<&str>, name: &str) -> Result<Self, NoDomain> {
        let origin = match domain {
            Some(domain) => format!("https://{domain}"),
            None => format!("http://{LOCAL}"),
        };
        let origin = Url::parse(&origin).map_err(|_| NoDomain)?;
        let plain = origin.path() == "/"
            && origin.query().is_none()
            && origin.fragment().is_none()
            && origin.username().is_empty();
        let host = origin.domain().filter(|_| plain).ok_or(NoDomain)?.to_owned();
        let builder = WebauthnBuilder::new(&host, &origin).map_err(|_| NoDomain)?;
        let webauthn = builder.rp_name(name).allow_any_port(domain.is_none()).build();
        Ok(Self {
            webauthn: webauthn.map_err(|_| NoDomain)?,
            domain: host,
        })
    }

    /// The domain that passkeys belong to.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// What an authenticator is asked in order to make a passkey: discoverable if it can, with user
    /// verification, without attestation, and not where one of `present` is.
    pub(super) fn to_create(
        &self,
        challenge: &[u8],
        handle: Uuid,
        name: &str,
        present: &[Passkey],
    ) -> Result<String, Failure> {
        let known = present.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let begun = self
            .webauthn
            .start_passkey_registration(handle, name, name, Some(known));
        let (options, _) = begun.map_err(malformed)?;
        let mut value = serde_json::to_value(&options.public_key).map_err(malformed)?;
        value["challenge"] = json!(text(challenge));
        value["authenticatorSelection"]["residentKey"] = json!("preferred");
        Ok(value.to_string())
    }

    /// The passkey that was made.
    pub(super) fn created(&self, challenge: &[u8], answer: &str) -> Result<Passkey, Failure> {
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(answer) else {
            return Err(Refused::from(Rule::Unreadable).into());
        };
        // Whom it is for stands in the question alone; the check of the answer does not use it.
        let begun = self
            .webauthn
            .start_passkey_registration(Uuid::nil(), "-", "-", None);
        let (_, state) = begun.map_err(malformed)?;
        let state: PasskeyRegistration = with_challenge(&state, "rs", challenge)?;
        let made = self.webauthn.finish_passkey_registration(&answer, &state);
        made.map_err(|error| {
            let rule = match error {
                WebauthnError::InvalidRPOrigin | WebauthnError::InvalidRPIDHash => Rule::Origin,
                WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => Rule::Unverified,
                WebauthnError::MismatchedChallenge => Rule::Stale,
                _ => Rule::Unreadable,
            };
            Refused::from(rule).into()
        })
    }

    /// What an authenticator is asked in order to prove who is there: by one of these passkeys, or, where
    /// none is named, by whichever it has for this site.
    pub(super) fn to_prove(&self, challenge: &[u8], these: &[Passkey]) -> Result<String, Failure> {
        let begun = self.webauthn.start_discoverable_authentication();
        let (options, _) = begun.map_err(malformed)?;
        let mut value = serde_json::to_value(&options.public_key).map_err(malformed)?;
        value["challenge"] = json!(text(challenge));
        let named = these
            .iter()
            .map(|passkey| json!({ "type": "public-key", "id": text(passkey.cred_id()) }));
        value["allowCredentials"] = Value::Array(named.collect());
        Ok(value.to_string())
    }

    /// Whether this passkey answered the challenge; what it became by it, if it did.
    pub(super) fn proved(
        &self,
        challenge: &[u8],
        answer: &Answer,
        mut passkey: Passkey,
    ) -> Result<Result<Passkey, Wrong>, Failure> {
        if answer.framed() {
            return Ok(Err(Wrong::Answer));
        }
        let begun = self.webauthn.start_discoverable_authentication();
        let (_, state) = begun.map_err(malformed)?;
        let state: DiscoverableAuthentication = with_challenge(&state, "ast", challenge)?;
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(&answer.0, state, &passkey);
        Ok(match result {
            Ok(result) if result.user_verified() => {
                passkey.update_credential(&result);
                Ok(passkey)
            }
            Err(WebauthnError::CredentialPossibleCompromise) => Err(Wrong::Copied),
            Ok(_) | Err(_) => Err(Wrong::Answer),
        })
    }
}

impl std::fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelyingParty")
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_domain_and_to_no_address_in_figures() {
        let of = |domain| {
            RelyingParty::new(domain, "x")
                .map(|site| site.domain().to_owned())
                .ok()
        };
        assert_eq!(of(None).as_deref(), Some("localhost"));
        assert_eq!(of(Some("www.example.com")).as_deref(), Some("www.example.com"));
        assert_eq!(
            of(Some("WWW.Example.com:8443")).as_deref(),
            Some("www.example.com")
        );
        for wrong in [
            "127.0.0.1",
            "[::1]",
            "192.0.2.1:443",
            "a/b",
            "a?b",
            "u@a",
            "",
            "a b",
        ] {
            assert_eq!(of(Some(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn no_answer_brings_the_program_down() {
        let site = RelyingParty::new(None, "x").expect("a site");
        let whole = r#"{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXQ","authenticatorData":"AA","signature":"AA","userHandle":null}}"#;
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let mut texts = vec![String::new(), "null".to_owned(), "{}".to_owned(), deep];
        texts.extend((0..whole.len()).map(|end| whole[..end].to_owned()));
        // Nonsense where the browser's bytes stand: tags, lengths and depths that no authenticator writes.
        for seed in 0_u32..2_000 {
            let mut at = seed.wrapping_mul(2_654_435_761) | 1;
            let bytes: Vec<u8> = (0..seed % 300)
                .map(|_| {
                    at ^= at << 13;
                    at ^= at >> 17;
                    at ^= at << 5;
                    at.to_le_bytes()[0]
                })
                .collect();
            texts.push(
                whole
                    .replace("o2NmbXQ", &text(&bytes))
                    .replace("\"AA\"", &format!("\"{}\"", text(&bytes))),
            );
        }
        texts.push(whole.replace("o2NmbXQ", &text(&vec![0x81; 60_000])));
        texts.push(whole.replace(
            "o2NmbXQ",
            &text(&[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ));
        texts.push(whole.to_owned());
        for one in texts {
            assert!(site.created(&[7; 32], &one).is_err());
            let Some(answer) = Answer::read(&one) else {
                continue;
            };
            let _ = (answer.credential(), answer.handle(), answer.framed());
        }
    }
}
