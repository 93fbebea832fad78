//! HTTP connection: how does one request after the other travel over TCP?

use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::error::Error;
use crate::request::Request;
use crate::response::Response;
use crate::response_parser::{Keep, ResponseParser};

/// For one response, on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// Bytes that are read at once.
const READ: usize = 8 << 10;

/// One TCP connection, to which any bytes can be written.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    host: String,
    /// What came in and is no part of a response yet.
    unread: Vec<u8>,
    /// Bytes of all responses so far, and of what follows them.
    pub received: u64,
    /// How long a response is waited for.
    pub patience: Duration,
}

impl Connection {
    /// `url` is `http://HOST:PORT`.
    ///
    /// # Errors
    /// Nobody listens there, or nobody within [`PATIENCE`].
    pub async fn open(url: &str) -> Result<Connection, Error> {
        Connection::of(url, TcpStream::connect(authority(url))).await
    }

    /// From an address of one's own: on Linux all of 127.0.0.0/8 is this machine.
    ///
    /// # Errors
    /// As [`Connection::open`].
    pub async fn open_from(own: Ipv4Addr, url: &str) -> Result<Connection, Error> {
        let connecting = async {
            let socket = TcpSocket::new_v4()?;
            socket.bind((own, 0).into())?;
            socket.connect(authority(url).parse().map_err(io::Error::other)?).await
        };
        Connection::of(url, connecting).await
    }

    async fn of(url: &str, connecting: impl Future<Output = io::Result<TcpStream>>) -> Result<Connection, Error> {
        let connected = timeout(PATIENCE, connecting).await.map_err(|_| Error::TimedOut(PATIENCE))?;
        let stream = connected.map_err(|error| match error.kind() {
            ErrorKind::ConnectionRefused => Error::Refused(url.to_owned()),
            _ => Error::Unreachable(url.to_owned(), error),
        })?;
        let _ = stream.set_nodelay(true); // It is only about a few milliseconds.
        Ok(Connection {
            stream,
            host: authority(url).to_owned(),
            unread: Vec::with_capacity(READ),
            received: 0,
            patience: PATIENCE,
        })
    }

    /// The connection itself, for who writes without waiting.
    pub fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// What a request must say in `Host`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// A server that died, or grew tired of waiting, has hung up before anything was sent.
    pub fn is_open(&self) -> bool {
        let read = self.stream.try_read(&mut [0]);
        self.unread.is_empty() && read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Writes bytes as they are. That the server has hung up already is no error but false: what it said first can still
    /// be read.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        matches!(timeout(self.patience, self.stream.write_all(bytes.as_ref())).await, Ok(Ok(())))
    }

    /// Sends a request and waits for its response.
    ///
    /// # Errors
    /// There is none.
    pub async fn send(&mut self, request: &Request) -> Result<Response, Error> {
        self.begin(request).await;
        let is_head = request.method == "HEAD"; // The response to that has no body.
        self.receive_with(if is_head { ResponseParser::without_body() } else { ResponseParser::of(Keep::All) }).await
    }

    /// Sends a request; [`Connection::receive`] waits for its response.
    pub async fn begin(&mut self, request: &Request) {
        let (head, body) = request.written(&self.host);
        self.write([head.as_bytes(), body].concat()).await;
    }

    /// The next response.
    ///
    /// # Errors
    /// The server hangs up instead, says nothing at all, or something that is no response.
    pub async fn receive(&mut self) -> Result<Response, Error> {
        self.receive_with(ResponseParser::of(Keep::All)).await
    }

    async fn receive_with(&mut self, mut parser: ResponseParser) -> Result<Response, Error> {
        let patience = self.patience;
        let receiving = async {
            loop {
                if let Some(response) = self.proceed(&mut parser).await? {
                    return Ok(response);
                }
            }
        };
        timeout(patience, receiving).await.unwrap_or(Err(Error::TimedOut(patience)))
    }

    /// Waits for `100 Continue`: the server has the head, and wants the body.
    ///
    /// # Errors
    /// It says something else, or nothing.
    pub async fn continued(&mut self) -> Result<(), Error> {
        let (patience, mut parser) = (self.patience, ResponseParser::default());
        let continuing = async {
            while !parser.is_continued() {
                if let Some(early) = self.proceed(&mut parser).await? {
                    return Err(Error::Early(early.status));
                }
            }
            Ok(())
        };
        timeout(patience, continuing).await.unwrap_or(Err(Error::TimedOut(patience)))
    }

    /// Parses what came in, after waiting for some if there is nothing. Some: a response is whole.
    async fn proceed(&mut self, parser: &mut ResponseParser) -> Result<Option<Response>, Error> {
        if self.unread.is_empty() {
            let count = self.stream.read_buf(&mut self.unread).await.map_err(|_| Error::HungUp)?;
            self.received += count as u64;
            if count == 0 {
                return std::mem::take(parser).closed().map(Some).ok_or(Error::HungUp);
            }
        }
        let (response, rest) = parser.take(&self.unread)?;
        let taken = self.unread.len() - rest.len();
        self.unread.drain(..taken);
        Ok(response)
    }
}

fn authority(url: &str) -> &str {
    url.trim_start_matches("http://").trim_end_matches('/')
}
