//! Target of the attacks: who is attacked, and by whom?

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;

use crate::attacks::forge::Signer;
use shared::modes::Mode;
use wire::client;
use wire::connection::Connection;
use wire::login::{self, Login};
use wire::request::Request;
use wire::response::Response;

/// A fleet of one mode, with what the rig knows of it.
pub struct Target {
    pub mode: Mode,
    /// They share a database with the demo data and [`VISITORS`] visitors.
    pub replicas: Vec<Instance>,
    /// The key that the servers sign with, where they sign.
    pub signer: Option<Signer>,
    /// `http://ADDRESS:PORT` of a shared cache in front of the first replica.
    pub cache: String,
    next: AtomicU32,
    addresses: AtomicU32,
}

/// One server.
pub struct Instance {
    /// `http://ADDRESS:PORT`
    pub url: String,
    pub pid: u32,
}

/// Demo visitors that a fleet needs: a case takes its own, so that no case sees another's logins.
pub const VISITORS: u32 = 1000;

impl Target {
    pub fn new(mode: Mode, replicas: Vec<Instance>, signer: Option<Signer>, cache: String) -> Target {
        Target { mode, replicas, signer, cache, next: AtomicU32::new(1), addresses: AtomicU32::new(1) }
    }

    /// Whether no replica takes a moment to hear of what another one was told.
    pub fn is_known_everywhere_at_once(&self) -> bool {
        self.mode.entry().promises.is_some_and(|promises| promises.is_known_everywhere_at_once())
    }

    pub fn url(&self) -> &str {
        &self.replicas[0].url
    }

    /// The name of a visitor whom no case has met.
    pub fn stranger(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        assert!(number <= VISITORS, "the cases use more visitors than {VISITORS}: raise VISITORS");
        format!("visitor-{number}")
    }

    /// An address of this machine that no case has used.
    pub fn elsewhere(&self) -> Ipv4Addr {
        let [_, _, high, low] = self.addresses.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Ipv4Addr::new(127, 1, high, low)
    }

    /// A visitor whom no case has met, logged in.
    pub async fn newcomer(&self) -> Result<Login> {
        self.log_in(&self.stranger(), "visitor").await
    }

    pub async fn log_in(&self, username: &str, password: &str) -> Result<Login> {
        login::log_in(self.url(), username, password).await
    }

    /// Asks the first replica, on a connection of its own.
    pub async fn send(&self, request: &Request) -> Result<Response> {
        Ok(client::send(self.url(), request).await?)
    }

    /// The same from another address of this machine: what is counted against an address is counted against that one.
    pub async fn send_from(&self, own: Ipv4Addr, request: &Request) -> Result<Response> {
        Ok(Connection::open_from(own, self.url()).await?.send(request).await?)
    }

    pub async fn send_all(&self, requests: &[Request]) -> Result<Vec<Response>> {
        Ok(client::send_all(self.url(), requests).await?)
    }

    /// The same to each replica.
    pub async fn send_everywhere(&self, request: &Request) -> Result<Vec<Response>> {
        let mut answers = Vec::new();
        for replica in &self.replicas {
            answers.push(client::send(&replica.url, request).await?);
        }
        Ok(answers)
    }
}
