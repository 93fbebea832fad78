//! Where do these tests get a Redis of their own?

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// A Redis on a socket in a folder of its own; both are gone when it is dropped.
pub(super) struct Redis {
    child: Option<Child>,
    folder: TempDir,
}

impl Redis {
    pub(super) fn absent() -> Redis {
        Redis { child: None, folder: TempDir::new().unwrap() }
    }

    pub(super) async fn start() -> Redis {
        let mut redis = Redis::absent();
        redis.run().await;
        redis
    }

    pub(super) async fn run(&mut self) {
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]).arg(self.socket());
        command.arg("--dir").arg(self.folder.path()).stdout(Stdio::null());
        self.child = Some(command.spawn().expect("these tests need redis-server: apt-get install redis-server"));
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.try_ask(&["PING"]).await.is_err() {
            assert!(Instant::now() < deadline, "redis-server does not answer");
            sleep(Duration::from_millis(5)).await;
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    pub(super) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// `STOP` or `CONT`.
    pub(super) fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    async fn try_ask(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        let mut connection = redis::Client::open(self.url())?.get_multiplexed_async_connection().await?;
        redis::cmd(words[0]).arg(&words[1..]).query_async(&mut connection).await
    }

    pub(super) async fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        redis::from_redis_value(self.try_ask(words).await.unwrap()).unwrap()
    }

    pub(super) async fn sessions(&self) -> Vec<String> {
        self.ask(&["KEYS", "session:*"]).await
    }

    pub(super) async fn milliseconds_left(&self, key: &str) -> i64 {
        self.ask(&["PTTL", key]).await
    }

    /// How often each command ran since `CONFIG RESETSTAT`, those of scripts included, those of new connections not.
    pub(super) async fn calls(&self) -> HashMap<String, u64> {
        let info: String = self.ask(&["INFO", "commandstats"]).await;
        let calls = info.lines().filter_map(|line| {
            let (command, figures) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            Some((command.to_owned(), figures.split(',').next()?.parse().ok()?))
        });
        calls.filter(|(command, _)| !command.starts_with("config") && !command.starts_with("client")).collect()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
