//! How does one request go over one connection?

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;

use loadtest::answer::{Answer, Body, Reading};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::log::Outcome;

const SERVED_BY: &str = "x-served-by:";

/// One person's connections, at most one to each replica.
#[derive(Debug, Default)]
pub struct Line {
    open: BTreeMap<SocketAddr, TcpStream>,
}

#[derive(Debug)]
pub struct Reply {
    pub answer: Answer,
    pub served_by: Option<String>,
}

/// Over which connection?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// One that is open, where there is one.
    Kept,
    New,
}

impl Line {
    /// Whoever stops waiting drops the connection as well.
    ///
    /// # Errors
    /// Nobody listens, or the connection broke.
    pub async fn ask(&mut self, replica: SocketAddr, request: &[u8], connection: Connection) -> Result<Reply, Outcome> {
        let kept = self.open.remove(&replica).filter(|open| connection == Connection::Kept && is_open(open));
        let mut stream = match kept {
            Some(stream) => stream,
            None => connect(replica).await?,
        };
        stream.write_all(request).await.map_err(|_| Outcome::Reset)?;
        let reply = read(&mut stream).await?;
        if reply.answer.reusable {
            self.open.insert(replica, stream);
        }
        Ok(reply)
    }
}

/// A server that died, or grew tired of waiting, has hung up before anything was sent.
fn is_open(stream: &TcpStream) -> bool {
    matches!(stream.try_read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

async fn connect(replica: SocketAddr) -> Result<TcpStream, Outcome> {
    let stream = TcpStream::connect(replica).await.map_err(|error| match error.kind() {
        ErrorKind::ConnectionRefused => Outcome::Refused,
        _ => Outcome::Reset,
    })?;
    let _ = stream.set_nodelay(true); // It is only about a few milliseconds.
    Ok(stream)
}

async fn read(stream: &mut TcpStream) -> Result<Reply, Outcome> {
    let (mut reading, mut whole) = (Reading::of(Body::Kept), Vec::new());
    loop {
        let from = whole.len();
        let count = stream.read_buf(&mut whole).await.map_err(|_| Outcome::Reset)?;
        let answer = match count {
            0 => return Err(Outcome::Reset),
            _ => reading.feed(&whole[from..]).map_err(|_| Outcome::Reset)?,
        };
        if let Some(answer) = answer {
            return Ok(Reply { answer, served_by: served_by(&whole) });
        }
    }
}

fn served_by(whole: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(whole);
    let field = text.lines().take_while(|line| !line.is_empty()).find_map(|line| {
        let name = line.get(..SERVED_BY.len())?;
        name.eq_ignore_ascii_case(SERVED_BY).then(|| line[SERVED_BY.len()..].trim().to_owned())
    });
    field
}
