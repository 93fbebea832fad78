//! Faults: what is broken, and how do we know that it is?
//!
//! Each function does one thing to a fleet and returns what proves it. A fault without its proof did not happen, and
//! whatever was seen meanwhile says nothing.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use async_trait::async_trait;
use report::recording::Proof;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::fleet::Fleet;
use crate::probe::ProbeRun;

/// What is done to a fleet while people use it.
#[async_trait]
pub trait FaultInjector: Sync {
    /// Breaks something, lets it recover when the run is so old, and says so to those who watch.
    async fn inject(&self, probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()>;
}

/// The control: nothing happens.
pub struct Nothing;

#[async_trait]
impl FaultInjector for Nothing {
    async fn inject(&self, _: &mut ProbeRun, _: &mut Fleet, _: Duration) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Redis answers within a millisecond; who does not for so long is frozen, or gone.
const PING: Duration = Duration::from_millis(150);
const KNOCK: Duration = Duration::from_secs(1);

/// `kill -9`.
pub async fn kill_replica(fleet: &mut Fleet, replica: usize) -> Vec<Proof> {
    let address = fleet.address(replica);
    fleet.replica(replica).kill();
    vec![proof(format!("nobody listens where replica {} was", replica + 1), !answers(address).await)]
}

/// The same replica on the same address.
///
/// # Errors
/// It does not come up; with its last words.
pub async fn restart_replica(fleet: &mut Fleet, replica: usize) -> anyhow::Result<Vec<Proof>> {
    fleet.restart(replica).await?;
    let listens = answers(fleet.address(replica)).await;
    Ok(vec![proof(format!("replica {} listens again, on the same address", replica + 1), listens)])
}

/// `SIGTERM`: it finishes what it began, and ends.
///
/// # Errors
/// It does not end.
pub async fn stop_replica(fleet: &mut Fleet, replica: usize) -> anyhow::Result<Vec<Proof>> {
    let status = fleet.replica(replica).stop().await?;
    Ok(vec![proof(format!("replica {} ended by itself, with {status}", replica + 1), status.success())])
}

/// One more, as the others are; which it is.
///
/// # Errors
/// It does not come up; with its last words.
pub async fn add_replica(fleet: &mut Fleet) -> anyhow::Result<(usize, Vec<Proof>)> {
    let replica = fleet.grow().await?;
    let listens = answers(fleet.address(replica)).await;
    Ok((replica, vec![proof(format!("replica {} listens", replica + 1), listens)]))
}

/// `kill -9`.
///
/// # Errors
/// This fleet has no Redis.
pub async fn kill_redis(fleet: &mut Fleet) -> anyhow::Result<Vec<Proof>> {
    fleet.redis()?.kill();
    Ok(vec![proof("PING fails: nobody listens where Redis was", !pings(fleet).await?)])
}

/// On the same address, with what it kept on disk.
///
/// # Errors
/// It does not come up in time.
pub async fn restart_redis(fleet: &mut Fleet) -> anyhow::Result<Vec<Proof>> {
    fleet.restart_redis().await?;
    let keys = fleet.redis()?.ask("DBSIZE")?;
    Ok(vec![proof(format!("Redis answers PING again, with {keys} keys"), pings_at_last(fleet).await?)])
}

/// `SIGSTOP`.
///
/// # Errors
/// This fleet has no Redis, or it has ended.
pub async fn freeze_redis(fleet: &mut Fleet) -> anyhow::Result<Vec<Proof>> {
    fleet.redis()?.freeze()?;
    Ok(vec![proof("PING fails: Redis does not answer", !pings(fleet).await?)])
}

/// `SIGCONT`.
///
/// # Errors
/// This fleet has no Redis, or it has ended.
pub async fn thaw_redis(fleet: &mut Fleet) -> anyhow::Result<Vec<Proof>> {
    fleet.redis()?.thaw()?;
    Ok(vec![proof("Redis answers PING again", pings_at_last(fleet).await?)])
}

/// So much later comes each answer of Redis, by a proxy before it.
///
/// # Errors
/// This fleet was started without the proxy.
pub async fn slow_redis(fleet: &mut Fleet, round_trip: Duration) -> anyhow::Result<Vec<Proof>> {
    let proxy = fleet.proxy.as_ref().context("this fleet has no proxy before Redis: start it with a round trip")?;
    proxy.set_round_trip(round_trip);
    let (address, began) = (proxy.address(), std::time::Instant::now());
    let answered = ping(address, round_trip + KNOCK).await;
    let took = began.elapsed();
    let says = format!("a PING through the proxy took {} ms", took.as_millis());
    let as_meant = took >= round_trip && took < round_trip + KNOCK;
    Ok(vec![proof(says, answered && as_meant)])
}

fn proof(says: impl Into<String>, holds: bool) -> Proof {
    Proof { says: says.into(), holds }
}

async fn answers(address: SocketAddr) -> bool {
    matches!(timeout(KNOCK, TcpStream::connect(address)).await, Ok(Ok(_)))
}

/// Past the proxy, if there is one.
async fn pings(fleet: &mut Fleet) -> anyhow::Result<bool> {
    let port = fleet.redis()?.port();
    ensure!(port != 0, "this Redis listens on no port");
    Ok(ping(SocketAddr::from(([127, 0, 0, 1], port)), PING).await)
}

/// After a repair: a busy machine may need a second look.
async fn pings_at_last(fleet: &mut Fleet) -> anyhow::Result<bool> {
    for _ in 0..LOOKS {
        if pings(fleet).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

const LOOKS: u32 = 10;

/// On a connection of its own, and without holding anybody else up.
async fn ping(address: SocketAddr, within: Duration) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 7];
        stream.read_exact(&mut answer).await?;
        Ok::<bool, std::io::Error>(&answer == b"+PONG\r\n")
    };
    matches!(timeout(within, asked).await, Ok(Ok(true)))
}
