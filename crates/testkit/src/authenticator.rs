//! An authenticator in software: what a phone or a security key would answer, and what a broken or hostile
//! one might. Its keys come from a seed, so that a test is the same each time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A key that the authenticator made.
#[derive(Clone)]
struct Key {
    id: Vec<u8>,
    secret: SigningKey,
    handle: Vec<u8>,
}

/// An authenticator and the browser around it. Public fields say what it claims.
#[derive(Clone)]
pub struct Authenticator {
    keys: Vec<Key>,
    seed: u8,
    /// The address of the page, as the browser writes it.
    pub origin: &'static str,
    /// The domain that the authenticator signs for.
    pub domain: &'static str,
    /// Whether it checked its holder by finger, face or PIN.
    pub verified: bool,
    /// Whether it is told to say so of somebody else's frame.
    pub framed: bool,
    /// The counter of the last signature; an authenticator without one leaves it at zero.
    pub counter: u32,
    /// By how much each signature raises it.
    pub raise: u32,
    /// A challenge to answer instead of the one asked.
    pub challenge: Option<&'static str>,
    /// Whether it names its holder.
    pub named: bool,
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap_or_default();
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

/// A byte string as CBOR, of at most 65,535 bytes.
fn cbor_bytes(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("short");
    let mut out = vec![0x59];
    out.extend(length.to_be_bytes());
    out.extend(data);
    out
}

impl Authenticator {
    /// One for a site on this machine; another seed makes other keys.
    #[must_use]
    pub fn new(seed: u8) -> Self {
        Self {
            keys: Vec::new(),
            seed,
            origin: "http://localhost:3650",
            domain: "localhost",
            verified: true,
            framed: false,
            counter: 0,
            raise: 1,
            challenge: None,
            named: true,
        }
    }

    /// The identifier of its newest key, as answers write it.
    #[must_use]
    pub fn newest(&self) -> String {
        self.keys.last().map(|key| text(&key.id)).unwrap_or_default()
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        let asked = options["challenge"].as_str().unwrap_or_default();
        let challenge = self.challenge.unwrap_or(asked);
        let said = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.framed });
        said.to_string().into_bytes()
    }

    fn data(&mut self, attested: &[u8]) -> Vec<u8> {
        self.counter += self.raise;
        let flags = 0x01 | u8::from(self.verified) << 2 | u8::from(!attested.is_empty()) << 6;
        let mut data = Sha256::digest(self.domain.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data.extend(attested);
        data
    }

    /// Makes a key as asked, and gives the browser's answer.
    ///
    /// # Panics
    /// For options that are none.
    pub fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        let number = u8::try_from(self.keys.len()).expect("few keys");
        let seed: [u8; 32] = Sha256::digest([self.seed, number]).into();
        let secret = SigningKey::from_slice(&seed).expect("a key");
        let id = Sha256::digest(seed).to_vec();
        let point = secret.verifying_key().to_sec1_bytes();
        assert_eq!(point.len(), 65, "a whole point");
        // The key as COSE writes it: EC2, ES256, P-256, x, y.
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend(&point[1..33]);
        cose.extend([0x22, 0x58, 0x20]);
        cose.extend(&point[33..]);
        let mut attested = vec![0; 16];
        attested.extend(u16::try_from(id.len()).expect("short").to_be_bytes());
        attested.extend(&id);
        attested.extend(cose);
        let data = self.data(&attested);
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData");
        object.extend(cbor_bytes(&data));
        let client = self.client("webauthn.create", &options);
        self.keys.push(Key {
            id: id.clone(),
            secret,
            handle: bytes(&options["user"]["id"]),
        });
        json!({
            "id": text(&id),
            "rawId": text(&id),
            "type": "public-key",
            "response": {
                "attestationObject": text(&object),
                "clientDataJSON": text(&client),
                "transports": ["internal"],
            },
            "extensions": {},
        })
        .to_string()
    }

    /// Signs with a key that is asked for, or with its newest where none is named.
    ///
    /// # Panics
    /// For options that are none, or if it has no such key.
    pub fn get(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        let asked: Vec<Vec<u8>> = options["allowCredentials"]
            .as_array()
            .map(|all| all.iter().map(|one| bytes(&one["id"])).collect())
            .unwrap_or_default();
        let fits = |key: &&Key| asked.is_empty() || asked.contains(&key.id);
        let key = self
            .keys
            .iter()
            .rev()
            .find(fits)
            .expect("a key of this site")
            .clone();
        self.sign(&options, &key)
    }

    /// Signs with its newest key, whatever was asked for.
    ///
    /// # Panics
    /// For options that are none, or without a key.
    pub fn get_anyhow(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options");
        let key = self.keys.last().expect("a key").clone();
        self.sign(&options, &key)
    }

    fn sign(&mut self, options: &Value, key: &Key) -> String {
        let data = self.data(&[]);
        let client = self.client("webauthn.get", options);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client));
        let signature: Signature = key.secret.sign(&signed);
        json!({
            "id": text(&key.id),
            "rawId": text(&key.id),
            "type": "public-key",
            "response": {
                "authenticatorData": text(&data),
                "clientDataJSON": text(&client),
                "signature": text(signature.to_der().as_bytes()),
                "userHandle": self.named.then(|| text(&key.handle)),
            },
            "extensions": {},
        })
        .to_string()
    }
}
