//! Stateful configuration: what must the server be told?

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Parser;
use server::settings::{Invalid, Settings, lifetime, without_secrets};
use server::store::Store;
use shared::api::meta::{CredentialKind, Meta};

use crate::cookie::SessionCookie;
use crate::csrf::{Csrf, Origin};
use crate::store::{Limits, Place, SessionStore};

/// The server that remembers its clients: a cookie names a session.
#[derive(Parser)]
#[command(name = "stateful-server", version)]
pub(crate) struct Config {
    #[command(flatten)]
    pub(crate) server: Settings,

    /// File with at least 64 random bytes that encrypt cookies; without it, a key is made for this run. Of several (repeated, or
    /// with commas in the variable) the first encrypts and all decrypt
    #[arg(long, env = "COOKIE_KEY", value_name = "FILE", value_delimiter = ',')]
    cookie_key: Vec<PathBuf>,

    /// Where the sessions are: `sql` is the database of `--database-url`; in memory, they end with this process, and no other
    /// knows them
    #[arg(
        long,
        env = "SESSIONS",
        value_name = "redis|sql|memory",
        value_enum,
        hide_possible_values = true,
        default_value = "redis"
    )]
    sessions: Place,

    /// Which Redis: `redis://HOST:PORT`, `redis+unix:///SOCKET`, `redis+sentinel://HOST:PORT,HOST:PORT/MASTER`
    /// or `redis+cluster://HOST:PORT,HOST:PORT`; `rediss` in place of `redis` for TLS
    #[arg(
        long,
        env = "REDIS_URL",
        value_name = "URL",
        hide_env_values = true,
        default_value = "redis://127.0.0.1:6379"
    )]
    redis_url: String,

    /// Keep what Redis answered until Redis says that it changed
    #[arg(long, env = "NEAR_CACHE")]
    near_cache: bool,

    /// Give the cookie out over https only, under the name `__Host-sessionId`
    #[arg(long, env = "SECURE_COOKIE")]
    secure_cookie: bool,

    /// `SCHEME://HOST[:PORT]` whose pages may send browsers here, as this server's own may. Repeatable, or with commas in the
    /// variable; behind a proxy that changes `Host`, its own must be named too
    #[arg(long, env = "ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    allow_origin: Vec<Origin>,

    /// How long a session lives without a request
    #[arg(long, env = "IDLE_TTL", default_value = "30m", value_parser = lifetime)]
    idle_ttl: Duration,

    /// How long a session lives in all
    #[arg(long, env = "ABSOLUTE_TTL", default_value = "12h", value_parser = lifetime)]
    absolute_ttl: Duration,
}

impl Config {
    /// # Errors
    /// A sentence that names `--cookie-key` when a file cannot be read, holds too little, or comes twice.
    pub(crate) fn cookie(&self) -> Result<SessionCookie> {
        match self.cookie_key.as_slice() {
            [] => {
                tracing::warn!("no --cookie-key: made one for this run, so everybody is logged out when it stops");
                Ok(SessionCookie::generate(self.secure_cookie))
            }
            files => SessionCookie::read(files, self.secure_cookie),
        }
    }

    /// # Errors
    /// A sentence that names `--redis-url` when that is no URL of a Redis. One that does not answer is no error: it may yet.
    pub(crate) fn sessions(&self, store: &Store) -> Result<SessionStore> {
        let limits = Limits { idle: self.idle_ttl, absolute: self.absolute_ttl };
        match self.sessions {
            Place::Redis if self.near_cache => SessionStore::near_redis(&self.redis_url, limits),
            Place::Redis => SessionStore::in_redis(&self.redis_url, limits),
            _ if self.near_cache => bail!(Invalid("--near-cache needs `--sessions redis`".into())),
            Place::Sql => Ok(SessionStore::in_sql(store, limits)),
            Place::Memory => Ok(SessionStore::in_memory(limits)),
        }
    }

    pub(crate) fn csrf(&self) -> Csrf {
        Csrf::new(&self.allow_origin, self.secure_cookie)
    }

    pub(crate) fn meta(&self, listener: &TcpListener) -> Meta {
        let mut own = BTreeMap::from([
            ("sessions".into(), self.sessions.to_string()),
            ("nearCache".into(), self.near_cache.to_string()),
            ("secureCookie".into(), self.secure_cookie.to_string()),
            ("allowOrigin".into(), self.allow_origin.iter().map(Origin::to_string).collect::<Vec<_>>().join(",")),
            ("idleTtl".into(), humantime::format_duration(self.idle_ttl).to_string()),
            ("absoluteTtl".into(), humantime::format_duration(self.absolute_ttl).to_string()),
        ]);
        if let Place::Redis = self.sessions {
            own.insert("redis".into(), without_secrets(&self.redis_url));
        }
        Meta {
            server: env!("CARGO_PKG_NAME").into(),
            instance: self.server.instance(listener),
            version: env!("CARGO_PKG_VERSION").into(),
            credential: CredentialKind::Cookie,
            state_held_by: self.sessions.holder(),
            options: self.server.options().into_iter().chain(own).collect(),
        }
    }
}
