//! Probe connections: over which connection does a request reach a replica?

use std::net::SocketAddr;

use tokio::time::{Instant, timeout_at};
use wire::client::Client;
use wire::error::Error;
use wire::request::Request;
use wire::response::Response;

use crate::probe::log::Outcome;

/// The cookie of a balancer, which no server of ours ever sees.
const BALANCER: &str = "SERVER=";

/// One probe client's connections, at most one to each replica.
#[derive(Debug, Default)]
pub struct Replicas {
    client: Client,
    /// Where a balancer sent this client before, in its own words.
    affinity: Option<String>,
}

/// Over which connection?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// One that is open, where there is one.
    Kept,
    New,
}

impl Replicas {
    /// Whoever gives up drops the connection as well.
    ///
    /// # Errors
    /// Nobody listens, the connection broke, or there is no response until then.
    pub async fn send(
        &mut self,
        replica: SocketAddr,
        request: &Request,
        reuse: Reuse,
        give_up: Instant,
    ) -> Result<Response, Outcome> {
        let url = format!("http://{replica}");
        if reuse == Reuse::New {
            self.client.close(&url);
        }
        let request = self.affinity.iter().fold(request.clone(), |request, cookie| request.with_cookie(cookie));
        let answered = timeout_at(give_up, self.client.send(&url, &request)).await.map_err(|_| Outcome::TimedOut)?;
        let mut response = answered.map_err(|error| match error {
            Error::Refused(_) => Outcome::Refused,
            Error::TimedOut(_) => Outcome::TimedOut,
            _ => Outcome::Reset,
        })?;
        let pairs = response.headers.all("set-cookie").filter_map(|cookie| cookie.split(';').next());
        let (affinity, own): (Vec<_>, Vec<_>) = pairs.partition(|pair| pair.starts_with(BALANCER));
        self.affinity = affinity.first().map(|pair| pair.to_string()).or(self.affinity.take());
        response.cookie = own.first().map(|pair| pair.to_string());
        Ok(response)
    }
}
