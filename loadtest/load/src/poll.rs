//! Poll: which connections are ready, and how long may a thread sleep?
//!
//! The kernel's `epoll` for the connections of one thread, and a timer within it that is exact to microseconds. What
//! counts milliseconds, as most timers of event loops do, would send five requests at once at 5,000 a second and call
//! the wait latency.

use std::io;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

pub struct Poll {
    epoll: OwnedFd,
    timer: OwnedFd,
    armed: Option<Instant>,
    events: Vec<Event>,
}

/// Something happened on a connection: look at it.
#[derive(Debug, Clone, Copy)]
pub struct Readiness {
    pub token: u64,
    /// The other side will send no more than it has.
    pub hung_up: bool,
}

const TIMER: u64 = u64::MAX;
/// Taken at a time; the rest waits for the next time.
const MOST_EVENTS: usize = 256;

impl Poll {
    pub fn new() -> io::Result<Poll> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        epoll::add(&epoll, &timer, EventData::new_u64(TIMER), EventFlags::IN | EventFlags::ET)?;
        Ok(Poll { epoll, timer, armed: None, events: Vec::with_capacity(MOST_EVENTS) })
    }

    /// From now on until it is closed. It is reported once for each change, so what is there must be taken at once.
    pub fn watch(&self, stream: &TcpStream, token: u64) -> io::Result<()> {
        let changes = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        Ok(epoll::add(&self.epoll, stream, EventData::new_u64(token), changes)?)
    }

    /// Sleeps until something is ready, or until then. It may return earlier with nothing.
    pub fn wait(&mut self, now: Instant, until: Instant, ready: &mut Vec<Readiness>) -> io::Result<()> {
        let sleep = until.saturating_duration_since(now);
        if !sleep.is_zero() {
            self.arm(now, until, sleep)?;
        }
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        self.events.clear();
        let waited = epoll::wait(&self.epoll, spare_capacity(&mut self.events), sleep.is_zero().then_some(&at_once));
        match waited {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ended = EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR;
        ready.extend(self.events.iter().filter(|event| event.data.u64() != TIMER).map(|event| {
            let (token, flags) = (event.data.u64(), event.flags);
            Readiness { token, hung_up: flags.intersects(ended) }
        }));
        Ok(())
    }

    /// An alarm that is set already, and not too late, is left alone: that is one call to the kernel less.
    fn arm(&mut self, now: Instant, until: Instant, sleep: Duration) -> io::Result<()> {
        if self.armed.is_some_and(|armed| armed > now && armed <= until) {
            return Ok(());
        }
        let once = Itimerspec {
            it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: Timespec { tv_sec: sleep.as_secs() as i64, tv_nsec: i64::from(sleep.subsec_nanos()) },
        };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
        self.armed = Some(until);
        Ok(())
    }
}
