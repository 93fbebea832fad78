//! Stateless configuration: what must the server be told?

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use server::settings::{Settings, lifetime, without_secrets};
use server::store::Store;
use shared::api::meta::{CredentialKind, Holder, Meta};

use crate::denylist::{Denylist, Down, Revocation};
use crate::families::{Families, grace};
use crate::keys::Keys;
use crate::keys::files::{self, Algorithm, Key, KeyFile};
use crate::keys::seen::Seen;
use crate::keys::terms::{Parties, access_lifetime};

/// The server that forgets its clients: a signed token says who is calling.
#[derive(Parser)]
#[command(name = "stateless-server", version)]
pub(crate) struct Config {
    #[command(flatten)]
    pub(crate) server: Settings,

    /// What signs the tokens: a secret that all replicas share, or a key whose public half everybody may have
    #[arg(long, env = "ALGORITHM", value_enum, default_value_t = Algorithm::Hs256)]
    algorithm: Algorithm,

    /// A key by its name: 32 random bytes or more for hs256, PKCS#8 in PEM for the others. The first signs; more of them, each
    /// with its own `--key` or after a comma, are believed; without one, a key is made for this run
    #[arg(long, env = "KEY", value_name = "KID=FILE", value_delimiter = ',')]
    key: Vec<KeyFile>,

    /// Who gives the tokens out (RFC 7519, section 4.1.1)
    #[arg(long, env = "ISSUER", default_value = "http://localhost")]
    issuer: String,

    /// For whom they are meant (RFC 7519, section 4.1.3)
    #[arg(long, env = "AUDIENCE", default_value = "stateless-server")]
    audience: String,

    /// How long an access token lives, 24h at most: without a denylist, no logout can end it sooner
    #[arg(long, env = "ACCESS_TTL", default_value = "15m", value_parser = access_lifetime)]
    pub(crate) access_ttl: Duration,

    /// How long a login lives, however often it is renewed
    #[arg(long, env = "REFRESH_TTL", default_value = "30d", value_parser = lifetime)]
    refresh_ttl: Duration,

    /// How long a used refresh token still gets the same successor, 60s at most: two tabs may renew at once
    #[arg(long, env = "REFRESH_GRACE", default_value = "10s", value_parser = grace)]
    refresh_grace: Duration,

    /// What takes an access token back: nothing, or a denylist in Redis that every request asks
    #[arg(long, env = "REVOCATION", value_enum, default_value_t = Revocation::None)]
    revocation: Revocation,

    /// Where the denylist is: `redis://HOST:PORT`, `redis+unix:///SOCKET`, `redis+sentinel://HOST:PORT,HOST:PORT/MASTER`
    /// or `redis+cluster://HOST:PORT,HOST:PORT`; `rediss` in place of `redis` for TLS
    #[arg(
        long,
        env = "REDIS_URL",
        value_name = "URL",
        hide_env_values = true,
        default_value = "redis://127.0.0.1:6379"
    )]
    redis_url: String,

    /// What to do while the denylist does not answer: believe no token, or all of them
    #[arg(long, env = "DENYLIST_DOWN", value_enum, default_value_t = Down::FailClosed)]
    denylist_down: Down,

    /// How many tokens are remembered whose signature was good, so that it is not computed again
    #[arg(long, env = "VERIFY_CACHE", value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    verify_cache: u32,
}

impl Config {
    /// # Errors
    /// A sentence that names `--key` when a file cannot be read or does not hold what `--algorithm` takes.
    pub(crate) fn keys(&self) -> Result<Keys> {
        let parties = Parties { issuer: self.issuer.clone(), audience: self.audience.clone() };
        let keys = match &*self.key {
            [] => {
                tracing::warn!(
                    "no --key: made one for this run, so when it stops no token is good any more, and clients must renew"
                );
                vec![Key::generate(self.algorithm)?]
            }
            given => files::read(given, self.algorithm)?,
        };
        Keys::of(keys, self.algorithm, parties, Seen::at_most(self.verify_cache as usize))
    }

    pub(crate) fn families(&self, store: &Store) -> Families {
        Families::new(store.clone(), self.refresh_ttl, self.refresh_grace)
    }

    /// # Errors
    /// A sentence that names `--redis-url` when that is no URL of a Redis. One that does not answer is no error: it may yet.
    pub(crate) fn denylist(&self) -> Result<Denylist> {
        match self.revocation {
            Revocation::None => Ok(Denylist::NONE),
            Revocation::Denylist => Denylist::open(&self.redis_url, self.denylist_down, self.access_ttl),
        }
    }

    pub(crate) fn meta(&self, listener: &TcpListener) -> Meta {
        let kids: Vec<_> = self.key.iter().map(|key| &*key.kid).collect();
        let mut own = BTreeMap::from([
            ("algorithm".into(), self.algorithm.to_string()),
            ("keys".into(), if kids.is_empty() { "one for this run".into() } else { kids.join(", ") }),
            ("issuer".into(), self.issuer.clone()),
            ("audience".into(), self.audience.clone()),
            ("accessTtl".into(), humantime::format_duration(self.access_ttl).to_string()),
            ("refreshTtl".into(), humantime::format_duration(self.refresh_ttl).to_string()),
            ("refreshGrace".into(), humantime::format_duration(self.refresh_grace).to_string()),
            ("revocation".into(), self.revocation.to_string()),
            ("verifyCache".into(), self.verify_cache.to_string()),
        ]);
        if self.revocation == Revocation::Denylist {
            own.insert("redis".into(), without_secrets(&self.redis_url));
            own.insert("denylistDown".into(), self.denylist_down.to_string());
        }
        Meta {
            server: env!("CARGO_PKG_NAME").into(),
            instance: self.server.instance(listener),
            version: env!("CARGO_PKG_VERSION").into(),
            credential: CredentialKind::Bearer,
            state_held_by: Holder::Client,
            options: self.server.options().into_iter().chain(own).collect(),
        }
    }
}
