//! Fleet under test: what is started and measured?
//!
//! A fleet: replicas of one server as child processes, the stores behind them, and meters on every process. All of it
//! is private, and gone when its value is dropped.

mod again;
pub mod balancer;
pub mod caps;
pub mod contract;
pub mod cores;
pub mod database;
pub mod meters;
pub mod proxy;
pub mod scrape;
pub mod servers;
pub mod shares;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use report::recording::{self, Mode, Role};
use rig::haproxy::HaProxy;
use rig::keys::KeyRing;
use rig::redis::{Listen, Options, Redis};
use rig::replica::Replica;
use shared::api::meta::{CredentialKind, Meta};
use shared::api::paths;

use cores::Cores;
use proxy::Proxy;
use servers::Servers;

/// What every fleet of a run has in common.
#[derive(Debug, Clone)]
pub struct Settings {
    pub servers: Servers,
    pub replicas: u32,
    pub demo_visitors: u32,
    /// Threads that answer. One: one more replica is then one more worker, and nothing else. None: as the server sees fit.
    pub workers: Option<u32>,
    pub cores: Cores,
    /// How long a credential lives while nobody renews it.
    pub lifetime: Duration,
    /// How Redis is started, where there is one: `["--appendonly", "yes"]` makes it remember.
    pub redis: Vec<String>,
    /// One also for a fleet that would not ask it: that nobody misses it is to be seen.
    pub redis_anyway: bool,
    /// From a replica to Redis and back, through a proxy; none where nothing shall stand between.
    pub round_trip: Option<Duration>,
    /// Whatever else the servers shall be told.
    pub more: Vec<String>,
    /// Beside what they inherit.
    pub environment: Vec<(String, String)>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            servers: Servers::default(),
            replicas: 1,
            demo_visitors: 0,
            workers: Some(1),
            cores: Cores::default(),
            lifetime: OUTLIVES_THE_RUN,
            redis: Vec::new(),
            redis_anyway: false,
            round_trip: None,
            more: Vec::new(),
            environment: Vec::new(),
        }
    }
}

/// Replicas of one server; fields are dropped in this order: first those who use a store, then the store.
pub struct Fleet {
    pub mode: Mode,
    /// Before the replicas, where people find them by a balancer.
    haproxy: Option<HaProxy>,
    pub replicas: Vec<Replica>,
    pub redis: Option<Redis>,
    /// Between the replicas and Redis, where Redis shall be far away.
    pub proxy: Option<Proxy>,
    /// As it was started, for who joins later or comes back.
    settings: Settings,
    binary: PathBuf,
    pub keys: KeyRing,
}

/// Longer than any run: nobody's credential shall end in the middle of a measurement.
const OUTLIVES_THE_RUN: Duration = Duration::from_secs(2 * 60 * 60);
/// The kernel chooses; who comes back listens where it did before.
const ANY_PORT: &str = "127.0.0.1:0";

impl Fleet {
    /// Starts stores and replicas, and returns when each of them says that it listens.
    ///
    /// # Errors
    /// A binary is missing, or a process does not come up; with its last words.
    pub async fn start(mode: Mode, settings: &Settings) -> anyhow::Result<Fleet> {
        let binary = settings.servers.find(mode.entry().side.program())?;
        let redis = match mode.has_redis() || settings.redis_anyway {
            true => Some(Redis::start(Options { listen: Listen::Port, arguments: settings.redis.clone() }).await?),
            false => None,
        };
        let proxy = match (&redis, settings.round_trip) {
            (Some(redis), Some(round_trip)) => {
                Some(Proxy::start((Ipv4Addr::LOCALHOST, redis.port()).into(), round_trip).await?)
            }
            _ => None,
        };
        let (haproxy, replicas, keys) = (None, Vec::new(), KeyRing::of(mode)?);
        let mut fleet = Fleet { mode, haproxy, replicas, redis, proxy, settings: settings.clone(), binary, keys };
        for _ in 0..settings.replicas {
            fleet.grow().await?; // One after the other: the first makes the database that all of them share.
        }
        if let Some(redis) = &fleet.redis {
            cores::bind(redis.pid(), &fleet.settings.cores.redis)?;
        }
        Ok(fleet)
    }

    fn arguments(&self, number: u32, listen: &str) -> Vec<String> {
        let listen = format!("--listen={listen}");
        if self.mode == Mode::Bare {
            return vec![listen, "--workers=1".into()];
        }
        let settings = &self.settings;
        let database = self.database();
        let mut arguments = vec![
            listen,
            format!("--database-url=sqlite://{}", database.display()),
            format!("--instance={}-{number}", self.mode.name()),
            format!("--demo-visitors={}", settings.demo_visitors),
        ];
        arguments.extend(settings.workers.map(|workers| format!("--workers={workers}")));
        let through = self.proxy.as_ref().map(|proxy| format!("redis://{}", proxy.address()));
        arguments.extend(self.keys.arguments(through.or_else(|| self.redis.as_ref().map(Redis::url)).as_deref()));
        let lifetime = humantime::format_duration(settings.lifetime);
        arguments.extend(self.mode.entry().side.lifetime_flag().map(|flag| format!("{flag}={lifetime}")));
        arguments.extend(settings.more.iter().cloned());
        arguments
    }

    /// For the recording: how it was started, in its own words.
    ///
    /// # Errors
    /// The first replica does not answer.
    pub async fn described(&self) -> anyhow::Result<recording::Fleet> {
        let meta: Meta = serde_json::from_str(&scrape::get(self.url(0), paths::META).await?)?;
        Ok(recording::Fleet { mode: self.mode, replicas: self.replicas.len() as u32, options: meta.options })
    }

    pub fn url(&self, replica: usize) -> &str {
        self.replicas[replica].url()
    }

    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.replicas.iter().map(Replica::url)
    }

    /// The SQLite file that all replicas share.
    pub fn database(&self) -> PathBuf {
        self.keys.file("shop.sqlite")
    }

    /// Where the first so many replicas listen.
    pub fn addresses(&self, replicas: u32) -> Vec<SocketAddr> {
        let first = self.replicas.iter().take(replicas as usize);
        first.map(|replica| address(replica.url())).collect()
    }

    /// Who takes part when so many replicas are asked, with their process ids.
    pub fn processes(&self, replicas: u32) -> Vec<(Role, u32)> {
        let numbered =
            (1..=replicas).zip(&self.replicas).map(|(number, replica)| (Role::Replica(number), replica.pid()));
        numbered.chain(self.redis.iter().map(|redis| (Role::Redis, redis.pid()))).collect()
    }

    pub fn credential(&self) -> CredentialKind {
        if self.mode.is_stateless() { CredentialKind::Bearer } else { CredentialKind::Cookie }
    }
}

fn address(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().expect("a replica says where it listens as http://ADDRESS:PORT")
}
