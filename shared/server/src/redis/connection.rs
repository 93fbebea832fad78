//! Redis connection: who waits for a server that does not answer?
//!
//! Nobody. One connection carries all commands of its users. When it fails, one task reconnects until Redis answers again; until
//! then every user is refused at once instead of queueing up. (redis' own `ConnectionManager` lets callers wait for its
//! whole reconnect loop, and keeps a connection that only stopped answering.)

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisResult, Value};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::redis::fault::{self, Fault};
use crate::redis::invalidation::{Invalidations, Listener};
use crate::redis::node::Node;
use crate::redis::sentinel::{self, Sentinels};
use crate::redis::{LIMIT, PAUSE};

/// Between two questions to the sentinels whether the master is still the same.
const WATCH: Duration = Duration::from_secs(1);

/// What a connection leads to.
#[derive(Clone)]
pub(super) enum Endpoint {
    Server(Node),
    /// Whichever server is the master at the time.
    Master(Sentinels),
}

pub(super) struct Connection {
    endpoint: Arc<Endpoint>,
    state: Arc<watch::Sender<State>>,
}

/// How a command is sent.
#[derive(Clone, Copy)]
pub(super) enum Request<'a> {
    Plain(&'a Cmd),
    /// To the server that is just taking over the key, and answers only who says so.
    Asking(&'a Cmd),
}

struct State {
    phase: Phase,
    /// The task that reconnects; none while the connection is up.
    reconnecting: Option<JoinHandle<()>>,
}

enum Phase {
    /// The first attempt is not over yet: worth waiting for.
    Connecting,
    Up(Established),
    Down(String),
}

#[derive(Clone)]
struct Established {
    redis: MultiplexedConnection,
    /// Tells this one from those before and after, so that a late failure does not cut one made since.
    opened: Instant,
}

impl Connection {
    /// Does not connect yet.
    pub(super) fn to(endpoint: Endpoint) -> Connection {
        Connection::of(Arc::new(endpoint))
    }

    fn of(endpoint: Arc<Endpoint>) -> Connection {
        Connection {
            endpoint,
            state: Arc::new(watch::Sender::new(State { phase: Phase::Connecting, reconnecting: None })),
        }
    }

    /// Another connection to the same endpoint.
    pub(super) fn another(&self) -> Connection {
        Connection::of(self.endpoint.clone())
    }

    /// As [`Connection::another`], for a listener.
    pub(super) fn notifying(&self, listener: Arc<dyn Listener>) -> Connection {
        Connection::to(self.endpoint.notifying(Invalidations(listener)))
    }

    /// A connection found broken is replaced and the command repeated.
    pub(super) async fn ask(&self, deadline: Instant, request: Request<'_>) -> Result<Value, Fault> {
        let established = self.established(deadline).await?;
        let answer = match self.send(established, deadline, request).await {
            Err(error) if fault::breaks(&error) && !error.is_timeout() => {
                let established = self.established(deadline).await?;
                self.send(established, deadline, request).await
            }
            answer => answer,
        };
        answer.map_err(Fault::Failed)
    }

    async fn send(&self, mut to: Established, deadline: Instant, request: Request<'_>) -> RedisResult<Value> {
        let answer =
            timeout_at(deadline, request.send_over(&mut to.redis)).await.unwrap_or_else(|_| fault::timed_out());
        if answer.as_ref().is_err_and(fault::breaks) {
            self.lose(&to);
        }
        answer
    }

    async fn established(&self, deadline: Instant) -> Result<Established, Fault> {
        if let Phase::Up(established) = &self.state.borrow().phase {
            return Ok(established.clone());
        }
        self.reconnect();
        let mut state = self.state.subscribe();
        let settled = timeout_at(deadline, state.wait_for(|state| !matches!(state.phase, Phase::Connecting))).await;
        let Ok(Ok(state)) = settled else { return Err(Fault::Down("no connection in time".into())) };
        match &state.phase {
            Phase::Up(established) => Ok(established.clone()),
            Phase::Down(cause) => Err(Fault::Down(cause.clone())),
            Phase::Connecting => unreachable!("waited for anything else"),
        }
    }

    /// Nobody uses this connection from now on; commands under way on it still get their answers, or run out of time.
    fn lose(&self, lost: &Established) {
        if let Some(invalidations) = self.endpoint.invalidations() {
            invalidations.0.forget_all();
        }
        let was_current = self.state.send_if_modified(|state| {
            let current = state.phase.is(lost);
            if current {
                state.phase = Phase::Connecting;
            }
            current
        });
        if was_current {
            self.reconnect();
        }
    }

    /// Starts the task that reconnects, unless there is one.
    pub(super) fn reconnect(&self) {
        self.state.send_if_modified(|state| {
            // A task that ended without success went down with the thread it ran on.
            let idle = state.reconnecting.as_ref().is_none_or(JoinHandle::is_finished);
            if idle && !matches!(state.phase, Phase::Up(_)) {
                state.reconnecting = Some(tokio::spawn(reconnect(self.endpoint.clone(), Arc::downgrade(&self.state))));
            }
            false
        });
    }
}

/// Tries until the connection is up, or nobody is left who wants it.
async fn reconnect(endpoint: Arc<Endpoint>, state: Weak<watch::Sender<State>>) {
    loop {
        let answer = timeout(LIMIT, endpoint.connect()).await.unwrap_or_else(|_| fault::timed_out());
        let Some(up) = state.upgrade() else { return };
        report(&up.borrow().phase, &answer, &endpoint);
        match answer {
            Ok((redis, server)) => {
                let established = Established { redis, opened: Instant::now() };
                up.send_replace(State { phase: Phase::Up(established.clone()), reconnecting: None });
                drop(up);
                return watch_over(&established, &server, &endpoint, &state).await;
            }
            Err(error) => up.send_modify(|state| state.phase = Phase::Down(fault::message(&error))),
        }
        drop(up);
        sleep(PAUSE).await;
    }
}

/// Leaves a master when the sentinels have chosen another: they tell it only seconds later, and what it takes in until then
/// is lost.
async fn watch_over(
    established: &Established,
    server: &Node,
    endpoint: &Arc<Endpoint>,
    state: &Weak<watch::Sender<State>>,
) {
    let Endpoint::Master(sentinels) = &**endpoint else { return };
    loop {
        sleep(WATCH).await;
        let master = timeout(LIMIT, sentinels.master()).await.unwrap_or_else(|_| fault::timed_out());
        let Some(state) = state.upgrade() else { return };
        let connection = Connection { endpoint: endpoint.clone(), state };
        if master.is_ok_and(|master| master.to_string() != server.to_string()) {
            connection.lose(established);
        }
        if !connection.state.borrow().phase.is(established) {
            return;
        }
    }
}

impl Endpoint {
    /// A connection that answered: a frozen Redis lets its kernel accept, too. And whom it leads to.
    async fn connect(&self) -> RedisResult<(MultiplexedConnection, Node)> {
        let server = match self {
            Endpoint::Server(server) => server.clone(),
            Endpoint::Master(sentinels) => sentinels.master().await?,
        };
        let mut redis = server.connect().await?;
        match self {
            Endpoint::Server(_) => redis::cmd("PING").exec_async(&mut redis).await?,
            Endpoint::Master(_) => sentinel::be_sure(&mut redis).await?,
        }
        Ok((redis, server))
    }

    /// The same endpoint, which tells of keys that changed.
    fn notifying(&self, to: Invalidations) -> Endpoint {
        match self {
            Endpoint::Server(server) => Endpoint::Server(server.notifying(to)),
            Endpoint::Master(Sentinels { sentinels, master, servers }) => Endpoint::Master(Sentinels {
                sentinels: sentinels.clone(),
                master: master.clone(),
                servers: servers.notifying(to),
            }),
        }
    }

    fn invalidations(&self) -> Option<&Invalidations> {
        match self {
            Endpoint::Server(server) => server.invalidations(),
            Endpoint::Master(sentinels) => sentinels.servers.invalidations(),
        }
    }
}

impl Phase {
    fn is(&self, other: &Established) -> bool {
        matches!(self, Phase::Up(established) if established.opened == other.opened)
    }
}

impl Request<'_> {
    async fn send_over(self, to: &mut MultiplexedConnection) -> RedisResult<Value> {
        match self {
            Request::Plain(command) => to.send_packed_command(command).await?.extract_error(),
            Request::Asking(command) => {
                // In one go, so that no command of somebody else comes between the two.
                let both = redis::pipe().cmd("ASKING").ignore().add_command(command.clone()).to_owned();
                let mut answers: Vec<Value> = both.query_async(to).await?;
                Ok(answers.pop().unwrap_or(Value::Nil))
            }
        }
    }
}

/// Logs one line when Redis goes, one when it is back.
fn report<T>(before: &Phase, now: &RedisResult<T>, endpoint: &Endpoint) {
    match (before, now) {
        (Phase::Connecting, Err(error)) => {
            let cause = fault::message(error);
            tracing::warn!(address = %endpoint, %cause, "Redis does not answer: whoever needs it is refused until it does")
        }
        (Phase::Down(_), Ok(_)) => tracing::info!(address = %endpoint, "Redis answers again"),
        _ => {}
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Server(node) => node.fmt(f),
            Endpoint::Master(sentinels) => sentinels.fmt(f),
        }
    }
}
