//! How is said to a server what a normal client refuses to say?

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::request::Ask;
use crate::response::Answer;

/// For one answer, on a machine that does much else.
pub const ANSWER: Duration = Duration::from_secs(15);
/// Requests under way at once on one connection: the server itself looks at no more than 16.
const PIPELINE: usize = 8;

/// A connection to which any bytes can be written.
pub struct Wire {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Wire {
    /// `url` is `http://ADDRESS:PORT`.
    pub async fn open(url: &str) -> Result<Wire> {
        Wire::open_from(Ipv4Addr::LOCALHOST, url).await
    }

    /// From an address of one's own: on Linux all of 127.0.0.0/8 is this machine.
    pub async fn open_from(own: Ipv4Addr, url: &str) -> Result<Wire> {
        let host = url.trim_start_matches("http://").to_owned();
        let socket = TcpSocket::new_v4()?;
        socket.bind((own, 0).into())?;
        let stream = socket.connect(host.parse().with_context(|| format!("{url} is no address"))?).await;
        let stream = stream.with_context(|| format!("nobody listens at {url}"))?;
        stream.set_nodelay(true)?;
        Ok(Wire { stream: BufReader::new(stream), host })
    }

    /// The connection itself, for who writes without waiting.
    pub fn into_stream(self) -> TcpStream {
        self.stream.into_inner()
    }

    /// What a request must say in `Host`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Writes bytes as they are. That the server has hung up already is no error but false: what it said first can still
    /// be read.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        matches!(timeout(ANSWER, self.stream.write_all(bytes.as_ref())).await, Ok(Ok(())))
    }

    pub async fn send(&mut self, ask: &Ask) {
        let (head, body) = ask.written(&self.host);
        self.write([head.as_bytes(), body].concat()).await;
    }

    /// The next answer, or nothing when the server hangs up instead.
    ///
    /// # Errors
    /// It says nothing at all, or something that is no answer.
    pub async fn answer(&mut self) -> Result<Option<Answer>> {
        self.answer_within(ANSWER, HasBody::Perhaps).await
    }

    /// # Errors
    /// It answers nothing.
    pub async fn ask(&mut self, ask: &Ask) -> Result<Answer> {
        self.send(ask).await;
        let body = if ask.is_head() { HasBody::Never } else { HasBody::Perhaps };
        self.answer_within(ANSWER, body).await?.with_context(|| format!("hung up on {ask:?}"))
    }

    pub async fn answer_within(&mut self, within: Duration, body: HasBody) -> Result<Option<Answer>> {
        match timeout(within, self.read(body)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if is_hang_up(&error) => Ok(None),
            Ok(Err(error)) => Err(error),
            Err(_) => bail!("no answer within {within:?}"),
        }
    }

    /// Waits for `100 Continue`: the server has the head, and wants the body.
    ///
    /// # Errors
    /// It says something else, or nothing.
    pub async fn continued(&mut self) -> Result<()> {
        let head = timeout(ANSWER, self.head()).await.context("no 100 Continue")??.unwrap_or_default();
        if head.starts_with("HTTP/1.1 100 ") { Ok(()) } else { bail!("no 100 Continue, but {head}") }
    }

    async fn read(&mut self, has_body: HasBody) -> Result<Option<Answer>> {
        loop {
            let Some(head) = self.head().await? else { return Ok(None) };
            let mut answer = Answer::parse(&head)?;
            if answer.status < 200 {
                continue; // `100 Continue` announces the answer.
            }
            if has_body == HasBody::Perhaps && ![204, 304].contains(&answer.status) {
                answer.body = self.body(&answer).await?;
            }
            return Ok(Some(answer));
        }
    }

    async fn head(&mut self) -> Result<Option<String>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if self.stream.read_until(b'\n', &mut head).await? == 0 {
                return if head.is_empty() { Ok(None) } else { bail!("half a head: {}", lossy(&head)) };
            }
        }
        Ok(Some(lossy(&head)))
    }

    async fn body(&mut self, answer: &Answer) -> Result<String> {
        let mut body = Vec::new();
        if answer.field("transfer-encoding").eq_ignore_ascii_case("chunked") {
            while self.chunk(&mut body).await? {}
        } else if let Ok(length) = answer.field("content-length").parse() {
            body.resize(length, 0);
            self.stream.read_exact(&mut body).await?;
        } else {
            self.stream.read_to_end(&mut body).await?;
        }
        Ok(lossy(&body))
    }

    /// Reads one chunk; false at the last.
    async fn chunk(&mut self, body: &mut Vec<u8>) -> Result<bool> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let size = usize::from_str_radix(line.trim(), 16).with_context(|| format!("{line:?} is no size of a chunk"))?;
        let mut piece = vec![0; size + 2];
        self.stream.read_exact(&mut piece).await?;
        body.extend_from_slice(&piece[..size]);
        Ok(size > 0)
    }
}

/// Does a body follow the head, should the head announce one?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HasBody {
    Perhaps,
    Never,
}

/// Asks on a connection of its own, again as long as the answer is 503.
///
/// # Errors
/// Nobody listens there, or it answers nothing.
pub async fn ask(url: &str, ask: &Ask) -> Result<Answer> {
    let mut again = Again::default();
    loop {
        let answer = Wire::open(url).await?.ask(ask).await?;
        if answer.status != 503 || !again.soon().await {
            return Ok(answer);
        }
    }
}

/// Redis may be out of reach for a moment on a machine that does much else. The answer says so, and to come again.
#[derive(Default)]
pub struct Again(usize);

impl Again {
    /// Waits a moment; false when that was done often enough.
    pub async fn soon(&mut self) -> bool {
        const TIMES: usize = 20;
        const PAUSE: Duration = Duration::from_millis(100);
        self.0 += 1;
        tokio::time::sleep(PAUSE).await;
        self.0 <= TIMES
    }
}

/// Asks all of them over one connection, several under way at once; a connection that the server closes is replaced.
///
/// # Errors
/// A request that got no answer on a connection of its own.
pub async fn ask_all(url: &str, asks: &[Ask]) -> Result<Vec<Answer>> {
    let mut answers = Vec::with_capacity(asks.len());
    let mut wire = Wire::open(url).await?;
    while answers.len() < asks.len() {
        let batch = &asks[answers.len()..asks.len().min(answers.len() + PIPELINE)];
        for asked in batch {
            wire.send(asked).await;
        }
        let before = answers.len();
        for asked in batch {
            match wire.answer().await? {
                Some(answer) if answer.status == 503 => answers.push(ask(url, asked).await?),
                Some(answer) => answers.push(answer),
                None => break,
            }
        }
        if answers.len() < before + batch.len() {
            wire = Wire::open(url).await?;
        }
        if answers.len() == before {
            answers.push(wire.ask(&batch[0]).await?);
        }
    }
    Ok(answers)
}

fn is_hang_up(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(kind, Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
