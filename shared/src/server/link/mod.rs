//! How is Redis asked without anybody waiting for it?
//!
//! One connection carries all commands of its users. When it fails, one task knocks until Redis answers again; until
//! then everybody is refused at once instead of queueing up. (redis' own `ConnectionManager` lets callers wait for its
//! whole reconnect loop, and keeps a connection that only stopped answering.)

use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::Context;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisResult};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::settings::Invalid;
use super::telemetry::{self, Part};

/// The longest that a caller waits, connecting and one repetition included.
const LIMIT: Duration = Duration::from_millis(250);

/// Between two knocks at a Redis that does not answer.
const PAUSE: Duration = Duration::from_millis(100);

/// Each clone keeps a connection of its own, served by the thread that uses it first: clone it once a worker, never once a
/// request.
pub struct Link {
    client: Client,
    state: Arc<watch::Sender<State>>,
}

/// Redis does not answer: why, in words for the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("Redis: {0}")]
pub struct Silent(pub String);

struct State {
    line: Line,
    /// Who knocks; nobody while the line is up.
    knocking: Option<JoinHandle<()>>,
}

enum Line {
    /// The first knock is not answered yet: worth waiting for.
    Opening,
    Up(Connection),
    Down(String),
}

#[derive(Clone)]
struct Connection {
    redis: MultiplexedConnection,
    /// Tells this connection from those before and after, so that a late failure does not cut a line made since.
    opened: Instant,
}

impl Clone for Link {
    /// The clone has a connection of its own.
    fn clone(&self) -> Link {
        Link::to(self.client.clone())
    }
}

impl Link {
    /// Never waits for Redis: whether it answers stands in the log. Call it inside the runtime.
    ///
    /// # Errors
    /// A sentence that names `--redis-url` when that is no Redis URL.
    pub fn open(url: &str) -> anyhow::Result<Link> {
        let client = Client::open(url)
            .context(Invalid("--redis-url must be redis://HOST:PORT or redis+unix:///SOCKET".into()))?;
        let link = Link::to(client);
        link.knock();
        Ok(link)
    }

    fn to(client: Client) -> Link {
        Link { client, state: Arc::new(watch::Sender::new(State { line: Line::Opening, knocking: None })) }
    }

    /// Sends one command and returns its answer.
    ///
    /// # Errors
    /// [`Silent`], at once while Redis is known to be away, and after 250 ms at most. Whether a write was done is
    /// then unknown. A connection found broken is replaced and the command repeated: commands must bear repetition.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Silent> {
        telemetry::timed(Part::State, self.ask_before(Instant::now() + LIMIT, command)).await
    }

    async fn ask_before<T: FromRedisValue>(&self, deadline: Instant, command: &Cmd) -> Result<T, Silent> {
        let connection = self.connection(deadline).await?;
        let answer = match self.send(connection, deadline, command).await {
            Err(error) if error.is_unrecoverable_error() => {
                let connection = self.connection(deadline).await?;
                self.send(connection, deadline, command).await
            }
            answer => answer,
        };
        answer.map_err(|error| Silent(error.to_string()))
    }

    async fn send<T: FromRedisValue>(&self, mut to: Connection, deadline: Instant, command: &Cmd) -> RedisResult<T> {
        let answer = timeout_at(deadline, command.query_async(&mut to.redis)).await.unwrap_or_else(|_| silence());
        if let Err(error) = &answer
            && (error.is_timeout() || error.is_unrecoverable_error())
        {
            self.lose(&to);
        }
        answer
    }

    async fn connection(&self, deadline: Instant) -> Result<Connection, Silent> {
        if let Line::Up(connection) = &self.state.borrow().line {
            return Ok(connection.clone());
        }
        self.knock();
        let mut state = self.state.subscribe();
        let settled = timeout_at(deadline, state.wait_for(|state| !matches!(state.line, Line::Opening))).await;
        let Ok(Ok(state)) = settled else { return Err(Silent("no connection in time".into())) };
        match &state.line {
            Line::Up(connection) => Ok(connection.clone()),
            Line::Down(cause) => Err(Silent(cause.clone())),
            Line::Opening => unreachable!("waited for anything else"),
        }
    }

    /// Nobody uses this connection from now on; commands under way on it still get their answers, or run out of time.
    fn lose(&self, lost: &Connection) {
        let was_current = self.state.send_if_modified(|state| {
            let current = matches!(&state.line, Line::Up(connection) if connection.opened == lost.opened);
            if current {
                state.line = Line::Opening;
            }
            current
        });
        if was_current {
            self.knock();
        }
    }

    /// Sees to it that somebody knocks, unless somebody does.
    fn knock(&self) {
        self.state.send_if_modified(|state| {
            // A task that ended without success went down with the thread it ran on.
            let nobody = state.knocking.as_ref().is_none_or(JoinHandle::is_finished);
            if nobody && !matches!(state.line, Line::Up(_)) {
                state.knocking = Some(tokio::spawn(knock(self.client.clone(), Arc::downgrade(&self.state))));
            }
            false
        });
    }
}

/// Knocks until the line is up, or nobody is left who wants it.
async fn knock(client: Client, state: Weak<watch::Sender<State>>) {
    loop {
        let answer = timeout(LIMIT, connect(&client)).await.unwrap_or_else(|_| silence());
        let Some(state) = state.upgrade() else { return };
        report(&state.borrow().line, &answer, &client);
        match answer {
            Ok(redis) => {
                let connection = Connection { redis, opened: Instant::now() };
                state.send_replace(State { line: Line::Up(connection), knocking: None });
                return;
            }
            Err(error) => state.send_modify(|state| state.line = Line::Down(error.to_string())),
        }
        drop(state);
        sleep(PAUSE).await;
    }
}

/// A connection that answered: a frozen Redis lets its kernel accept, too.
async fn connect(client: &Client) -> RedisResult<MultiplexedConnection> {
    // No limits but ours: two clocks for one wait tell two stories.
    let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let mut redis = client.get_multiplexed_async_connection_with_config(&config).await?;
    redis::cmd("PING").exec_async(&mut redis).await?;
    Ok(redis)
}

fn silence<T>() -> RedisResult<T> {
    Err(io::Error::from(io::ErrorKind::TimedOut).into())
}

/// One line when Redis goes, one when it is back.
fn report(before: &Line, now: &RedisResult<MultiplexedConnection>, client: &Client) {
    let address = client.get_connection_info().addr();
    match (before, now) {
        (Line::Opening, Err(cause)) => {
            tracing::warn!(%address, %cause, "Redis does not answer: no sessions until it does")
        }
        (Line::Down(_), Ok(_)) => tracing::info!(%address, "Redis answers again"),
        _ => {}
    }
}
