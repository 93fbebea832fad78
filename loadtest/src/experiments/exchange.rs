//! What exactly went over the wire?
//!
//! One request on a connection of its own, written and read byte by byte: a library would tidy up what shall be
//! weighed.

use std::io;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use report::recording::Message;
use serde::Serialize;
use shared::api::credential::{Credential, LogIn, LoggedIn};
use shared::api::paths;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const DEADLINE: Duration = Duration::from_secs(5);

/// Name and value; names in lower case.
pub type Header = (String, String);

pub struct Ask {
    pub method: &'static str,
    pub path: &'static str,
    pub headers: Vec<Header>,
    pub body: Option<String>,
}

/// A request and its answer, weighed.
pub struct Exchange {
    pub request: Message,
    pub status: u16,
    pub response: Message,
    pub headers: Vec<Header>,
    pub body: Vec<u8>,
}

pub fn get(path: &'static str, headers: Vec<Header>) -> Ask {
    Ask { method: "GET", path, headers, body: None }
}

pub fn send(
    method: &'static str,
    path: &'static str,
    headers: &[Header],
    body: &impl Serialize,
) -> anyhow::Result<Ask> {
    let json = ("content-type".into(), "application/json".into());
    let headers = headers.iter().cloned().chain([json]).collect();
    Ok(Ask { method, path, headers, body: Some(serde_json::to_string(body)?) })
}

/// Logs in as the first visitor: the header that it brings from now on.
pub async fn log_in(url: &str) -> anyhow::Result<Header> {
    let who = LogIn { username: "visitor-1".into(), password: "visitor".into() };
    let answer = exchange(url, &send("POST", paths::LOGIN, &[], &who)?).await?;
    let given: LoggedIn = serde_json::from_slice(&answer.body).context("POST /login answered something else")?;
    match given.credential {
        Credential::Bearer { access_token, .. } => Ok(("authorization".into(), format!("Bearer {access_token}"))),
        Credential::Cookie => {
            let cookie = answer.headers.iter().find(|(name, _)| name == "set-cookie");
            let (_, cookie) = cookie.context("POST /login promised a cookie and set none")?;
            Ok(("cookie".into(), cookie.split(';').next().unwrap_or_default().to_owned()))
        }
    }
}

/// # Errors
/// No connection, or no HTTP answer within five seconds.
pub async fn exchange(url: &str, ask: &Ask) -> anyhow::Result<Exchange> {
    let host = url.trim_start_matches("http://");
    let length = ask.body.as_ref().map(|body| ("content-length".to_owned(), body.len().to_string()));
    let first = ("host".to_owned(), host.to_owned());
    let headers: Vec<Header> = [first].into_iter().chain(ask.headers.iter().cloned()).chain(length).collect();
    let line = format!("{} {} HTTP/1.1", ask.method, ask.path);
    let body = ask.body.clone().unwrap_or_default();
    let request = weigh(&line, &headers, body.len());
    let text = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<String>();
    let bytes = format!("{line}\r\n{text}\r\n{body}").into_bytes();
    let answer = tokio::time::timeout(DEADLINE, converse(host, &bytes)).await.context("no answer in time")??;
    understood(request, answer)
}

/// Weight of a message: each line with its end, names and separators included.
fn weigh(line: &str, headers: &[Header], body: usize) -> Message {
    let weights = headers.iter().map(|(name, value)| (name.clone(), (name.len() + value.len() + 4) as u64));
    let framing_bytes = (line.len() + 4) as u64;
    let mut message = Message { framing_bytes, headers: Default::default(), body_bytes: body as u64 };
    for (name, bytes) in weights {
        *message.headers.entry(name).or_default() += bytes;
    }
    message
}

struct Answer {
    head: String,
    body: Vec<u8>,
}

async fn converse(host: &str, request: &[u8]) -> anyhow::Result<Answer> {
    let mut stream = TcpStream::connect(host).await.with_context(|| format!("{host} does not answer"))?;
    // A server that refuses a head early may not read the rest of it: what it says still counts.
    let _ = stream.write_all(request).await;
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        more(&mut stream, &mut bytes).await?;
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut body = bytes.split_off(head_end);
    let length = headers(&head).into_iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(Ok(0), |(_, value)| value.parse())?;
    while body.len() < length {
        more(&mut stream, &mut body).await?;
    }
    Ok(Answer { head, body })
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> anyhow::Result<()> {
    match stream.read_buf(bytes).await {
        Ok(0) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        read => Ok(read.map(drop)?),
    }
}

fn understood(request: Message, answer: Answer) -> anyhow::Result<Exchange> {
    let line = answer.head.lines().next().unwrap_or_default();
    let Some(status) = line.split(' ').nth(1).and_then(|status| status.parse().ok()) else {
        bail!("{line:?} is no answer in HTTP");
    };
    let headers = headers(&answer.head);
    let response = weigh(line, &headers, answer.body.len());
    let (weighed, read) = (response.total_bytes(), answer.head.len() + answer.body.len());
    ensure!(weighed == read as u64, "{read} bytes were read and {weighed} of them understood: {:?}", answer.head);
    Ok(Exchange { request, status, response, headers, body: answer.body })
}

fn headers(head: &str) -> Vec<Header> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    lines.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect()
}
