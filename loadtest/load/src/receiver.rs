//! Receiver: what came, and when?
//!
//! The kernel notes when the last bytes of an answer arrived. So a thread that keeps a schedule need not wake for every
//! answer, which costs more than to read it, and what it is late itself is in nobody's latency.

use std::io::{self, ErrorKind, IoSliceMut, Read};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt};
use nix::sys::time::TimeSpec;

/// Whose clock says when an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Ours, when we look: for those who look at once.
    Ours,
    /// The kernel's.
    Kernels,
}

pub struct Receiver {
    clock: Clock,
    buffer: Vec<u8>,
    control: Vec<u8>,
    /// The same moment on the clock that counts and on the kernel's.
    now: (Instant, Duration),
}

/// Further than this, within one sleep, no clock is led gently: somebody set it.
const STEP: Duration = Duration::from_micros(200);

/// What is read at a time.
const SIZE: usize = 64 << 10;

impl Receiver {
    pub(crate) fn new() -> Receiver {
        let control = nix::cmsg_space!(TimeSpec);
        Receiver { clock: Clock::Ours, buffer: vec![0; SIZE], control, now: (Instant::now(), Duration::ZERO) }
    }

    /// Asks the kernel to note when bytes arrive on this connection.
    pub fn prepare(stream: &TcpStream) -> io::Result<()> {
        Ok(setsockopt(stream, sockopt::ReceiveTimestampns, &true)?)
    }

    /// What is received until the next call is dated by this look at the clocks. Where the kernel's was set since the last
    /// one, ours has to do.
    pub fn look(&mut self, clock: Clock) {
        self.clock = clock;
        if clock == Clock::Kernels {
            let (now, wall) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
            let (before, wall_before) = std::mem::replace(&mut self.now, (now, wall));
            let gone = wall.checked_sub(wall_before).unwrap_or_default();
            if gone.abs_diff(now - before) > STEP {
                self.clock = Clock::Ours;
            }
        }
    }

    /// Some bytes and when they came. None: there is nothing now. Empty: there will be nothing more.
    pub fn receive(&mut self, mut stream: &TcpStream) -> io::Result<Option<(&[u8], Instant)>> {
        let received = match self.clock {
            Clock::Ours => stream.read(&mut self.buffer).map(|count| (count, None)),
            Clock::Kernels => self.receive_dated(stream),
        };
        match received {
            Ok((count, at)) => Ok(Some((&self.buffer[..count], at.unwrap_or_else(Instant::now)))),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn receive_dated(&mut self, stream: &TcpStream) -> io::Result<(usize, Option<Instant>)> {
        let mut into = [IoSliceMut::new(&mut self.buffer)];
        let message = recvmsg::<()>(stream.as_raw_fd(), &mut into, Some(&mut self.control), MsgFlags::empty())?;
        let noted = message.cmsgs()?.find_map(|note| match note {
            ControlMessageOwned::ScmTimestampns(at) => Some(Duration::from(at)),
            _ => None,
        });
        let (now, wall) = self.now;
        // A wall clock that was set in between would say anything; whoever asks holds it against what can be.
        let at = noted
            .and_then(|noted| if noted > wall { now.checked_add(noted - wall) } else { now.checked_sub(wall - noted) });
        Ok((message.bytes, at))
    }
}
