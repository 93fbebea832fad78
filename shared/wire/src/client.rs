//! HTTP client: over which connection does a request go?

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use crate::connection::{Connection, PATIENCE};
use crate::error::Error;
use crate::request::Request;
use crate::response::Response;

/// Keeps connections open between requests, as many to a server as it has asked it at the same time.
#[derive(Debug)]
pub struct Client {
    /// By URL; the one that was used last is used next.
    idle: Mutex<BTreeMap<String, Vec<Connection>>>,
    patience: Duration,
}

impl Default for Client {
    fn default() -> Client {
        Client::with_patience(PATIENCE)
    }
}

impl Client {
    /// Waits so long for each response.
    pub fn with_patience(patience: Duration) -> Client {
        Client { idle: Mutex::default(), patience }
    }

    /// Whoever stops waiting drops the connection as well.
    ///
    /// # Errors
    /// There is no response.
    pub async fn send(&self, url: &str, request: &Request) -> Result<Response, Error> {
        timeout(self.patience, self.exchange(url, request)).await.unwrap_or(Err(Error::TimedOut(self.patience)))
    }

    async fn exchange(&self, url: &str, request: &Request) -> Result<Response, Error> {
        let mut connection = match self.take_idle(url) {
            Some(open) => open,
            None => Connection::open(url).await?,
        };
        connection.patience = self.patience;
        let response = connection.send(request).await?;
        if response.reusable {
            self.idle().entry(url.to_owned()).or_default().push(connection);
        }
        Ok(response)
    }

    /// The next request to this server opens a connection.
    pub fn close(&self, url: &str) {
        self.idle().remove(url);
    }

    fn take_idle(&self, url: &str) -> Option<Connection> {
        let mut idle = self.idle();
        let idle = idle.get_mut(url)?;
        std::iter::from_fn(|| idle.pop()).find(Connection::is_open)
    }

    fn idle(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// On a connection of its own.
///
/// # Errors
/// There is no response.
pub async fn send_once(url: &str, request: &Request) -> Result<Response, Error> {
    Connection::open(url).await?.send(request).await
}

/// On a connection of its own, again as long as the response is 503.
///
/// # Errors
/// There is no response.
pub async fn send(url: &str, request: &Request) -> Result<Response, Error> {
    insist(|| send_once(url, request), |response| response.status).await
}

/// Asks again as long as the status is 503: Redis may be out of reach for a moment on a machine that does much else. The
/// response says so, and to come again.
///
/// # Errors
/// There is no response.
pub async fn insist<R, E, F>(ask: impl Fn() -> F, status: impl Fn(&R) -> u16) -> Result<R, E>
where
    F: Future<Output = Result<R, E>>,
{
    const TIMES: usize = 20;
    const PAUSE: Duration = Duration::from_millis(100);
    for _ in 0..TIMES {
        let response = ask().await?;
        if status(&response) != 503 {
            return Ok(response);
        }
        tokio::time::sleep(PAUSE).await;
    }
    ask().await
}

/// Requests under way at once on one connection: the server itself looks at no more than 16.
const PIPELINE: usize = 8;

/// Sends all of them over one connection, several under way at once; a connection that the server closes is replaced.
///
/// # Errors
/// A request that got no response on a connection of its own.
pub async fn send_all(url: &str, requests: &[Request]) -> Result<Vec<Response>, Error> {
    let mut responses = Vec::with_capacity(requests.len());
    let mut connection = Connection::open(url).await?;
    while responses.len() < requests.len() {
        let batch = &requests[responses.len()..requests.len().min(responses.len() + PIPELINE)];
        for request in batch {
            connection.begin(request).await;
        }
        let before = responses.len();
        for request in batch {
            match connection.receive().await {
                Ok(response) if response.status == 503 => responses.push(send(url, request).await?),
                Ok(response) => responses.push(response),
                Err(Error::HungUp) => break,
                Err(error) => return Err(error),
            }
        }
        if responses.len() < before + batch.len() {
            connection = Connection::open(url).await?;
        }
        if responses.len() == before {
            responses.push(connection.send(&batch[0]).await?);
        }
    }
    Ok(responses)
}
