//! Fleet that is attacked: which servers, started how?

use std::fs;
use std::path::Path;

use anyhow::Result;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;

use crate::attacks::cell::Mode;
use crate::attacks::forge::Signer;
use crate::attacks::target::{Instance, Target, VISITORS};
use rig::caching::Rules;
use rig::nginx::Nginx;
use rig::redis::{Options, Redis};
use rig::replica::Replica;

/// The servers of one mode on one database, with a cache in front of the first.
pub struct Fleet {
    _replicas: Vec<Replica>,
    _nginx: Nginx,
    _redis: Option<Redis>,
    _folder: TempDir,
}

impl Fleet {
    /// `server` is the binary that [`Mode::server`] names.
    ///
    /// # Errors
    /// Something that it needs is not installed, or does not come up.
    pub async fn start(mode: Mode, server: &Path) -> Result<(Fleet, Target)> {
        let folder = tempfile::Builder::new().prefix("security-").tempdir()?;
        let (signer, key) = key(mode, folder.path())?;
        let redis = if needs_redis(mode) { Some(Redis::start(Options::default()).await?) } else { None };
        let url = redis.as_ref().map(Redis::url).unwrap_or_default();
        let mut replicas = Vec::new();
        for _ in 0..count(mode) {
            replicas.push(start(mode, server, folder.path(), &key, &url).await?);
        }
        let nginx = Nginx::start(replicas[0].url(), Rules::INSTALLED).await?;
        let instances = replicas.iter().map(|replica| Instance { url: replica.url().into(), pid: replica.pid() });
        let target = Target::new(mode, instances.collect(), signer, nginx.url().into());
        Ok((Fleet { _replicas: replicas, _nginx: nginx, _redis: redis, _folder: folder }, target))
    }
}

async fn start(mode: Mode, server: &Path, folder: &Path, key: &str, redis: &str) -> Result<Replica> {
    let database = format!("sqlite://{}", folder.join("shop.sqlite").display());
    let visitors = VISITORS.to_string();
    let common = ["--listen", "127.0.0.1:0", "--database-url", &database, "--workers", "2"];
    let demo = ["--demo-data", "--demo-visitors", &visitors];
    let own: &[&str] = match mode {
        Mode::StatelessNone => &["--algorithm", "hs256", "--key", key],
        Mode::StatelessDenylist => {
            &["--algorithm", "es256", "--key", key, "--revocation", "denylist", "--redis-url", redis]
        }
        Mode::StatefulRedis => &["--cookie-key", key, "--redis-url", redis],
        Mode::StatefulMemory => &["--cookie-key", key, "--sessions", "memory"],
        Mode::StatefulNearCache => &["--cookie-key", key, "--redis-url", redis, "--near-cache"],
    };
    let arguments: Vec<_> = common.iter().chain(&demo).chain(own).map(|word| word.to_string()).collect();
    Replica::start(server, &arguments, &[]).await
}

/// Writes the key that the servers read; returns what forges with it, and what to say on the command line.
fn key(mode: Mode, folder: &Path) -> Result<(Option<Signer>, String)> {
    let file = folder.join("key");
    let secret: Vec<u8> = (0..64).map(|_| fastrand::u8(..)).collect();
    let (signer, content) = match mode {
        Mode::StatelessNone => (Some(Signer::Hs256(secret.clone())), secret),
        Mode::StatelessDenylist => {
            let (signer, pem) = Signer::es256()?;
            (Some(signer), pem.into_bytes())
        }
        Mode::StatefulRedis | Mode::StatefulMemory | Mode::StatefulNearCache => (None, secret),
    };
    fs::write(&file, content)?;
    let name = if mode.is_stateless() { "key-1=" } else { "" };
    Ok((signer, format!("{name}{}", file.display())))
}

fn needs_redis(mode: Mode) -> bool {
    !matches!(mode, Mode::StatelessNone | Mode::StatefulMemory)
}

/// One that remembers by itself has no second.
fn count(mode: Mode) -> usize {
    if mode == Mode::StatefulMemory { 1 } else { 2 }
}

/// The servers inherit it, and thousands of slow connections need it.
pub fn allow_as_many_files_as_possible() -> Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}
