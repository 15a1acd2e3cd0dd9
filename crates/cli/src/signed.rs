//! A line to a source outside: signed questions, answers that are believed only when they are signed as
//! well. The format is in `docs/identity-source.md`.
//!
//! There is no TLS in this process: the address is on this machine, where a proxy adds it. So nothing
//! personal crosses a network in the clear.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use app::person::SourceFailed;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use privacy::Clock;
use privacy::log::hex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

/// How long a source may take, from the connection to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// An answer signed longer ago, or later, than this is none.
const FRESH_SECONDS: u64 = 300;
/// No answer is longer.
const MOST_BYTES: usize = 16 * 1024;
/// A shorter secret could be guessed.
const LEAST_SECRET: usize = 32;
/// Signs of a source's own name for an answer.
const NAME: usize = 64;

/// What a source is called in errors, and the flags that name it.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Its name.
    pub name: &'static str,
    /// The flag of its address; the one of its secret ends with `-secret-file`.
    pub flag: &'static str,
}

/// A line to one source.
pub struct Line {
    address: SocketAddr,
    host: String,
    path: String,
    mac: Hmac<Sha256>,
    clock: Arc<dyn Clock>,
    pub(crate) patience: Duration,
}

impl Line {
    /// A line to `address`, such as `http://127.0.0.1:7365/check`, with the secret both sides sign with.
    ///
    /// # Errors
    /// An address that is not on this machine, or a secret shorter than 32 bytes.
    pub fn new(source: Source, address: &str, secret: &[u8], clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let name = source.name;
        let rest = address
            .strip_prefix("http://")
            .with_context(|| format!("the {name}'s address begins with http://; TLS is the local proxy's"))?;
        let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let socket: SocketAddr = host.replace("localhost", "127.0.0.1").parse().with_context(|| {
            format!("the {name}'s address names host and port, such as http://127.0.0.1:7365/check")
        })?;
        let here = match socket.ip() {
            IpAddr::V4(ip) => ip.is_loopback(),
            IpAddr::V6(ip) => ip.is_loopback(),
        };
        if !here {
            bail!(
                "the {name}'s address must be on this machine (127.0.0.1 or [::1]): names and numbers leave it through a proxy that adds TLS, never in the clear"
            );
        }
        if secret.len() < LEAST_SECRET {
            bail!("the {name}'s secret must have at least {LEAST_SECRET} bytes");
        }
        Ok(Self {
            address: socket,
            host: host.to_owned(),
            path: path.to_owned(),
            mac: Hmac::new_from_slice(secret).with_context(|| format!("the {name}'s secret"))?,
            clock,
            patience: PATIENCE,
        })
    }

    /// The line that address and secret file name; nothing if neither is set.
    ///
    /// # Errors
    /// One without the other, an unreadable file, or as [`Line::new`].
    pub fn of(
        source: Source,
        (address, secret): (Option<&str>, Option<&Path>),
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Option<Self>> {
        let (address, file) = match (address, secret) {
            (None, None) => return Ok(None),
            (Some(address), Some(file)) => (address, file),
            _ => bail!(
                "--{flag}-url and --{flag}-secret-file belong together: set both or neither",
                flag = source.flag
            ),
        };
        let secret = std::fs::read(file).map(Zeroizing::new).with_context(|| {
            format!(
                "the {}'s secret cannot be read from {}",
                source.name,
                file.display()
            )
        })?;
        Self::new(source, address, secret.trim_ascii(), clock).map(Some)
    }

    /// What the signature of a question is over, and that of an answer: of both bodies.
    pub(crate) fn signed(&self, kind: &str, at: &str, bodies: &[&[u8]]) -> Hmac<Sha256> {
        let digests: Vec<String> = bodies.iter().map(|body| hex(&Sha256::digest(body))).collect();
        let mut lines = vec![kind, &self.path, at];
        lines.extend(digests.iter().map(String::as_str));
        self.mac.clone().chain_update(lines.join("\n").as_bytes())
    }

    /// Asks, and gives the answer if it is signed, fresh, and to this very question.
    ///
    /// # Errors
    /// [`SourceFailed`].
    pub async fn ask<R: DeserializeOwned>(&self, question: &impl Serialize) -> Result<R, SourceFailed> {
        let body = serde_json::to_vec(question).map_err(|_| SourceFailed::Down)?;
        tokio::time::timeout(self.patience, self.exchange(body))
            .await
            .unwrap_or(Err(SourceFailed::Down))
    }

    async fn exchange<R: DeserializeOwned>(&self, body: Vec<u8>) -> Result<R, SourceFailed> {
        let at = self.clock.now().unix_timestamp().to_string();
        let signature = self.signed("question", &at, &[&body]).finalize().into_bytes();
        let question = Bytes::from(body);
        let request = Request::post(&*self.path)
            .header("host", &*self.host)
            .header("content-type", "application/json")
            .header("x-timestamp", &*at)
            .header("x-signature", hex(&signature))
            .body(Full::new(question.clone()))
            .map_err(|_| SourceFailed::Down)?;
        let stream = TcpStream::connect(self.address)
            .await
            .map_err(|_| SourceFailed::Down)?;
        let (mut sender, line) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|_| SourceFailed::Down)?;
        let line = tokio::spawn(line);
        let answered = sender.send_request(request).await.map_err(|_| SourceFailed::Down);
        let answer = match answered {
            Ok(answered) => self.read(answered, &question).await,
            Err(failed) => Err(failed),
        };
        line.abort();
        answer
    }

    async fn read<R: DeserializeOwned>(
        &self,
        answered: hyper::Response<hyper::body::Incoming>,
        question: &[u8],
    ) -> Result<R, SourceFailed> {
        if !answered.status().is_success() {
            return Err(SourceFailed::Down);
        }
        let (head, body) = answered.into_parts();
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let (at, signature) = header("x-timestamp")
            .zip(header("x-signature"))
            .ok_or(SourceFailed::Untrusted)?;
        let body = Limited::new(body, MOST_BYTES)
            .collect()
            .await
            .map_err(|_| SourceFailed::Untrusted)?
            .to_bytes();
        let said: i64 = at.parse().map_err(|_| SourceFailed::Untrusted)?;
        if self.clock.now().unix_timestamp().abs_diff(said) > FRESH_SECONDS {
            return Err(SourceFailed::Untrusted);
        }
        let given = unhex(signature).ok_or(SourceFailed::Untrusted)?;
        self.signed("answer", at, &[question, &body])
            .verify_slice(&given)
            .map_err(|_| SourceFailed::Untrusted)?;
        serde_json::from_slice(&body).map_err(|_| SourceFailed::Untrusted)
    }
}

/// Whether a source's own name for an answer may be kept: short, printable, and without what was asked
/// about.
pub fn may_keep(id: &str, secret: &str) -> bool {
    id.len() <= NAME && id.bytes().all(|sign| sign.is_ascii_graphic()) && !id.contains(secret)
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32)
        .map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok())
        .collect()
}
