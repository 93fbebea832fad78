//! How does one request travel, and what did it weigh?

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::measure::Failure;

/// Bytes that went through sockets, heads and bodies and all. Shared by the connections of one thread.
#[derive(Debug, Default)]
pub struct Bytecount {
    pub sent: Cell<u64>,
    pub received: Cell<u64>,
}

/// One TCP connection, kept open from request to request.
pub struct Connection {
    requests: SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
}

impl Connection {
    pub async fn open(address: SocketAddr, bytes: Rc<Bytecount>) -> Result<Connection, Failure> {
        let stream = TcpStream::connect(address).await.map_err(|error| match error.kind() {
            io::ErrorKind::ConnectionRefused => Failure::Refused,
            _ => Failure::Unreachable,
        })?;
        stream.set_nodelay(true).map_err(|_| Failure::Unreachable)?;
        let (requests, connection) = handshake(TokioIo::new(Counted { stream, bytes })).await.map_err(classify)?;
        let driver = tokio::task::spawn_local(async move {
            // Its error reaches whoever waits for an answer; with nobody waiting, the server just hung up.
            let _ = connection.await;
        });
        Ok(Connection { requests, driver })
    }

    /// Did the server hang up in the meantime?
    pub fn is_closed(&self) -> bool {
        self.requests.is_closed()
    }

    /// Waits for the whole answer. A status is an answer, whatever it says.
    pub async fn ask(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Failure> {
        self.requests.ready().await.map_err(classify)?;
        let (head, body) = self.requests.send_request(request).await.map_err(classify)?.into_parts();
        let body = body.collect().await.map_err(classify)?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort(); // Else a server that never answers would keep the socket open for ever.
    }
}

/// Each visitor has its own, and many systems begin with 1,024 open files for a process that may have more.
pub fn allow_as_many_as_possible() -> io::Result<()> {
    let allowed = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed })?)
}

fn classify(error: hyper::Error) -> Failure {
    match error.is_parse() {
        true => Failure::Garbled,
        false => Failure::Reset,
    }
}

/// A socket that counts.
struct Counted {
    stream: TcpStream,
    bytes: Rc<Bytecount>,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let received = buffer.filled().len() - before;
        self.bytes.received.set(self.bytes.received.get() + received as u64);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let sent = ready!(Pin::new(&mut self.stream).poll_write(cx, buffer))?;
        self.bytes.sent.set(self.bytes.sent.get() + sent as u64);
        Poll::Ready(Ok(sent))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
