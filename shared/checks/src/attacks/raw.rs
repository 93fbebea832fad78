//! Raw requests: is one request answered once, whatever its bytes are?

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::attacks::cell::Cell;
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use wire::client::insist;
use wire::connection::Connection;
use wire::error::Error;
use wire::response::Response;

/// For an answer to something odd: the server's own patience for a body is longer.
const ANSWER: Duration = Duration::from_secs(8);
/// Bytes of a request that go into an error.
const SHOWN: usize = 600;
/// What nobody else asks for: its answer tells that the connection is in step.
const CANARIES: [&str; 2] = ["/api/products/7", "/api/products/8"];

/// Somebody logged in who writes by hand.
pub(super) struct Scene {
    pub(super) host: String,
    /// A whole header line with the credential, without its end.
    pub(super) credential: String,
}

/// One text for each variant of one oddity.
pub(super) type Written = fn(&Scene) -> Vec<Vec<u8>>;

/// Writes each of them on a connection of its own. There must be one answer, and then silence: the connection is closed, or
/// the next request gets its own answer.
pub(super) async fn written(target: &Target, write: Written) -> Result<Cell> {
    let login = target.newcomer().await?;
    let host = target.url().trim_start_matches("http://").to_owned();
    let scene = Scene { host, credential: format!("{}: {}", login.carrier(), login.credential()) };
    let mut answers = Vec::new();
    let mut hung_up = 0;
    for bytes in write(&scene) {
        let shown = || String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned();
        let status = |answer: &Option<Response>| answer.as_ref().map_or(0, |answer| answer.status);
        match insist(|| once(target.url(), &bytes), status).await.with_context(shown)? {
            Some(answer) => answers.push(answer),
            None => hung_up += 1,
        }
    }
    match (answers.is_empty(), hung_up) {
        (false, 0) => verdict(&answers),
        (true, 1..) => Ok(Cell::Refused(Vec::new())),
        _ => bail!("{hung_up} variants were hung up on, and {} answered", answers.len()),
    }
}

/// The one answer, or nothing when the server hung up.
async fn once(url: &str, bytes: &[u8]) -> Result<Option<Response>> {
    let mut connection = Connection::open(url).await?;
    connection.patience = ANSWER;
    connection.write(bytes).await;
    let answer = unless_hung_up(connection.receive().await)?;
    for canary in CANARIES {
        connection.write(format!("GET {canary} HTTP/1.1\r\nHost: {}\r\n\r\n", connection.host())).await;
        let Some(next) = unless_hung_up(connection.receive().await)? else { break };
        let number = canary.trim_start_matches("/api/products/");
        // A server that refused the first may answer the rest of it with one refusal more, but never do what it says.
        let in_step = next.text().contains(&format!("\"id\":{number},"));
        let first = answer.as_ref().map_or("none".into(), |answer| answer.status.to_string());
        ensure!(in_step, "two answers: {first} and then {} {}", next.status, next.text());
    }
    Ok(answer)
}

fn unless_hung_up(answer: Result<Response, Error>) -> Result<Option<Response>, Error> {
    match answer {
        Err(Error::HungUp) => Ok(None),
        answer => answer.map(Some),
    }
}

impl Scene {
    /// A write that changes nothing much, with these lines in its head (each with its end), and this body.
    pub(super) fn write(&self, lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
        let (host, credential) = (&self.host, &self.credential);
        let head = format!(
            "PUT /api/users/preferences HTTP/1.1\r\nHost: {host}\r\n{credential}\r\nContent-Type: application/json\r\n{lines}\r\n"
        );
        [head.as_bytes(), body.as_ref()].concat()
    }

    /// A login in chunks. A write that breaks off while its credential is looked up is hung up on; here nothing is.
    pub(super) fn login(&self, chunks: impl AsRef<[u8]>) -> Vec<u8> {
        let host = &self.host;
        let head = format!(
            "POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        [head.as_bytes(), chunks.as_ref()].concat()
    }

    /// A read with these lines in its head.
    pub(super) fn read(&self, lines: &str) -> Vec<u8> {
        self.asking(&format!("GET /api/whoami HTTP/1.1\r\nHost: {}\r\n", self.host), lines)
    }

    /// Any first lines, the credential, and further lines.
    pub(super) fn asking(&self, first: &str, lines: &str) -> Vec<u8> {
        format!("{first}{}\r\n{lines}\r\n", self.credential).into_bytes()
    }

    /// A request without a credential, to hide in something else.
    pub(super) fn hidden(&self) -> String {
        format!("GET /api/whoami HTTP/1.1\r\nHost: {}\r\n\r\n", self.host)
    }
}

/// What preferences can be.
pub(super) const BODY: &str = r#"{"theme":"dark","language":"en","timezone":"UTC"}"#;

/// The same in one chunk.
pub(super) fn chunked() -> String {
    format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len())
}
