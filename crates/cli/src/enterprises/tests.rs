//! Register and bank against a fake of the same format that answers, refuses and lies.

use std::sync::Arc;

use hmac::Mac as _;
use privacy::Clock;
use privacy::log::hex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::*;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const NOW: i64 = 1_795_399_200;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> time::OffsetDateTime {
        time::OffsetDateTime::from_unix_timestamp(NOW).expect("an instant")
    }
}

fn line(address: &str) -> Line {
    Line::new(REGISTER, address, SECRET, Arc::new(Fixed)).expect("a line")
}

/// Answers one question with this body, signed; says what it was asked.
async fn fake(body: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/ask", listener.local_addr().expect("its address"));
    let judge = line(&address);
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a question");
        let mut bytes = Vec::new();
        let mut buffer = [0_u8; 4096];
        let question = loop {
            let read = stream.read(&mut buffer).await.expect("read");
            bytes.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((_, body)) = text.split_once("\r\n\r\n")
                && body.ends_with('}')
            {
                break body.to_owned();
            }
        };
        let at = NOW.to_string();
        let bodies: [&[u8]; 2] = [question.as_bytes(), body.as_bytes()];
        let signature = judge.signed("answer", &at, &bodies).finalize().into_bytes();
        let text = format!(
            "HTTP/1.1 200 X\r\ncontent-length: {}\r\nx-timestamp: {at}\r\nx-signature: {}\r\n\r\n{body}",
            body.len(),
            hex(&signature)
        );
        stream.write_all(text.as_bytes()).await.expect("answered");
        question
    });
    (address, served)
}

async fn asked(
    body: &'static str,
    representative: Option<&str>,
) -> (Result<RegisterAnswer, SourceFailed>, String) {
    let (address, served) = fake(body).await;
    let asked = RegisterAsked {
        reference: Uuid::from_u128(7),
        name: "星渚软件（演示）".to_owned(),
        credit_code: "91999999MAD3650188".to_owned(),
        representative: representative.map(|name| Zeroizing::new(name.to_owned())),
    };
    let answer = HttpRegister(line(&address)).check(&asked).await;
    (answer, served.await.expect("served"))
}

async fn sent(body: &'static str) -> (Result<Made, SourceFailed>, String) {
    let (address, served) = fake(body).await;
    let asked = TransferAsked {
        reference: Uuid::from_u128(7),
        holder: "星渚软件（演示）".to_owned(),
        bank: Zeroizing::new("某某银行上海分行".to_owned()),
        number: Zeroizing::new("9999990001".to_owned()),
        amount: 37,
    };
    let done = HttpBank(line(&address)).send(&asked).await;
    (done, served.await.expect("served"))
}

#[tokio::test]
async fn the_register_is_asked_for_what_is_needed_and_believed_in_what_it_says() {
    let agrees = r#"{"reference":"00000000-0000-0000-0000-000000000007","id":"r-1","name":true,"representative":true,"in_business":true}"#;
    let (answer, question) = asked(agrees, Some("林知远")).await;
    let answer = answer.expect("an answer");
    assert!(answer.register.reasons().is_empty());
    assert_eq!(answer.reference, "r-1");
    assert!(question.contains("林知远"));
    // The yearly check names nobody.
    let (answer, question) = asked(agrees, None).await;
    assert!(answer.is_ok() && !question.contains("representative"));
    // Asked without one, nothing is said of one; asked with one, that would be no answer.
    let silent =
        r#"{"reference":"00000000-0000-0000-0000-000000000007","id":"r-1","name":true,"in_business":true}"#;
    assert!(
        asked(silent, None)
            .await
            .0
            .expect("an answer")
            .register
            .reasons()
            .is_empty()
    );
    assert_eq!(
        asked(silent, Some("林知远")).await.0,
        Err(SourceFailed::Untrusted)
    );
    let unknown = r#"{"reference":"00000000-0000-0000-0000-000000000007","id":"r-1","name":null,"representative":false,"in_business":false}"#;
    let (answer, _) = asked(unknown, Some("林知远")).await;
    assert_eq!(answer.expect("an answer").register.name, None);
}

#[tokio::test]
async fn an_answer_to_something_else_or_with_more_in_it_is_none() {
    for lie in [
        r#"{"reference":"00000000-0000-0000-0000-000000000008","id":"r-1","name":true,"representative":true,"in_business":true}"#,
        r#"{"reference":"00000000-0000-0000-0000-000000000007","id":"r 1","name":true,"representative":true,"in_business":true}"#,
        r#"{"reference":"00000000-0000-0000-0000-000000000007","id":"r-1","name":true,"representative":true,"in_business":true,"phone":"1"}"#,
        r#"{"reference":"00000000-0000-0000-0000-000000000007","id":"r-1","name":"yes","representative":true,"in_business":true}"#,
        "{}",
    ] {
        let (answer, _) = asked(lie, Some("林知远")).await;
        assert_eq!(answer, Err(SourceFailed::Untrusted), "{lie}");
    }
}

#[tokio::test]
async fn only_what_the_bank_says_it_sent_is_sent() {
    let says = r#"{"reference":"00000000-0000-0000-0000-000000000007","result":"sent"}"#;
    let (done, order) = sent(says).await;
    assert_eq!(done, Ok(Made::Sent));
    assert!(order.contains("9999990001") && order.contains("\"amount\":37"));
    let refused = r#"{"reference":"00000000-0000-0000-0000-000000000007","result":"refused"}"#;
    assert_eq!(sent(refused).await.0, Ok(Made::Refused));
    for lie in [
        r#"{"reference":"00000000-0000-0000-0000-000000000008","result":"sent"}"#,
        r#"{"reference":"00000000-0000-0000-0000-000000000007","result":"perhaps"}"#,
        r#"{"reference":"00000000-0000-0000-0000-000000000008","result":"refused"}"#,
    ] {
        assert_eq!(sent(lie).await.0, Err(SourceFailed::Untrusted), "{lie}");
    }
}
