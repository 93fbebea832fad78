//! Fleet of replicas: what is a fleet, when it is there to be checked?
//!
//! Replicas on one database in a folder of its own, and one Redis, whether they use it or not: that nobody asks it, and
//! that nobody misses it, can be promises too.

use std::fs;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::log::Log;
use crate::postgres::Postgres;
use crate::redis::{Options, Redis};
use crate::replica::Replica;

/// What every replica is started with; the visitors are as many as the contract needs and spoils.
const COMMON: &str = "--listen 127.0.0.1:0 --workers 2 --demo-data --demo-visitors 110 --database-url {database}";

/// Where the orders are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file that the servers make themselves.
    Embedded,
    Postgres,
}

pub struct Fleet {
    pub replicas: Vec<Replica>,
    pub redis: Redis,
    /// Everything that its replicas said.
    pub log: Log,
    /// What its replicas find in their environment, such as `RUST_LOG`.
    pub environment: Vec<(String, String)>,
    server: &'static str,
    postgres: Option<Postgres>,
    folder: TempDir,
    keys: Vec<String>,
}

impl Fleet {
    /// A fleet of this server without any replica so far.
    ///
    /// # Errors
    /// Redis or Postgres is not installed, or does not come up in time.
    pub async fn of(server: &'static str, database: Database) -> Result<Fleet> {
        let postgres = match database {
            Database::Embedded => None,
            Database::Postgres => Some(Postgres::start().await?),
        };
        Ok(Fleet {
            replicas: Vec::new(),
            redis: Redis::start(Options::default()).await?,
            log: Log::default(),
            environment: Vec::new(),
            server,
            postgres,
            folder: crate::folder("fleet-")?,
            keys: Vec::new(),
        })
    }

    /// Makes a file of random letters, `{folder}/NAME`: enough for either server's key.
    ///
    /// # Errors
    /// The disk is full.
    pub fn add_secret(&mut self, name: &str) -> Result<()> {
        self.add_key(name, format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..)))
    }

    /// The same with a key that somebody else made.
    ///
    /// # Errors
    /// The disk is full.
    pub fn add_key(&mut self, name: &str, key: String) -> Result<()> {
        let file = self.folder.path().join(name);
        fs::write(&file, &key).with_context(|| format!("cannot write {}", file.display()))?;
        self.keys.push(key);
        Ok(())
    }

    /// The keys that were written, which are nobody else's business.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Adds replicas, each with these arguments of its own.
    ///
    /// # Errors
    /// One does not start; with its last words.
    pub async fn grow(&mut self, replicas: usize, arguments: &str) -> Result<()> {
        for _ in 0..replicas {
            let replica = self.beside(arguments).await?;
            self.replicas.push(replica);
        }
        Ok(())
    }

    /// One more replica that is not counted among them.
    ///
    /// # Errors
    /// It does not start; with its last words.
    pub async fn beside(&self, arguments: &str) -> Result<Replica> {
        self.stranger(self.server, arguments).await
    }

    /// Another server on the same database: `{folder}` and `{redis}` in its arguments are this fleet's.
    ///
    /// # Errors
    /// It does not start; with its last words.
    pub async fn stranger(&self, server: &str, arguments: &str) -> Result<Replica> {
        let folder = self.folder.path().display().to_string();
        let database = match &self.postgres {
            Some(postgres) => postgres.url(),
            None => format!("sqlite://{folder}/shop.sqlite"),
        };
        let words = COMMON.split_whitespace().chain(arguments.split_whitespace());
        let filled = words.map(|word| {
            let word = word.replace("{folder}", &folder).replace("{database}", &database);
            word.replace("{redis}", &self.redis.url())
        });
        let filled: Vec<_> = filled.collect();
        Replica::overheard(&crate::binary(server)?, &filled, &self.environment, &self.log).await
    }
}
