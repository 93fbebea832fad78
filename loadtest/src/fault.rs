//! Faults: what is broken, and how do we know that it is?
//!
//! Each thing that is done to a fleet is confirmed by a proof. A fault without its proof did not happen, and whatever was
//! seen meanwhile says nothing.

mod rotation;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use report::recording::{Fault, Moment};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::fleet::Fleet;
use crate::probe::ProbeRun;

/// The first of them: which one makes no difference, as people are spread over all.
const VICTIM: usize = 0;
/// Within what the servers wait for: every answer is late, and none is missing.
const SLOW: Duration = Duration::from_millis(150);

/// Breaks what the subject of the run says, lets it recover when the run is so old, and says so to the probe clients.
///
/// # Errors
/// A process does not do as it is told.
pub async fn inject(probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()> {
    match probe.subject.fault {
        Fault::None => Ok(()),
        Fault::KillReplica => kill_replica(probe, fleet, recovers).await,
        Fault::Freeze => freeze_redis(probe, fleet, recovers).await,
        Fault::Slow => slow_redis(probe, fleet, recovers).await,
        Fault::RestartEmpty | Fault::RestartSnapshot | Fault::RestartAof => restart_redis(probe, fleet, recovers).await,
        Fault::Deploy => deploy(probe, fleet).await,
        Fault::AddReplica => add_replica(probe, fleet, recovers).await,
        Fault::Rotate | Fault::RotateAtOnce => rotation::rotate(probe, fleet).await,
    }
}

/// `kill -9`; then the same replica on the same address.
async fn kill_replica(probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()> {
    probe.mark(Moment::Broken, "replica 1 killed");
    let address = fleet.address(VICTIM);
    fleet.replicas[VICTIM].kill();
    probe.prove("nobody listens where replica 1 was", !answers(address).await);
    probe.until(recovers).await;
    restart(probe, fleet, VICTIM).await?;
    probe.mark(Moment::Recovered, "replica 1 back");
    Ok(())
}

/// `SIGSTOP`, then `SIGCONT`.
async fn freeze_redis(probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()> {
    probe.mark(Moment::Broken, "Redis frozen");
    fleet.redis()?.freeze()?;
    probe.prove("PING fails: Redis does not answer", !pings(fleet).await?);
    probe.until(recovers).await;
    fleet.redis()?.thaw()?;
    probe.prove("Redis answers PING again", pings_at_last(fleet).await?);
    probe.mark(Moment::Recovered, "Redis goes on");
    Ok(())
}

/// So much later comes each answer of Redis, by a proxy before it.
async fn slow_redis(probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()> {
    probe.mark(Moment::Broken, format!("Redis answers {} ms late", SLOW.as_millis()));
    set_round_trip(probe, fleet, SLOW).await?;
    probe.until(recovers).await;
    set_round_trip(probe, fleet, Duration::ZERO).await?;
    probe.mark(Moment::Recovered, "Redis is fast again");
    Ok(())
}

async fn set_round_trip(probe: &mut ProbeRun, fleet: &Fleet, round_trip: Duration) -> anyhow::Result<()> {
    let proxy = fleet.proxy.as_ref().context("this fleet has no proxy before Redis: start it with a round trip")?;
    proxy.set_round_trip(round_trip);
    let began = Instant::now();
    let answered = ping(proxy.address(), round_trip + KNOCK).await;
    let took = began.elapsed();
    let as_meant = took >= round_trip && took < round_trip + KNOCK;
    probe.prove(format!("a PING through the proxy took {} ms", took.as_millis()), answered && as_meant);
    Ok(())
}

/// `kill -9`; then on the same address, with what it kept on disk.
async fn restart_redis(probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()> {
    probe.mark(Moment::Broken, "Redis killed");
    fleet.redis()?.kill();
    probe.prove("PING fails: nobody listens where Redis was", !pings(fleet).await?);
    probe.until(recovers).await;
    fleet.restart_redis().await?;
    let keys = fleet.redis()?.ask("DBSIZE")?;
    probe.prove(format!("Redis answers PING again, with {keys} keys"), pings_at_last(fleet).await?);
    probe.mark(Moment::Recovered, "Redis back");
    Ok(())
}

/// So long all replicas are there before the next one goes.
const REST: Duration = Duration::from_millis(200);

/// The new ones stand where the old ones did: that they are others is all that a new version is here.
async fn deploy(probe: &mut ProbeRun, fleet: &mut Fleet) -> anyhow::Result<()> {
    for replica in 0..fleet.replicas.len() {
        probe.mark(Moment::Broken, format!("{} ends", replica + 1));
        fleet.turn_away(replica).await?;
        replace(probe, fleet, replica).await?;
        fleet.welcome(replica).await?;
        probe.mark(Moment::Recovered, format!("{} back", replica + 1));
        probe.until(probe.elapsed() + REST).await;
    }
    Ok(())
}

/// One more, as the others are.
async fn add_replica(probe: &mut ProbeRun, fleet: &mut Fleet, recovers: Duration) -> anyhow::Result<()> {
    let newcomer = fleet.grow().await?;
    let address = fleet.address(newcomer);
    probe.prove(format!("replica {} listens", newcomer + 1), answers(address).await);
    probe.until(recovers).await;
    probe.mark(Moment::Recovered, format!("replica {} joins", newcomer + 1));
    fleet.welcome(newcomer).await?;
    if !probe.route().way.is_balanced() {
        probe.route().add(address);
    }
    Ok(())
}

/// `SIGTERM`: it finishes what it began, and ends; then it is started again.
async fn replace(probe: &mut ProbeRun, fleet: &mut Fleet, replica: usize) -> anyhow::Result<()> {
    let status = fleet.replicas[replica].stop().await?;
    probe.prove(format!("replica {} ended by itself, with {status}", replica + 1), status.success());
    restart(probe, fleet, replica).await
}

async fn restart(probe: &mut ProbeRun, fleet: &mut Fleet, replica: usize) -> anyhow::Result<()> {
    fleet.restart(replica).await?;
    let listens = answers(fleet.address(replica)).await;
    probe.prove(format!("replica {} listens again, on the same address", replica + 1), listens);
    Ok(())
}

/// Redis answers within a millisecond; who does not for so long is frozen, or gone.
const PING: Duration = Duration::from_millis(150);
const KNOCK: Duration = Duration::from_secs(1);

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
