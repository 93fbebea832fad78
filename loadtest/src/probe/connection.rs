//! How does one request go over one connection?

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::response_parser::{Answer, Body, Reading};

use crate::probe::log::Outcome;

const SERVED_BY: &str = "x-served-by:";
const SET_COOKIE: &str = "set-cookie:";
/// The cookie of a balancer, which no server of ours ever sees.
const BALANCERS: &str = "SERVER=";

/// One person's connections, at most one to each replica.
#[derive(Debug, Default)]
pub struct Line {
    open: BTreeMap<SocketAddr, TcpStream>,
    /// Where a balancer sent this person before, in its own words.
    place: Option<String>,
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
        let reply = read(&mut stream, &mut self.place).await?;
        if reply.answer.reusable {
            self.open.insert(replica, stream);
        }
        Ok(reply)
    }

    /// What a person was given, as whole header fields, and what the balancer gave out besides.
    pub fn with_place(&self, given: Option<&str>) -> Option<String> {
        match (given, &self.place) {
            (given, None) => given.map(str::to_owned),
            (None, Some(place)) => Some(format!("cookie: {place}")),
            (Some(cookies), Some(place)) if cookies.starts_with("cookie: ") => Some(format!("{cookies}; {place}")),
            (Some(token), Some(place)) => Some(format!("{token}\r\ncookie: {place}")),
        }
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

async fn read(stream: &mut TcpStream, place: &mut Option<String>) -> Result<Reply, Outcome> {
    let (mut reading, mut whole) = (Reading::of(Body::Kept), Vec::new());
    loop {
        let from = whole.len();
        let count = stream.read_buf(&mut whole).await.map_err(|_| Outcome::Reset)?;
        let answer = match count {
            0 => return Err(Outcome::Reset),
            _ => reading.feed(&whole[from..]).map_err(|_| Outcome::Reset)?,
        };
        if let Some(mut answer) = answer {
            let head = String::from_utf8_lossy(&whole);
            *place = balancers(&head).or(place.take());
            answer.cookie = answer.cookie.filter(|pair| !pair.starts_with(BALANCERS));
            return Ok(Reply { answer, served_by: fields(&head, SERVED_BY).next().map(str::to_owned) });
        }
    }
}

fn balancers(head: &str) -> Option<String> {
    let mut given = fields(head, SET_COOKIE).filter(|cookie| cookie.starts_with(BALANCERS));
    given.next().and_then(|cookie| cookie.split(';').next()).map(str::to_owned)
}

/// The values of this field, in order; its name with the colon.
fn fields<'a>(head: &'a str, name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = head.lines().take_while(|line| !line.is_empty());
    lines
        .filter_map(move |line| Some((line.get(..name.len())?, &line[name.len()..])))
        .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
