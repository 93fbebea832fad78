//! Delay proxy: how far away is Redis?
//!
//! A proxy on loopback that holds back every byte for half of a round trip in each direction. It stands where a network
//! would: the kernels we test on cannot delay a packet themselves.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
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
        let mut listening = JoinSet::new();
        listening.spawn(accept(listener, target, far));
        Ok(Proxy { address, round_trip, _listening: listening })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on, for connections that are open as well.
    pub fn set_round_trip(&self, round_trip: Duration) {
        self.round_trip.send_replace(round_trip);
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, far: watch::Receiver<Duration>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => drop(connections.spawn(connect(client, target, far.clone()))),
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connect(client: TcpStream, target: SocketAddr, far: watch::Receiver<Duration>) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true)); // A proxy that waits for more would add its own delay.
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::join!(carry(from_client, to_server, far.clone()), carry(from_server, to_client, far));
}

/// In one direction, each chunk as late as the distance says, and in order.
async fn carry(from: OwnedReadHalf, to: OwnedWriteHalf, far: watch::Receiver<Duration>) {
    let Ok(alarm) = Alarm::new() else { return };
    let (send, receive) = mpsc::channel(UNDER_WAY);
    tokio::join!(take(from, send, far), give(to, receive, alarm));
}

async fn take(mut from: OwnedReadHalf, send: mpsc::Sender<(Instant, Vec<u8>)>, far: watch::Receiver<Duration>) {
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        match from.read_buf(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let due = Instant::now() + *far.borrow() / 2;
                if send.send((due, chunk)).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn give(mut to: OwnedWriteHalf, mut receive: mpsc::Receiver<(Instant, Vec<u8>)>, alarm: Alarm) {
    while let Some((due, chunk)) = receive.recv().await {
        if alarm.rings(due).await.is_err() || to.write_all(&chunk).await.is_err() {
            return;
        }
    }
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

    #[tokio::test]
    async fn a_question_takes_a_round_trip_longer_and_its_answer_is_the_same() -> anyhow::Result<()> {
        let proxy = Proxy::start(echo().await?, Duration::from_millis(30)).await?;
        let mut stream = TcpStream::connect(proxy.address()).await?;
        let mut answer = [0; 4];
        let mut ask = async || {
            let began = Instant::now();
            stream.write_all(b"PING").await?;
            stream.read_exact(&mut answer).await?;
            assert_eq!(&answer, b"PING");
            anyhow::Ok(began.elapsed())
        };
        assert!(ask().await? >= Duration::from_millis(30));
        proxy.set_round_trip(Duration::from_millis(90));
        assert!(ask().await? >= Duration::from_millis(90));
        Ok(())
    }

    #[tokio::test]
    async fn a_fifth_of_a_millisecond_is_not_made_two() -> anyhow::Result<()> {
        let far = Duration::from_micros(200);
        let proxy = Proxy::start(echo().await?, far).await?;
        let mut stream = TcpStream::connect(proxy.address()).await?;
        let mut fastest = Duration::MAX;
        for _ in 0..200 {
            let began = Instant::now();
            stream.write_all(b"PING").await?;
            stream.read_exact(&mut [0; 4]).await?;
            fastest = fastest.min(began.elapsed());
        }
        assert!((far..far * 5).contains(&fastest), "{fastest:?}");
        Ok(())
    }
}
