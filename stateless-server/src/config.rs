//! What must the server be told? Signing keys.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use shared::api::meta::{CredentialKind, Holder, Meta};
use shared::server::settings::{Settings, lifetime};
use shared::server::store::Store;

use crate::families::Families;
use crate::keys::{Keys, Parties};

/// The server that forgets its clients: a signed token says who is calling.
#[derive(Debug, Parser)]
#[command(name = "stateless-server", version)]
pub(crate) struct Config {
    #[command(flatten)]
    pub(crate) server: Settings,

    /// File with at least 32 random bytes that sign tokens; without it, a key is made for this run
    #[arg(long, env = "KEY", value_name = "FILE")]
    key: Option<PathBuf>,

    /// Who gives the tokens out (RFC 7519, section 4.1.1)
    #[arg(long, env = "ISSUER", default_value = "http://localhost")]
    issuer: String,

    /// For whom they are meant (RFC 7519, section 4.1.3)
    #[arg(long, env = "AUDIENCE", default_value = "stateless-server")]
    audience: String,

    /// How long an access token lives: no logout can end it sooner
    #[arg(long, env = "ACCESS_TTL", default_value = "15m", value_parser = lifetime)]
    pub(crate) access_ttl: Duration,

    /// How long a refresh token lives
    #[arg(long, env = "REFRESH_TTL", default_value = "30d", value_parser = lifetime)]
    refresh_ttl: Duration,
}

impl Config {
    /// # Errors
    /// A sentence that names `--key` when the file cannot be read or holds too little.
    pub(crate) fn keys(&self) -> Result<Keys> {
        let parties = Parties { issuer: self.issuer.clone(), audience: self.audience.clone() };
        match &self.key {
            Some(file) => Keys::read(file, parties),
            None => {
                tracing::warn!("no --key: made one for this run, so everybody is logged out when it stops");
                Keys::generate(parties)
            }
        }
    }

    pub(crate) fn families(&self, store: &Store) -> Families {
        Families::new(store.clone(), self.refresh_ttl)
    }

    pub(crate) fn meta(&self, listener: &TcpListener) -> Meta {
        let own = BTreeMap::from([
            ("algorithm".into(), "hs256".into()),
            ("issuer".into(), self.issuer.clone()),
            ("audience".into(), self.audience.clone()),
            ("accessTtl".into(), humantime::format_duration(self.access_ttl).to_string()),
            ("refreshTtl".into(), humantime::format_duration(self.refresh_ttl).to_string()),
        ]);
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
