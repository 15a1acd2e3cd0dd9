//! A small load generator: keep-alive HTTP/1.1 over the loopback address, bounded in time and
//! count. It checks the status of every answer and reads each to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::catalogue::Random;
use crate::machine;

/// How much load.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Connections kept open.
    pub connections: u64,
    /// For how long.
    pub lasts: Duration,
    /// At most this many requests on each connection.
    pub most: u64,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Answers.
    pub answers: f64,
    /// Time from the first request to the last answer.
    pub took: Duration,
    /// How long each answer took, sorted.
    pub latencies: Vec<Duration>,
    /// Bytes of all answers with their headers.
    pub bytes: u64,
}

impl Outcome {
    /// Answers a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.answers / self.took.as_secs_f64()
    }
}

/// A text as an address carries it.
#[must_use]
pub fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

/// A request for each path.
#[must_use]
pub fn requests(paths: &[String]) -> Arc<Vec<Vec<u8>>> {
    let request = |path: &String| {
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nUser-Agent: bench\r\n\r\n")
            .into_bytes()
    };
    Arc::new(paths.iter().map(request).collect())
}

/// Asks at random for these, as planned.
///
/// # Errors
/// An address off the loopback, a connection that breaks, an answer that is not 200.
pub async fn run(address: SocketAddr, requests: &Arc<Vec<Vec<u8>>>, plan: Plan) -> Result<Outcome> {
    ensure!(
        address.ip().is_loopback(),
        "load goes to the loopback address only"
    );
    let begun = machine::now();
    let mut running = JoinSet::new();
    for number in 0..plan.connections {
        let requests = Arc::clone(requests);
        running.spawn(connection(address, requests, plan, begun, Random::new(number)));
    }
    let mut outcome = Outcome {
        answers: 0.0,
        took: Duration::ZERO,
        latencies: Vec::new(),
        bytes: 0,
    };
    while let Some(ended) = running.join_next().await {
        let (latencies, bytes) = ended??;
        outcome.bytes += bytes;
        outcome.latencies.extend(latencies);
    }
    outcome.took = begun.elapsed();
    outcome.answers = f64::from(u32::try_from(outcome.latencies.len())?);
    outcome.latencies.sort_unstable();
    Ok(outcome)
}

async fn connection(
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    plan: Plan,
    begun: Instant,
    mut random: Random,
) -> Result<(Vec<Duration>, u64)> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 256 * 1024];
    let (mut latencies, mut bytes) = (Vec::new(), 0);
    let mut count = 0;
    let mut asked = machine::now();
    while count < plan.most && asked.duration_since(begun) < plan.lasts {
        stream.write_all(random.pick::<Vec<u8>>(&requests)).await?;
        bytes += answer(&mut stream, &mut buffer).await?;
        let answered = machine::now();
        latencies.push(answered - asked);
        asked = answered;
        count += 1;
    }
    Ok((latencies, bytes))
}

/// Reads one answer to its end and gives its length.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<u64> {
    let (mut filled, mut whole) = (0, None);
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        ensure!(read > 0, "the connection ended, or an answer is too long");
        filled += read;
        if whole.is_none() {
            whole = length(&buffer[..filled])?;
        }
        if whole.is_some_and(|whole| filled >= whole) {
            return Ok(u64::try_from(filled)?);
        }
    }
}

/// The length of the whole answer, as soon as its headers are there.
fn length(begun: &[u8]) -> Result<Option<usize>> {
    let Some(end) = begun.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let headers = std::str::from_utf8(&begun[..end])?;
    if !headers.starts_with("HTTP/1.1 200") {
        bail!("an answer was: {}", headers.lines().next().unwrap_or_default());
    }
    let body = headers
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer has a length")?;
    Ok(Some(end + 4 + body.1.trim().parse::<usize>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_measured_by_its_headers() {
        assert_eq!(length(b"HTTP/1.1 200 OK\r\ncontent-le").unwrap(), None);
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(length(whole).unwrap(), Some(whole.len()));
        assert!(length(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").is_err());
        assert!(length(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[tokio::test]
    async fn load_stays_on_this_machine() {
        let plan = Plan {
            connections: 1,
            lasts: Duration::from_millis(1),
            most: 1,
        };
        let elsewhere = SocketAddr::from(([192, 0, 2, 1], 80));
        assert!(run(elsewhere, &requests(&["/".to_owned()]), plan).await.is_err());
    }
}
