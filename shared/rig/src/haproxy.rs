//! HAProxy, load balancer: what stands before several replicas, and sends each request to one that is ready?

use std::fmt::Write;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::process::Process;
use crate::until;
use shared::api::paths;

/// Usually it takes 30 ms; a machine under full load takes its time.
const READY: Duration = Duration::from_secs(10);
/// For one order at that socket.
const ORDER: Duration = Duration::from_secs(5);
/// Between two questions whether a replica is ready. A server goes on accepting for 250 ms after it has said no.
pub const CHECKS: Duration = Duration::from_millis(100);
/// Places for replicas that come later: one that is unused is in maintenance, and nobody is sent there.
pub const PLACES: usize = 8;

/// A private HAProxy before the replicas of one fleet, which asks each of them whether it is ready.
///
/// It tries again, and then at another replica, only where no connection came about: what may have been carried out is
/// never sent twice.
pub struct HaProxy {
    _process: Process,
    port: u16,
    folder: TempDir,
}

/// Whether a client comes back to the replica that answered it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Affinity {
    /// One after the other.
    None,
    /// By a cookie of the balancer's own, `SERVER`, for as long as that replica is ready.
    Cookie,
}

/// What HAProxy says of one place, counted since it was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its address as it is now.
    pub address: String,
    /// `UP`, `DOWN`, `DRAIN`, `MAINT`, and more words while it changes.
    pub status: String,
    /// That were sent there.
    pub requests: u64,
    /// Connections that did not come about.
    pub unconnected: u64,
    /// Requests that went to another place instead.
    pub redispatched: u64,
}

impl HaProxy {
    /// # Errors
    /// HAProxy is not installed, or does not come up in time; with its last words.
    pub async fn start(replicas: &[SocketAddr], affinity: Affinity) -> Result<HaProxy> {
        ensure!(replicas.len() <= PLACES, "the balancer has {PLACES} places and not {}", replicas.len());
        let program = program()?;
        let folder = crate::folder("haproxy-")?;
        let port = crate::free_port()?; // HAProxy takes no port 0.
        let file = folder.path().join("haproxy.cfg");
        let text = configuration(port, &folder.path().join("admin").display().to_string(), replicas, affinity);
        fs::write(&file, text).context("cannot write a file into a temporary folder")?;
        let mut command = Command::new(program);
        command.args(["-V", "-db", "-f"]).arg(&file); // In the foreground, and it says what it does.
        let mut process = Process::start("haproxy", command, "polling mechanism", Signal::KILL)?;
        process.announced(READY).await?;
        let haproxy = HaProxy { _process: process, port, folder };
        // It binds its ports before it takes orders.
        until("HAProxy takes orders", || async { haproxy.order("show info").await.map(|_| true) }).await?;
        Ok(haproxy)
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// No new request goes there; what is under way is finished. Places count from 0.
    ///
    /// # Errors
    /// There is no such place.
    pub async fn drain(&self, place: usize) -> Result<()> {
        self.set(place, "state drain").await
    }

    /// Requests go there again, as long as its replica says that it is ready.
    ///
    /// # Errors
    /// There is no such place.
    pub async fn ready(&self, place: usize) -> Result<()> {
        self.set(place, "state ready").await
    }

    /// Returns when its replica was found ready.
    ///
    /// # Errors
    /// It was not in time, or there is no such place.
    pub async fn found_ready(&self, place: usize) -> Result<()> {
        self.becomes(place, "UP").await
    }

    /// Another replica has this place from now on.
    ///
    /// # Errors
    /// There is no such place.
    pub async fn move_to(&self, place: usize, replica: SocketAddr) -> Result<()> {
        self.set(place, &format!("addr {} port {}", replica.ip(), replica.port())).await
    }

    /// All places, also those that nobody has.
    ///
    /// # Errors
    /// It does not answer, or in words that are not known here.
    pub async fn places(&self) -> Result<Vec<Place>> {
        let table = self.order("show stat replicas 4 -1").await?; // 4: servers alone.
        let mut lines = table.lines();
        let names: Vec<_> = lines.next().unwrap_or_default().trim_start_matches("# ").split(',').collect();
        lines.filter(|line| !line.is_empty()).map(|line| place(&names, line)).collect()
    }

    /// Waits until this is HAProxy's status of a place.
    ///
    /// # Errors
    /// It was not in time, or there is no such place.
    pub async fn becomes(&self, place: usize, status: &str) -> Result<()> {
        until(&format!("place {place} of HAProxy is {status}"), || async {
            let seen = self.places().await?.into_iter().nth(place).context("HAProxy has no such place")?;
            ensure!(seen.status == status, "{} is {}", seen.address, seen.status);
            Ok(true)
        })
        .await
    }

    async fn set(&self, place: usize, what: &str) -> Result<()> {
        let said = self.order(&format!("set server replicas/{place} {what}")).await?;
        // Silence is consent, but a change of address is told in full.
        match said.trim() {
            "" => Ok(()),
            told if told.starts_with("IP changed") || told.starts_with("no need to change the addr") => Ok(()),
            refused => bail!("HAProxy did not set place {place} to {what}: {refused}"),
        }
    }

    /// Asks the administration's socket one thing.
    async fn order(&self, order: &str) -> Result<String> {
        let socket = self.folder.path().join("admin");
        let asked = async {
            let mut stream = UnixStream::connect(&socket).await?;
            stream.write_all(format!("{order}\n").as_bytes()).await?;
            let mut said = String::new();
            stream.read_to_string(&mut said).await?;
            std::io::Result::Ok(said)
        };
        let answered = tokio::time::timeout(ORDER, asked).await;
        answered.context("HAProxy does not answer in time")?.context("HAProxy does not answer")
    }
}

/// Where it is installed.
///
/// # Errors
/// Nowhere; the sentence says how to install it.
pub fn program() -> Result<std::path::PathBuf> {
    crate::program(&["haproxy"], &["/usr/sbin".into()], "haproxy")
}

fn place(names: &[&str], line: &str) -> Result<Place> {
    let values: Vec<_> = line.split(',').collect();
    let value = |name: &str| {
        let at = names.iter().position(|known| *known == name);
        at.and_then(|at| values.get(at).copied()).with_context(|| format!("HAProxy does not tell {name} of a place"))
    };
    let count = |name: &str| Ok::<u64, anyhow::Error>(value(name)?.parse().unwrap_or(0)); // Empty: never.
    Ok(Place {
        address: value("addr")?.into(),
        status: value("status")?.into(),
        requests: count("stot")?,
        unconnected: count("econ")?,
        redispatched: count("wredis")?,
    })
}

/// One thread, for it stands beside the replicas on the same cores, and everything it writes below the folder.
fn configuration(port: u16, admin: &str, replicas: &[SocketAddr], affinity: Affinity) -> String {
    let checks = CHECKS.as_millis();
    let ready = paths::READY;
    let sticky = match affinity {
        Affinity::None => "",
        Affinity::Cookie => "    cookie SERVER insert indirect nocache httponly\n",
    };
    let mut text = format!(
        "global
    stats socket unix@{admin} level admin
    maxconn 4096
    nbthread 1
defaults
    mode http
    timeout connect 1s
    timeout client 60s
    timeout server 60s
    timeout check 1s
    retries 3
    retry-on conn-failure
    option redispatch 1
frontend visitors
    bind 127.0.0.1:{port}
    default_backend replicas
backend replicas
    balance roundrobin
    option httpchk GET {ready}
    http-check expect status 200
    default-server check inter {checks} fastinter {checks} downinter {checks} fall 1 rise 1
{sticky}"
    );
    for number in 0..PLACES {
        let (address, unused) = match replicas.get(number) {
            Some(address) => (*address, ""),
            None => (SocketAddr::from((Ipv4Addr::LOCALHOST, 1)), " disabled"),
        };
        let cookie = if affinity == Affinity::Cookie { format!(" cookie {number}") } else { String::new() };
        writeln!(text, "    server {number} {address}{cookie}{unused}").expect("a String takes all that is written");
    }
    text
}
