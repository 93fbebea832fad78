//! What must the server be told? A Redis URL and a cookie key.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use shared::api::meta::{CredentialKind, Holder, Meta};
use shared::server::settings::{Settings, lifetime};

use crate::cookie::SessionCookie;
use crate::store::{Limits, SessionStore};

/// The server that remembers its clients: a cookie names a session in Redis.
#[derive(Debug, Parser)]
#[command(name = "stateful-server", version)]
pub(crate) struct Config {
    #[command(flatten)]
    pub(crate) server: Settings,

    /// File with at least 64 random bytes that seal cookies; without it, a key is made for this run
    #[arg(long, env = "COOKIE_KEY", value_name = "FILE")]
    cookie_key: Option<PathBuf>,

    /// Where the sessions are: `redis://HOST:PORT` or `redis+unix:///SOCKET`
    #[arg(long, env = "REDIS_URL", value_name = "URL", default_value = "redis://127.0.0.1:6379")]
    pub(crate) redis_url: String,

    /// Give the cookie out over https only, under the name `__Host-sessionId`
    #[arg(long, env = "SECURE_COOKIE")]
    pub(crate) secure_cookie: bool,

    /// How long a session lives without a request
    #[arg(long, env = "IDLE_TTL", default_value = "30m", value_parser = lifetime)]
    pub(crate) idle_ttl: Duration,

    /// How long a session lives in all
    #[arg(long, env = "ABSOLUTE_TTL", default_value = "12h", value_parser = lifetime)]
    pub(crate) absolute_ttl: Duration,
}

impl Config {
    /// # Errors
    /// A sentence that names `--cookie-key` when the file cannot be read or holds too little.
    pub(crate) fn cookie(&self) -> Result<SessionCookie> {
        match &self.cookie_key {
            Some(file) => SessionCookie::read(file, self.secure_cookie),
            None => {
                tracing::warn!("no --cookie-key: made one for this run, so everybody is logged out when it stops");
                Ok(SessionCookie::generate(self.secure_cookie))
            }
        }
    }

    /// # Errors
    /// A sentence that names `--redis-url` when that is no URL of a Redis. One that does not answer is no error: it may yet.
    pub(crate) fn sessions(&self) -> Result<SessionStore> {
        SessionStore::open(&self.redis_url, Limits { idle: self.idle_ttl, absolute: self.absolute_ttl })
    }

    pub(crate) fn meta(&self, listener: &TcpListener) -> Meta {
        let own = BTreeMap::from([
            ("sessions".into(), "redis".into()),
            ("secureCookie".into(), self.secure_cookie.to_string()),
            ("idleTtl".into(), humantime::format_duration(self.idle_ttl).to_string()),
            ("absoluteTtl".into(), humantime::format_duration(self.absolute_ttl).to_string()),
        ]);
        Meta {
            server: env!("CARGO_PKG_NAME").into(),
            instance: self.server.instance(listener),
            version: env!("CARGO_PKG_VERSION").into(),
            credential: CredentialKind::Cookie,
            state_held_by: Holder::Redis,
            options: self.server.options().into_iter().chain(own).collect(),
        }
    }
}
