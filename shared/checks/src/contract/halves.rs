//! Half-sent requests: how does a request come in two halves?
//!
//! No HTTP client stops in the middle of a body, so this one speaks for itself: one request on a connection of its own,
//! read to the end.

use std::time::Instant;

use anyhow::{Context, Result};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::contract::answer::Answer;
use crate::contract::expect::mismatch;
use crate::contract::notes::Notes;
use crate::contract::rules;
use crate::contract::visitor::Visitor;

/// A request of which the server has the head and half of the body.
pub(super) struct Half {
    stream: TcpStream,
    rest: Vec<u8>,
    method: Method,
    path: String,
    sent: HeaderMap,
    notes: Notes,
}

impl Visitor {
    /// Sends the head and half of a body. The server asks for a body (RFC 9110, section 10.1.1) once it has read the head,
    /// so that it is at work when this returns.
    pub(super) async fn begin(&self, method: Method, path: &str, body: &Value) -> Result<Half> {
        let (body, request) = (body.to_string(), self.ask(method.clone(), path).built()?);
        let host = request.url().authority().to_owned();
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        let own = [
            ("content-type", "application/json".to_owned()),
            ("content-length", body.len().to_string()),
            ("expect", "100-continue".to_owned()),
        ];
        let given = request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
        for (name, value) in given.chain(own.iter().map(|(name, value)| (*name, value.as_str()))) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = TcpStream::connect(&host).await.with_context(|| format!("cannot reach {host}"))?;
        stream.write_all(format!("{head}\r\n").as_bytes()).await?;
        let mut continues = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
        stream.read_exact(&mut continues).await.context("the server does not want the body")?;
        if !continues.starts_with(b"HTTP/1.1 100 ") {
            let seen = String::from_utf8_lossy(&continues).into_owned();
            return Err(mismatch(&format!("{method} {path}"), "100, for the body to come", seen));
        }
        let (first, rest) = body.as_bytes().split_at(body.len() / 2);
        stream.write_all(first).await?;
        let sent = request.headers().clone();
        Ok(Half { stream, rest: rest.to_vec(), method, path: path.into(), sent, notes: self.notes.clone() })
    }
}

impl Half {
    /// Sends the other half, checks what is true of every answer, and keeps what was given.
    pub(super) async fn finish(mut self) -> Result<Answer> {
        let begun = Instant::now();
        let to = format!("{} {} in two halves", self.method, self.path);
        self.stream.write_all(&self.rest).await?;
        let mut read = Vec::new();
        self.stream.read_to_end(&mut read).await.with_context(|| format!("half an answer to {to}"))?;
        let read = String::from_utf8(read).with_context(|| format!("the answer to {to} is no text"))?;
        let (status, headers, body) = parsed(&read).with_context(|| format!("no answer to {to}, but {read:?}"))?;
        let answer = Answer { to, status, headers, body, took: begun.elapsed() };
        rules::check(&self.method, &self.path, &self.sent, &answer)?;
        self.notes.keep(&answer);
        Ok(answer)
    }
}

/// Status, head and body of an answer that ends with its connection (RFC 9112, section 6.3).
fn parsed(read: &str) -> Option<(u16, HeaderMap, String)> {
    let (head, body) = read.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        headers.append(name.parse::<HeaderName>().ok()?, value.trim().parse::<HeaderValue>().ok()?);
    }
    Some((status, headers, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        let read = "HTTP/1.1 401 Unauthorized\r\nx-a: 1\r\nX-B: 2: 3\r\nx-a: 4\r\n\r\n{}\r\n\r\n";
        let (status, headers, body) = parsed(read).expect("an answer");
        let first: Vec<_> = headers.get_all("x-a").iter().filter_map(|value| value.to_str().ok()).collect();
        assert_eq!((status, body.as_str(), first), (401, "{}\r\n\r\n", vec!["1", "4"]));
        assert_eq!(headers["x-b"], "2: 3");
        assert!(parsed("HTTP/1.1 200 OK\r\n").is_none());
    }
}
