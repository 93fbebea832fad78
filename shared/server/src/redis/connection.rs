//! Who waits for a server that does not answer? Nobody: one task knocks, the others are refused.
//!
//! One connection carries all commands of its users. When it fails, one task knocks until Redis answers again; until
//! then everybody is refused at once instead of queueing up. (redis' own `ConnectionManager` lets callers wait for its
//! whole reconnect loop, and keeps a connection that only stopped answering.)

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisResult, Value};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::redis::fault;
use crate::redis::fault::Fault;
use crate::redis::invalidation::{Listener, News};
use crate::redis::node::Node;
use crate::redis::sentinel;
use crate::redis::sentinel::Sentinels;
use crate::redis::{LIMIT, PAUSE};

/// Between two questions to the sentinels whether the master is still the same.
const WATCH: Duration = Duration::from_secs(1);

/// What a line leads to.
#[derive(Clone)]
pub(super) enum End {
    Server(Node),
    /// Whichever server is the master at the time.
    Master(Sentinels),
}

pub(super) struct Line {
    end: Arc<End>,
    state: Arc<watch::Sender<State>>,
}

/// How a command is put.
#[derive(Clone, Copy)]
pub(super) enum Question<'a> {
    Plain(&'a Cmd),
    /// To the server that is just taking over the key, and answers only who says so.
    Asking(&'a Cmd),
}

struct State {
    phase: Phase,
    /// Who knocks; nobody while the line is up.
    knocking: Option<JoinHandle<()>>,
}

enum Phase {
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

impl Line {
    /// Does not knock yet.
    pub(super) fn to(end: End) -> Line {
        Line::of(Arc::new(end))
    }

    fn of(end: Arc<End>) -> Line {
        Line { end, state: Arc::new(watch::Sender::new(State { phase: Phase::Opening, knocking: None })) }
    }

    /// Another line to the same end, with a connection of its own.
    pub(super) fn another(&self) -> Line {
        Line::of(self.end.clone())
    }

    /// As [`Line::another`], for a listener.
    pub(super) fn telling(&self, listener: Arc<dyn Listener>) -> Line {
        Line::to(self.end.telling(News(listener)))
    }

    /// A connection found broken is replaced and the command repeated.
    pub(super) async fn ask(&self, deadline: Instant, question: Question<'_>) -> Result<Value, Fault> {
        let connection = self.connection(deadline).await?;
        let answer = match self.send(connection, deadline, question).await {
            Err(error) if fault::breaks(&error) && !error.is_timeout() => {
                let connection = self.connection(deadline).await?;
                self.send(connection, deadline, question).await
            }
            answer => answer,
        };
        answer.map_err(Fault::Failed)
    }

    async fn send(&self, mut to: Connection, deadline: Instant, question: Question<'_>) -> RedisResult<Value> {
        let answer = timeout_at(deadline, question.put(&mut to.redis)).await.unwrap_or_else(|_| fault::silence());
        if answer.as_ref().is_err_and(fault::breaks) {
            self.lose(&to);
        }
        answer
    }

    async fn connection(&self, deadline: Instant) -> Result<Connection, Fault> {
        if let Phase::Up(connection) = &self.state.borrow().phase {
            return Ok(connection.clone());
        }
        self.knock();
        let mut state = self.state.subscribe();
        let settled = timeout_at(deadline, state.wait_for(|state| !matches!(state.phase, Phase::Opening))).await;
        let Ok(Ok(state)) = settled else { return Err(Fault::Down("no connection in time".into())) };
        match &state.phase {
            Phase::Up(connection) => Ok(connection.clone()),
            Phase::Down(cause) => Err(Fault::Down(cause.clone())),
            Phase::Opening => unreachable!("waited for anything else"),
        }
    }

    /// Nobody uses this connection from now on; commands under way on it still get their answers, or run out of time.
    fn lose(&self, lost: &Connection) {
        if let Some(news) = self.end.news() {
            news.0.forget_all();
        }
        let was_current = self.state.send_if_modified(|state| {
            let current = state.phase.is(lost);
            if current {
                state.phase = Phase::Opening;
            }
            current
        });
        if was_current {
            self.knock();
        }
    }

    /// Sees to it that somebody knocks, unless somebody does.
    pub(super) fn knock(&self) {
        self.state.send_if_modified(|state| {
            // A task that ended without success went down with the thread it ran on.
            let nobody = state.knocking.as_ref().is_none_or(JoinHandle::is_finished);
            if nobody && !matches!(state.phase, Phase::Up(_)) {
                state.knocking = Some(tokio::spawn(knock(self.end.clone(), Arc::downgrade(&self.state))));
            }
            false
        });
    }
}

/// Knocks until the line is up, or nobody is left who wants it.
async fn knock(end: Arc<End>, state: Weak<watch::Sender<State>>) {
    loop {
        let answer = timeout(LIMIT, end.connect()).await.unwrap_or_else(|_| fault::silence());
        let Some(up) = state.upgrade() else { return };
        report(&up.borrow().phase, &answer, &end);
        match answer {
            Ok((redis, server)) => {
                let connection = Connection { redis, opened: Instant::now() };
                up.send_replace(State { phase: Phase::Up(connection.clone()), knocking: None });
                drop(up);
                return watch_over(&connection, &server, &end, &state).await;
            }
            Err(error) => up.send_modify(|state| state.phase = Phase::Down(fault::words(&error))),
        }
        drop(up);
        sleep(PAUSE).await;
    }
}

/// Leaves a master when the sentinels have chosen another: they tell it only seconds later, and what it takes in until then
/// is lost.
async fn watch_over(connection: &Connection, server: &Node, end: &Arc<End>, state: &Weak<watch::Sender<State>>) {
    let End::Master(sentinels) = &**end else { return };
    loop {
        sleep(WATCH).await;
        let master = timeout(LIMIT, sentinels.master()).await.unwrap_or_else(|_| fault::silence());
        let Some(state) = state.upgrade() else { return };
        let line = Line { end: end.clone(), state };
        if master.is_ok_and(|master| master.to_string() != server.to_string()) {
            line.lose(connection);
        }
        if !line.state.borrow().phase.is(connection) {
            return;
        }
    }
}

impl End {
    /// A connection that answered: a frozen Redis lets its kernel accept, too. And whom it leads to.
    async fn connect(&self) -> RedisResult<(MultiplexedConnection, Node)> {
        let server = match self {
            End::Server(server) => server.clone(),
            End::Master(sentinels) => sentinels.master().await?,
        };
        let mut redis = server.connect().await?;
        match self {
            End::Server(_) => redis::cmd("PING").exec_async(&mut redis).await?,
            End::Master(_) => sentinel::be_sure(&mut redis).await?,
        }
        Ok((redis, server))
    }
}

impl End {
    /// The same end, which tells of keys that changed.
    fn telling(&self, news: News) -> End {
        match self {
            End::Server(server) => End::Server(server.telling(news)),
            End::Master(Sentinels { sentinels, master, servers }) => End::Master(Sentinels {
                sentinels: sentinels.clone(),
                master: master.clone(),
                servers: servers.telling(news),
            }),
        }
    }

    fn news(&self) -> Option<&News> {
        match self {
            End::Server(server) => server.news(),
            End::Master(sentinels) => sentinels.servers.news(),
        }
    }
}

impl Phase {
    fn is(&self, other: &Connection) -> bool {
        matches!(self, Phase::Up(connection) if connection.opened == other.opened)
    }
}

impl Question<'_> {
    async fn put(self, to: &mut MultiplexedConnection) -> RedisResult<Value> {
        match self {
            Question::Plain(command) => to.send_packed_command(command).await?.extract_error(),
            Question::Asking(command) => {
                // In one go, so that no command of somebody else comes between the two.
                let both = redis::pipe().cmd("ASKING").ignore().add_command(command.clone()).to_owned();
                let mut answers: Vec<Value> = both.query_async(to).await?;
                Ok(answers.pop().unwrap_or(Value::Nil))
            }
        }
    }
}

/// One line when Redis goes, one when it is back.
fn report<T>(before: &Phase, now: &RedisResult<T>, end: &End) {
    match (before, now) {
        (Phase::Opening, Err(error)) => {
            let cause = fault::words(error);
            tracing::warn!(address = %end, %cause, "Redis does not answer: whoever needs it is refused until it does")
        }
        (Phase::Down(_), Ok(_)) => tracing::info!(address = %end, "Redis answers again"),
        _ => {}
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Server(node) => node.fmt(f),
            End::Master(sentinels) => sentinels.fmt(f),
        }
    }
}
