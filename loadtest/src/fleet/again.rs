//! Replica lifecycle: how does a replica come back, and how does one more join?

use std::net::SocketAddr;

use anyhow::Context;
use report::recording::Mode;
use rig::redis::Redis;
use rig::replica::Replica;

use crate::fleet::{ANY_PORT, Fleet, address, cores, scrape};

impl Fleet {
    /// Starts a replica that has ended once more, on the address that it had.
    ///
    /// # Errors
    /// It does not come up; with its last words.
    pub async fn restart(&mut self, replica: usize) -> anyhow::Result<()> {
        let listen = self.address(replica).to_string();
        self.replicas[replica] = self.launch(replica as u32 + 1, &listen).await?;
        self.settle(replica).await
    }

    /// Starts one more, and says which it is.
    ///
    /// # Errors
    /// It does not come up; with its last words.
    pub async fn grow(&mut self) -> anyhow::Result<usize> {
        let newest = self.replicas.len();
        self.replicas.push(self.launch(newest as u32 + 1, ANY_PORT).await?);
        self.settle(newest).await?;
        Ok(newest)
    }

    /// Counted from 1.
    async fn launch(&self, number: u32, listen: &str) -> anyhow::Result<Replica> {
        Replica::start(&self.binary, &self.arguments(number, listen), &self.settings.environment).await
    }

    async fn settle(&mut self, replica: usize) -> anyhow::Result<()> {
        if self.mode != Mode::Bare {
            scrape::until_ready(self.url(replica)).await?; // It listens; can it reach its stores as well?
        }
        cores::bind(self.replicas[replica].pid(), &self.settings.cores.servers)
    }

    /// On the same address, with what it kept on disk.
    ///
    /// # Errors
    /// This mode has none, or it does not come up in time.
    pub async fn restart_redis(&mut self) -> anyhow::Result<()> {
        self.redis()?.restart().await?;
        let again = self.redis()?.pid();
        cores::bind(again, &self.settings.cores.redis)
    }

    pub fn address(&self, replica: usize) -> SocketAddr {
        address(self.url(replica))
    }

    /// # Errors
    /// This mode has none.
    pub fn redis(&mut self) -> anyhow::Result<&mut Redis> {
        let mode = self.mode;
        self.redis.as_mut().with_context(|| format!("a fleet of {} has no Redis", mode.name()))
    }
}
