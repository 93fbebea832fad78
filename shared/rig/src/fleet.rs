//! Private fleet of a mode: what is there to be checked or attacked?
//!
//! Replicas on one database in a folder of its own, and one Redis, whether they use it or not: that nobody asks it, and
//! that nobody misses it, can be promises too.

use std::path::{Path, PathBuf};

use anyhow::Result;
use shared::modes::Mode;

use crate::keys::KeyRing;
use crate::log::Log;
use crate::postgres::Postgres;
use crate::redis::{Options, Redis};
use crate::replica::Replica;

/// What every replica is started with.
const COMMON: [&str; 3] = ["--listen=127.0.0.1:0", "--workers=2", "--demo-data"];
/// As many as the contract needs and spoils.
const VISITORS: u32 = 110;

/// Where the orders are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file that the servers make themselves.
    Embedded,
    Postgres,
}

pub struct Fleet {
    pub mode: Mode,
    pub replicas: Vec<Replica>,
    pub redis: Redis,
    /// Where its replicas are told that Redis is: there, unless told otherwise.
    pub redis_url: String,
    /// Of the demo data.
    pub visitors: u32,
    /// What its replicas are told beside what the mode tells them.
    pub more: Vec<String>,
    /// Everything that its replicas said.
    pub log: Log,
    /// What its replicas find in their environment, such as `RUST_LOG`.
    pub environment: Vec<(String, String)>,
    binary: PathBuf,
    postgres: Option<Postgres>,
    pub keys: KeyRing,
}

impl Fleet {
    /// A fleet of this mode without any replica so far.
    ///
    /// # Errors
    /// Its server was not built, Redis or Postgres is not installed, or does not come up in time.
    pub async fn of(mode: Mode, database: Database) -> Result<Fleet> {
        Fleet::run_by(crate::binary(mode.entry().side.program())?, mode, database).await
    }

    /// The same with a binary from elsewhere.
    ///
    /// # Errors
    /// As [`Fleet::of`].
    pub async fn run_by(binary: PathBuf, mode: Mode, database: Database) -> Result<Fleet> {
        let postgres = match database {
            Database::Embedded => None,
            Database::Postgres => Some(Postgres::start().await?),
        };
        let redis = Redis::start(Options::default()).await?;
        Ok(Fleet {
            mode,
            replicas: Vec::new(),
            redis_url: redis.url(),
            redis,
            visitors: VISITORS,
            more: Vec::new(),
            log: Log::default(),
            environment: Vec::new(),
            binary,
            postgres,
            keys: KeyRing::of(mode)?,
        })
    }

    /// Adds replicas.
    ///
    /// # Errors
    /// One does not start; with its last words.
    pub async fn grow(&mut self, replicas: usize) -> Result<()> {
        for _ in 0..replicas {
            let replica = self.beside().await?;
            self.replicas.push(replica);
        }
        Ok(())
    }

    /// One more replica that is not counted among them.
    ///
    /// # Errors
    /// It does not start; with its last words.
    pub async fn beside(&self) -> Result<Replica> {
        let own = self.keys.arguments(Some(&self.redis_url));
        self.started(&self.binary, own.into_iter().chain(self.more.iter().cloned())).await
    }

    /// A server of another mode on the same stores, with a key that it makes itself.
    ///
    /// # Errors
    /// It does not start; with its last words.
    pub async fn stranger(&self, mode: Mode) -> Result<Replica> {
        let binary = crate::binary(mode.entry().side.program())?;
        self.started(&binary, mode.arguments(&[], Some(&self.redis_url))).await
    }

    async fn started(&self, binary: &Path, own: impl IntoIterator<Item = String>) -> Result<Replica> {
        let database = match &self.postgres {
            Some(postgres) => postgres.url(),
            None => format!("sqlite://{}", self.keys.file("shop.sqlite").display()),
        };
        let stores = [format!("--database-url={database}"), format!("--demo-visitors={}", self.visitors)];
        let arguments: Vec<String> = COMMON.map(str::to_owned).into_iter().chain(stores).chain(own).collect();
        let log = self.log.clone();
        Replica::overheard(binary, &arguments, &self.environment, move |line| log.hear(line)).await
    }
}
