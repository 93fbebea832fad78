//! Fleet that is attacked: which servers, started how?

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::attacks::forge::Signer;
use crate::attacks::target::{Instance, Target, VISITORS};
use rig::caching::{Cache, Product, Rules};
use rig::fleet::{self, Database};
use shared::modes::Mode;
use shared::modes::promises::Replicas;

/// The columns of the grid.
pub fn modes() -> impl Iterator<Item = Mode> {
    Mode::ALL.into_iter().filter(|mode| mode.entry().is_attacked)
}

/// The servers of one mode on one database, with a cache in front of the first.
pub struct Fleet {
    _servers: fleet::Fleet,
    _cache: Cache,
}

impl Fleet {
    /// `server` is the binary of the mode's side.
    ///
    /// # Errors
    /// Something that it needs is not installed, or does not come up.
    pub async fn start(mode: Mode, server: PathBuf) -> Result<(Fleet, Target)> {
        let promises = mode.entry().promises.with_context(|| format!("nothing is declared of {}", mode.name()))?;
        let mut servers = fleet::Fleet::run_by(server, mode, Database::Embedded).await?;
        servers.visitors = VISITORS;
        servers.grow(if promises.replicas == Replicas::Sticky { 1 } else { 2 }).await?;
        let keys = servers.keys.texts()?;
        let signer = Signer::read(mode.entry().key, keys.first().context("a fleet has a key")?)?;
        let cache = Cache::start(Product::Nginx, servers.replicas[0].url(), Rules::INSTALLED).await?;
        let instances =
            servers.replicas.iter().map(|replica| Instance { url: replica.url().into(), pid: replica.pid() });
        let target = Target::new(mode, instances.collect(), signer, cache.url().into());
        Ok((Fleet { _servers: servers, _cache: cache }, target))
    }
}
