//! TCP proxy: how far away is a server, and how much does it send?
//!
//! On loopback it holds back every byte for half of a round trip in each direction. It stands where a network would: the
//! kernels we test on cannot delay a packet themselves. And it counts what comes from the server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

const CHUNK: usize = 4096;
/// Chunks under way in one direction of one connection. More wait in the kernel.
const UNDER_WAY: usize = 1024;

/// Gone, with every connection through it, when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    round_trip: watch::Sender<Duration>,
    received: Arc<AtomicU64>,
    _listening: JoinSet<()>,
}

impl Proxy {
    /// In front of `target`, and as if that were so far away.
    ///
    /// # Errors
    /// There is no port.
    pub async fn start(target: SocketAddr, round_trip: Duration) -> anyhow::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port for a proxy")?;
        let address = listener.local_addr()?;
        let (round_trip, far) = watch::channel(round_trip);
        let (received, mut listening) = (Arc::default(), JoinSet::new());
        listening.spawn(accept(listener, target, far, Arc::clone(&received)));
        Ok(Proxy { address, round_trip, received, _listening: listening })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes from the target since this was asked last.
    pub fn received(&self) -> u64 {
        self.received.swap(0, Ordering::Relaxed)
    }

    /// From now on, for connections that are open as well.
    pub fn set_round_trip(&self, round_trip: Duration) {
        self.round_trip.send_replace(round_trip);
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, far: watch::Receiver<Duration>, received: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => drop(connections.spawn(connect(client, target, far.clone(), received.clone()))),
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connect(client: TcpStream, target: SocketAddr, far: watch::Receiver<Duration>, received: Arc<AtomicU64>) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true)); // A proxy that waits for more would add its own delay.
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let sent = AtomicU64::new(0); // Nobody asks for it.
    tokio::join!(carry(from_client, to_server, far.clone(), &sent), carry(from_server, to_client, far, &received));
}

/// In one direction, each chunk as late as the distance says, and in order.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, far: watch::Receiver<Duration>, counter: &AtomicU64) {
    let Ok(alarm) = Alarm::new() else { return };
    let (send, mut receive) = mpsc::channel(UNDER_WAY);
    let take = async move {
        let mut chunk = Vec::with_capacity(CHUNK);
        while let Ok(count @ 1..) = from.read_buf(&mut chunk).await {
            // Before it is passed on: whoever has a response finds all of it counted.
            counter.fetch_add(count as u64, Ordering::Relaxed);
            let due = Instant::now() + *far.borrow() / 2;
            if send.send((due, std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)))).await.is_err() {
                return;
            }
        }
    };
    let give = async move {
        while let Some((due, chunk)) = receive.recv().await {
            if alarm.rings(due).await.is_err() || to.write_all(&chunk).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(take, give);
}

/// The kernel's own timer: tokio's counts milliseconds, and would make 0.2 of them two.
struct Alarm(AsyncFd<OwnedFd>);

impl Alarm {
    #[expect(deprecated, reason = "its successor is unsafe to call, and an OwnedFd keeps what that asks for")]
    fn new() -> io::Result<Alarm> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        Ok(Alarm(AsyncFd::new(timer)?))
    }

    async fn rings(&self, due: Instant) -> io::Result<()> {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(()); // A timer set to nothing never rings.
        }
        let nothing = Timespec { tv_sec: 0, tv_nsec: 0 };
        let once = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        let once = Itimerspec { it_interval: nothing, it_value: once };
        timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        let mut ready = self.0.readable().await?;
        rustix::io::read(self.0.get_ref(), &mut [0; 8])?; // Else it would ring for ever.
        ready.clear_ready();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn echo() -> anyhow::Result<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = [0; 4];
                while stream.read_exact(&mut bytes).await.is_ok() && stream.write_all(&bytes).await.is_ok() {}
            }
        });
        Ok(address)
    }

    /// How long a question takes.
    async fn ask(stream: &mut TcpStream) -> anyhow::Result<Duration> {
        let (began, mut answer) = (Instant::now(), [0; 4]);
        stream.write_all(b"PING").await?;
        stream.read_exact(&mut answer).await?;
        assert_eq!(&answer, b"PING");
        Ok(began.elapsed())
    }

    #[tokio::test]
    async fn a_question_takes_a_round_trip_longer_and_its_answer_is_the_same() -> anyhow::Result<()> {
        let proxy = Proxy::start(echo().await?, Duration::from_millis(30)).await?;
        let mut stream = TcpStream::connect(proxy.address()).await?;
        assert!(ask(&mut stream).await? >= Duration::from_millis(30));
        proxy.set_round_trip(Duration::from_millis(90));
        assert!(ask(&mut stream).await? >= Duration::from_millis(90));
        Ok(())
    }

    #[tokio::test]
    async fn what_comes_from_the_target_is_counted_and_what_goes_there_is_not() -> anyhow::Result<()> {
        let target = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let proxy = Proxy::start(target.local_addr()?, Duration::ZERO).await?;
        let mut client = TcpStream::connect(proxy.address()).await?;
        let (mut accepted, _) = target.accept().await?;
        let mut bytes = [0; 4];
        for (request, response, expected) in [("who?", "mine", 4), ("who?", "yes", 3)] {
            client.write_all(request.as_bytes()).await?;
            accepted.read_exact(&mut bytes).await?;
            accepted.write_all(response.as_bytes()).await?;
            client.read_exact(&mut bytes[..response.len()]).await?;
            assert_eq!(proxy.received(), expected);
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_fifth_of_a_millisecond_is_not_made_two() -> anyhow::Result<()> {
        let far = Duration::from_micros(200);
        let proxy = Proxy::start(echo().await?, far).await?;
        let mut stream = TcpStream::connect(proxy.address()).await?;
        let mut fastest = Duration::MAX;
        for _ in 0..200 {
            fastest = fastest.min(ask(&mut stream).await?);
        }
        assert!((far..far * 5).contains(&fastest), "{fastest:?}");
        Ok(())
    }
}
