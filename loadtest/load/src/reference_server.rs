//! Reference servers: which are so simple that we know beforehand what must be measured?
//!
//! An instrument is checked on something known. Each connection has a thread that reads requests and does with each what
//! it was told to: so what a client must see is arithmetic.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_linger;

/// What a server does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// With this status, at once.
    Answer(u16),
    /// With 200, as late as this.
    Late(Duration),
    /// The body in so many pieces, with as much time before each.
    Slowly { pieces: u32, every: Duration },
    /// The body in so many chunks, at once.
    Chunked(u32),
    /// Hangs up without a word.
    HangUp,
    /// Breaks the connection.
    Reset,
    /// Keeps the connection, and says nothing for ever.
    Silence,
}

/// Runs for as long as the process does, on threads of its own.
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<AtomicU64>,
}

type Rule = dyn Fn(u64, Duration) -> Act + Send + Sync;

struct Shared {
    rule: Box<Rule>,
    requests: Arc<AtomicU64>,
    first: Mutex<Option<Instant>>,
    /// Without a request for so long, a connection is closed.
    patience: Option<Duration>,
}

impl Server {
    /// `rule` is told the number of the request, from 1, and how long ago the first one came.
    ///
    /// # Errors
    /// The loopback has no free port.
    pub fn start(rule: impl Fn(u64, Duration) -> Act + Send + Sync + 'static) -> io::Result<Server> {
        Server::with_patience(None, rule)
    }

    /// Closes, without a word, connections that carry no request for so long.
    ///
    /// # Errors
    /// The loopback has no free port.
    pub fn with_patience(
        patience: Option<Duration>,
        rule: impl Fn(u64, Duration) -> Act + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, requests) = (listener.local_addr()?, Arc::new(AtomicU64::new(0)));
        let shared = Shared { rule: Box::new(rule), requests: requests.clone(), first: Mutex::default(), patience };
        let shared = Arc::new(shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                thread::spawn(move || serve(stream, &shared)); // Its error is a client that went away.
            }
        });
        Ok(Server { address, requests })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(shared.patience)?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    while lines.by_ref().map_while(Result::ok).any(|line| line.is_empty()) {
        let number = shared.requests.fetch_add(1, Ordering::SeqCst) + 1;
        let mut first = shared.first.lock().map_err(|_| io::Error::other("a rule panicked"))?;
        let since = first.get_or_insert_with(Instant::now).elapsed();
        drop(first);
        match (shared.rule)(number, since) {
            Act::Answer(status) => answer(&mut stream, status)?,
            Act::Late(by) => {
                thread::sleep(by);
                answer(&mut stream, 200)?;
            }
            Act::Slowly { pieces, every } => slowly(&mut stream, pieces, every)?,
            Act::Chunked(chunks) => chunked(&mut stream, chunks)?,
            Act::HangUp => return Ok(()),
            // What is closed without lingering is reset.
            Act::Reset => return Ok(set_socket_linger(&stream, Some(Duration::ZERO))?),
            Act::Silence => loop {
                thread::park();
            },
        }
    }
    Ok(())
}

fn answer(stream: &mut TcpStream, status: u16) -> io::Result<()> {
    stream.write_all(format!("HTTP/1.1 {status} Whatever\r\ncontent-length: 2\r\n\r\nok").as_bytes())
}

fn slowly(stream: &mut TcpStream, pieces: u32, every: Duration) -> io::Result<()> {
    stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {pieces}\r\n\r\n").as_bytes())?;
    for _ in 0..pieces {
        thread::sleep(every);
        stream.write_all(b".")?;
    }
    Ok(())
}

fn chunked(stream: &mut TcpStream, chunks: u32) -> io::Result<()> {
    let body = "4\r\nlump\r\n".repeat(chunks as usize);
    stream.write_all(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}0\r\n\r\n").as_bytes())
}
