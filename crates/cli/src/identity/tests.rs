//! The source against a fake of the same format, one that is slow, one that lies, one that answers
//! nonsense.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use uuid::Uuid;

use std::sync::Arc;
use std::time::Duration;

use hmac::Mac as _;
use privacy::Clock;
use privacy::log::hex;
use zeroize::Zeroizing;

use super::*;
use crate::signed::unhex;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

struct Fixed(i64);

impl Clock for Fixed {
    fn now(&self) -> time::OffsetDateTime {
        time::OffsetDateTime::from_unix_timestamp(self.0).expect("an instant")
    }
}

const NOW: i64 = 1_795_399_200;

fn source(address: &str) -> HttpSource {
    let mut line = Line::new(SOURCE, address, SECRET, Arc::new(Fixed(NOW))).expect("a line");
    line.patience = Duration::from_millis(800);
    HttpSource(line)
}

fn asked() -> Asked {
    Asked {
        reference: Uuid::from_u128(7),
        real_name: Zeroizing::new("林知远".to_owned()),
        id_number: Zeroizing::new("999999199001010016".to_owned()),
    }
}

/// How a fake answers.
#[derive(Clone, Copy)]
enum Fake {
    /// With this body, signed, so many seconds off, with this status.
    Says(&'static str, i64, u16),
    /// With a signature over something else.
    Forged,
    /// With the answer to another question.
    Recorded,
    /// Without a signature.
    Unsigned,
    /// With something that is no HTTP.
    Noise,
    /// Never.
    Silent,
    /// With far too much.
    Flood,
}

const MATCH: &str = r#"{"reference":"00000000-0000-0000-0000-000000000007","result":"match","id":"r-1","valid_until":"2030-01-31"}"#;

/// Takes one question, checks its signature, and answers; says what it was asked.
async fn fake(kind: Fake) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/check", listener.local_addr().expect("its address"));
    let judge = source(&address);
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a question");
        let mut bytes = Vec::new();
        let mut buffer = [0_u8; 4096];
        let (head, body) = loop {
            let read = stream.read(&mut buffer).await.expect("read");
            bytes.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.ends_with('}')
            {
                break (head.to_owned(), body.to_owned());
            }
        };
        let header = |name: &str| {
            let line = head
                .lines()
                .find(|line| line.to_ascii_lowercase().starts_with(name));
            line.and_then(|line| line.split_once(": "))
                .map(|(_, value)| value.to_owned())
                .expect("a header")
        };
        let signature = unhex(&header("x-signature")).expect("hexadecimal");
        judge
            .0
            .signed("question", &header("x-timestamp"), &[body.as_bytes()])
            .verify_slice(&signature)
            .expect("the question is signed");
        let question = body.clone();
        let answer = |body: &str, at: i64, status: u16, over: (&str, &str)| {
            let at = at.to_string();
            let signature = judge
                .0
                .signed("answer", &at, &[over.0.as_bytes(), over.1.as_bytes()])
                .finalize()
                .into_bytes();
            format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nx-timestamp: {at}\r\nx-signature: {}\r\n\r\n{body}",
                body.len(),
                hex(&signature)
            )
        };
        let flood = "x".repeat(64 * 1024);
        let text = match kind {
            Fake::Says(body, off, status) => answer(body, NOW + off, status, (&question, body)),
            Fake::Forged => answer(MATCH, NOW, 200, (&question, "something else")),
            // Recorded when something else was asked under the same name.
            Fake::Recorded => answer(MATCH, NOW, 200, ("{}", MATCH)),
            Fake::Unsigned => format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n{MATCH}", MATCH.len()),
            Fake::Noise => "\u{0}\u{1}not http at all\r\n\r\n".to_owned(),
            Fake::Flood => answer(&flood, NOW, 200, (&question, &flood)),
            Fake::Silent => {
                tokio::time::sleep(Duration::from_secs(5)).await;
                String::new()
            }
        };
        let _ = stream.write_all(text.as_bytes()).await;
        let _ = stream.flush().await;
        body
    });
    (address, served)
}

async fn answer(kind: Fake) -> Result<Answer, SourceFailed> {
    let (address, _served) = fake(kind).await;
    source(&address).check(&asked()).await
}

#[tokio::test]
async fn a_signed_answer_is_believed_and_the_question_holds_name_and_number_alone() {
    let (address, served) = fake(Fake::Says(MATCH, 0, 200)).await;
    let said = source(&address).check(&asked()).await.expect("an answer");
    assert_eq!(
        said,
        Answer::Same {
            reference: "r-1".to_owned(),
            card_until: Some(time::macros::date!(2030 - 01 - 31)),
        }
    );
    let question = served.await.expect("served");
    let question: serde_json::Value = serde_json::from_str(&question).expect("json");
    let fields: Vec<&String> = question.as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["name", "number", "reference"]);
}

#[tokio::test]
async fn each_result_is_read_and_an_unknown_one_is_not() {
    for (result, expected) in [
        ("name_mismatch", Some("NameMismatch")),
        ("number_invalid", Some("NumberInvalid")),
        ("not_found", Some("NotFound")),
        ("perhaps", None),
    ] {
        let body = format!(
            r#"{{"reference":"00000000-0000-0000-0000-000000000007","result":"{result}","id":"r-2"}}"#
        );
        let said = answer(Fake::Says(body.leak(), 0, 200)).await;
        match expected {
            Some(name) => assert!(format!("{:?}", said.expect("an answer")).starts_with(name)),
            None => assert_eq!(said, Err(SourceFailed::Untrusted)),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_trusted_is_no_answer() {
    let other = r#"{"reference":"00000000-0000-0000-0000-000000000008","result":"match","id":"r-1"}"#;
    let control =
        "{\"reference\":\"00000000-0000-0000-0000-000000000007\",\"result\":\"match\",\"id\":\"r\\u0000\"}";
    let echo = r#"{"reference":"00000000-0000-0000-0000-000000000007","result":"match","id":"r-999999199001010016"}"#;
    for kind in [
        Fake::Forged,
        Fake::Recorded,
        Fake::Unsigned,
        Fake::Says(echo, 0, 200),
        Fake::Flood,
        Fake::Says("nonsense}", 0, 200),
        Fake::Says(other, 0, 200),
        Fake::Says(control, 0, 200),
        Fake::Says(MATCH, 301, 200),
        Fake::Says(MATCH, -301, 200),
    ] {
        assert_eq!(answer(kind).await, Err(SourceFailed::Untrusted));
    }
    for kind in [Fake::Says(MATCH, 300, 200), Fake::Says(MATCH, -300, 200)] {
        assert!(answer(kind).await.is_ok(), "to the second");
    }
}

#[tokio::test]
async fn who_is_slow_or_away_or_broken_is_asked_again_later() {
    for kind in [
        Fake::Silent,
        Fake::Noise,
        Fake::Says(MATCH, 0, 500),
        Fake::Says(MATCH, 0, 302),
    ] {
        assert_eq!(answer(kind).await, Err(SourceFailed::Down));
    }
    let nobody = source("http://127.0.0.1:1/check").check(&asked()).await;
    assert_eq!(nobody, Err(SourceFailed::Down));
}

#[test]
fn clause_2_4_1_2_a_name_never_leaves_the_machine_in_the_clear() {
    let new =
        |address: &str, secret: &[u8]| Line::new(SOURCE, address, secret, Arc::new(Fixed(NOW))).map(|_| ());
    for address in [
        "http://192.0.2.7:80/check",
        "http://identity.example/check",
        "https://127.0.0.1:7365/check",
        "http://0.0.0.0:7365/check",
        "127.0.0.1:7365",
    ] {
        assert!(new(address, SECRET).is_err(), "{address}");
    }
    for address in [
        "http://127.0.0.1:7365/check",
        "http://[::1]:7365",
        "http://localhost:7365/x",
    ] {
        assert!(new(address, SECRET).is_ok(), "{address}");
    }
    assert!(new("http://127.0.0.1:7365/check", &SECRET[..31]).is_err());
    assert!(new("http://127.0.0.1:7365/check", &SECRET[..32]).is_ok());
    let clock: Arc<dyn Clock> = Arc::new(Fixed(NOW));
    assert!(Line::of(SOURCE, (Some("http://127.0.0.1:7365"), None), Arc::clone(&clock)).is_err());
    assert!(matches!(Line::of(SOURCE, (None, None), clock), Ok(None)));
}
