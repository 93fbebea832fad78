//! How much did the origin send to a cache?

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Stands between a cache and its origin, and counts what comes from there. Gone when it is dropped.
pub(super) struct Tap {
    address: SocketAddr,
    drawn: Arc<AtomicU64>,
    _listening: JoinSet<()>,
}

impl Tap {
    /// # Errors
    /// There is no port.
    pub(super) async fn start(origin: SocketAddr) -> anyhow::Result<Tap> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port to count at")?;
        let address = listener.local_addr()?;
        let drawn = Arc::new(AtomicU64::new(0));
        let mut listening = JoinSet::new();
        listening.spawn(accept(listener, origin, drawn.clone()));
        Ok(Tap { address, drawn, _listening: listening })
    }

    /// `http://ADDRESS:PORT`
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes from the origin since this was asked last.
    pub(super) fn drawn(&self) -> u64 {
        self.drawn.swap(0, Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, origin: SocketAddr, drawn: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    while let Ok((cache, _)) = listener.accept().await {
        connections.spawn(carry(cache, origin, drawn.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn carry(cache: TcpStream, origin: SocketAddr, drawn: Arc<AtomicU64>) {
    let Ok(origin) = TcpStream::connect(origin).await else { return };
    let (mut asked, mut told) = cache.into_split();
    let (mut answered, mut asking) = origin.into_split();
    let there = async {
        let _ = copy(&mut asked, &mut asking).await; // Either end may hang up; the other one learns it at once.
        let _ = asking.shutdown().await;
    };
    let back = async {
        let mut bytes = [0; 16 * 1024];
        while let Ok(read @ 1..) = answered.read(&mut bytes).await {
            // Counted before it is passed on: whoever has an answer finds all of it counted.
            drawn.fetch_add(read as u64, Ordering::Relaxed);
            if told.write_all(&bytes[..read]).await.is_err() {
                break;
            }
        }
        let _ = told.shutdown().await;
    };
    tokio::join!(there, back);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_from_the_origin_is_counted_and_what_goes_there_is_not() -> anyhow::Result<()> {
        let origin = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let tap = Tap::start(origin.local_addr()?).await?;
        let mut cache = TcpStream::connect(tap.address).await?;
        let (mut accepted, _) = origin.accept().await?;
        let mut bytes = [0; 4];
        for (question, answer, expected) in [("who?", "mine", 4), ("who?", "yes", 3)] {
            cache.write_all(question.as_bytes()).await?;
            accepted.read_exact(&mut bytes).await?;
            accepted.write_all(answer.as_bytes()).await?;
            cache.read_exact(&mut bytes[..answer.len()]).await?;
            assert_eq!(tap.drawn(), expected);
        }
        Ok(())
    }
}
