//! One phase on one thread: what did it come to, and what did the thread itself cost?

use std::io;
use std::time::Duration;

use crate::event_loop::EventLoop;
use crate::measured::Measured;
use crate::worker::{Phase, Worker};

/// Runs a phase to its end and returns with all slots free.
pub(crate) fn drive(worker: &mut Worker, phase: &Phase) -> io::Result<Measured> {
    let (traffic, before) = (worker.network.traffic, Scheduled::now()?);
    let mut event_loop = EventLoop::begin(worker, phase);
    event_loop.run()?;
    let (stats, elapsed) = event_loop.end();
    let after = Scheduled::now()?;
    let (ran, waited) = (after.ran - before.ran, after.waited - before.waited);
    let through = worker.network.traffic;
    Ok(Measured {
        stats,
        elapsed,
        planned: phase.duration,
        bytes_sent: through.sent - traffic.sent,
        bytes_received: through.received - traffic.received,
        connections: through.connections - traffic.connections,
        cpu: ran,
        busiest: (ran + waited).as_secs_f64() / elapsed.as_secs_f64(),
    })
}

/// What the kernel knows of the calling thread: its time on a CPU, and its time in the queue for one.
#[derive(Clone, Copy)]
struct Scheduled {
    ran: Duration,
    waited: Duration,
}

impl Scheduled {
    fn now() -> io::Result<Scheduled> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
        let mut nanos = text.split_whitespace().map_while(|number| number.parse().ok()).map(Duration::from_nanos);
        let figures = nanos.next().zip(nanos.next());
        let (ran, waited) = figures.ok_or_else(|| io::Error::other("schedstat holds no two numbers"))?;
        Ok(Scheduled { ran, waited })
    }
}
