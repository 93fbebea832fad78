//! Connection: how does one request travel, and what did it weigh?

use std::io::{self, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, connect, ipproto, socket_with};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use wire::response::Response;
use wire::response_parser::{Keep, ResponseParser};

use crate::failure::Failure;
use crate::poll::Poll;
use crate::receiver::Receiver;

/// Bytes that went through the sockets of one thread, heads and bodies and all, and how many of those there were.
#[derive(Debug, Default, Clone, Copy)]
pub struct Traffic {
    pub sent: u64,
    pub received: u64,
    pub connections: u64,
}

/// One TCP connection, which carries one request after the other. Nothing here waits.
pub struct Connection {
    stream: TcpStream,
    /// What the kernel has not taken yet: all of it as long as there is no connection.
    unsent: Vec<u8>,
    parser: ResponseParser,
}

impl Connection {
    /// Begins to connect. Readiness will carry `token`.
    pub fn open(address: SocketAddr, poll: &Poll, token: u64, traffic: &mut Traffic) -> Result<Connection, Failure> {
        let stream = begin(address).map_err(|error| failed_to_connect(&error))?;
        poll.watch(&stream, token).map_err(|_| Failure::Unreachable)?;
        traffic.connections += 1;
        Ok(Connection { stream, unsent: Vec::new(), parser: ResponseParser::default() })
    }

    /// Only after the answer to the one before.
    pub fn send(&mut self, request: &[u8], keep: Keep, traffic: &mut Traffic) -> Result<(), Failure> {
        self.parser = ResponseParser::of(keep);
        let taken = self.write(request, traffic)?;
        self.unsent.extend_from_slice(&request[taken..]);
        Ok(())
    }

    pub fn has_unsent(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// Goes on with what is under way, as far as that is possible now. Some: the answer is whole, since then.
    pub fn proceed(
        &mut self,
        receiver: &mut Receiver,
        traffic: &mut Traffic,
    ) -> Result<Option<(Response, Instant)>, Failure> {
        if !self.unsent.is_empty() {
            let unsent = std::mem::take(&mut self.unsent);
            let taken = self.write(&unsent, traffic)?;
            self.unsent.extend_from_slice(&unsent[taken..]);
        }
        loop {
            let (bytes, at) = match receiver.receive(&self.stream) {
                Ok(None) => return Ok(None),
                Ok(Some(([], at))) => {
                    let answer = std::mem::take(&mut self.parser).closed();
                    return answer.map(|answer| Some((answer, at))).ok_or(Failure::Reset);
                }
                Ok(Some(received)) => received,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(failed_to_connect(&error)),
            };
            traffic.received += bytes.len() as u64;
            if let Some(answer) = self.parser.feed(bytes).map_err(|_| Failure::Malformed)? {
                return Ok(Some((answer, at)));
            }
        }
    }

    /// How much of it the kernel took.
    fn write(&mut self, bytes: &[u8], traffic: &mut Traffic) -> Result<usize, Failure> {
        let mut taken = 0;
        while taken < bytes.len() {
            match self.stream.write(&bytes[taken..]) {
                Ok(count) => taken += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(failed_to_connect(&error)),
            }
        }
        traffic.sent += taken as u64;
        Ok(taken)
    }
}

fn begin(address: SocketAddr) -> io::Result<TcpStream> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, Some(ipproto::TCP))?;
    match connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => {}
        Err(error) => return Err(error.into()),
    }
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    Receiver::prepare(&stream)?;
    Ok(stream)
}

/// That a connection could not be made shows at the first attempt to use it. Ours, if the fault is: too few files that this
/// process may open, or too few ports on this side.
fn failed_to_connect(error: &io::Error) -> Failure {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::MFILE | Errno::NFILE | Errno::ADDRNOTAVAIL | Errno::NOBUFS) => Failure::Ours,
        Some(Errno::CONNREFUSED) => Failure::Refused,
        Some(Errno::CONNRESET | Errno::CONNABORTED | Errno::PIPE) => Failure::Reset,
        _ => Failure::Unreachable,
    }
}

/// Each user has a connection, and many systems begin with 1,024 open files for a process that may have more.
pub fn allow_as_many_as_possible() -> io::Result<()> {
    let allowed = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed })?)
}
