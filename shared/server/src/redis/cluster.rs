//! Redis cluster: who answers for its keys while one of its servers does not?
//!
//! The others: every server has a connection of its own, so that one that fails takes no keys with it but its own. (redis' own
//! cluster connection goes on asking a server that froze, long after a replica has taken over.)

use std::collections::BTreeMap;
use std::fmt;
use std::mem;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::select_ok;
use redis::{Cmd, RedisResult, Value};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::redis::connection::{Connection, Request};
use crate::redis::fault::{self, Fault};
use crate::redis::node::Node;
use crate::redis::slots::{self, Map, Ranges};
use crate::redis::{LIMIT, PAUSE};

/// How often one command is sent on: a slot that moves sends it on once, or twice.
const REDIRECTS: usize = 4;

/// Between two looks at a map that is there: the servers need longer than this to agree on a new one.
const REST: Duration = Duration::from_millis(500);

pub(super) struct Cluster {
    seeds: Arc<Seeds>,
    state: Arc<watch::Sender<State>>,
}

/// Whom to ask for the map, besides the servers that stand in the last one.
pub(super) struct Seeds(pub(super) Vec<Node>);

struct State {
    phase: Phase,
    /// Who looks for a map, and when somebody last began to.
    looking: Option<(JoinHandle<()>, Instant)>,
}

enum Phase {
    /// The first look is not over yet: worth waiting for.
    Opening,
    Known(Map),
    Lost(String),
}

impl Cluster {
    /// Does not look yet.
    pub(super) fn of(seeds: Arc<Seeds>) -> Cluster {
        Cluster { seeds, state: Arc::new(watch::Sender::new(State { phase: Phase::Opening, looking: None })) }
    }

    /// The same cluster, with connections of its own.
    pub(super) fn another(&self) -> Cluster {
        Cluster::of(self.seeds.clone())
    }

    /// As [`Connection::ask`] of the server that holds the command's keys. A command without keys is put to every server, and the
    /// first answer counts.
    pub(super) async fn ask(&self, deadline: Instant, command: &Cmd) -> Result<Value, Fault> {
        let Some(slot) = slots::slot_of(command) else {
            let connections = self.on_the_map(deadline, Map::connections).await?;
            let asked =
                connections.iter().map(|connection| Box::pin(connection.ask(deadline, Request::Plain(command))));
            return Ok(select_ok(asked).await?.0);
        };
        match self.on_the_map(deadline, |map| map.holder(slot)).await? {
            Some(connection) => self.ask_from(connection, deadline, command).await,
            None => {
                self.look();
                Err(Fault::Down("no server of the cluster holds this key's slot".into()))
            }
        }
    }

    /// Asks this server first, and then whoever it sends us on to.
    async fn ask_from(
        &self,
        mut connection: Arc<Connection>,
        deadline: Instant,
        command: &Cmd,
    ) -> Result<Value, Fault> {
        let mut request = Request::Plain(command);
        for _ in 0..REDIRECTS {
            let fault = match connection.ask(deadline, request).await {
                Err(fault) => fault,
                answer => return answer,
            };
            if may_move_slots(&fault) {
                self.look();
            }
            let Fault::Failed(error) = &fault else { return Err(fault) };
            let Some(other) = error.redirect_node().and_then(|(address, _)| self.connection_to(address)) else {
                return Err(fault);
            };
            connection = other;
            request = if error.code() == Some("ASK") { Request::Asking(command) } else { Request::Plain(command) };
        }
        Err(Fault::Down("the cluster's servers send callers on and on".into()))
    }

    async fn on_the_map<T>(&self, deadline: Instant, find: impl Fn(&Map) -> T) -> Result<T, Fault> {
        if let Phase::Known(map) = &self.state.borrow().phase {
            return Ok(find(map));
        }
        self.look();
        let mut state = self.state.subscribe();
        let settled = timeout_at(deadline, state.wait_for(|state| !matches!(state.phase, Phase::Opening))).await;
        let Ok(Ok(state)) = settled else { return Err(Fault::Down("no map of the cluster in time".into())) };
        match &state.phase {
            Phase::Known(map) => Ok(find(map)),
            Phase::Lost(cause) => Err(Fault::Down(cause.clone())),
            Phase::Opening => unreachable!("waited for anything else"),
        }
    }

    /// The connection to a server that somebody was sent on to. One that does not say its host is found by the next look.
    fn connection_to(&self, address: &str) -> Option<Arc<Connection>> {
        let (host, port) = address.rsplit_once(':').filter(|(host, _)| !host.is_empty())?;
        let server = self.seeds.0.first()?.beside(host, port.parse().ok()?);
        let mut connection = None;
        self.state.send_if_modified(|state| {
            if let Phase::Known(map) = &mut state.phase {
                connection = Some(map.connection_to(&server));
            }
            false
        });
        connection
    }

    /// Sees to it that somebody looks for the map, unless somebody does, or just did.
    pub(super) fn look(&self) {
        self.state.send_if_modified(|state| {
            let known = matches!(state.phase, Phase::Known(_));
            let busy =
                |(task, since): &(JoinHandle<()>, Instant)| !task.is_finished() || known && since.elapsed() < REST;
            if !state.looking.as_ref().is_some_and(busy) {
                let task = tokio::spawn(look(self.seeds.clone(), Arc::downgrade(&self.state)));
                state.looking = Some((task, Instant::now()));
            }
            false
        });
    }
}

/// Whether it tells that the map may be wrong by now.
fn may_move_slots(fault: &Fault) -> bool {
    match fault {
        Fault::Down(_) => true,
        Fault::Failed(error) => fault::breaks(error) || matches!(error.code(), Some("MOVED" | "CLUSTERDOWN")),
    }
}

/// Looks until there is a map, or nobody is left who wants it.
async fn look(seeds: Arc<Seeds>, state: Weak<watch::Sender<State>>) {
    loop {
        let Some(servers) = state.upgrade().map(|state| state.borrow().phase.servers(&seeds)) else { return };
        let answer = timeout(LIMIT, first_answer(&servers)).await.unwrap_or_else(|_| fault::timed_out());
        let Some(state) = state.upgrade() else { return };
        report(&state.borrow().phase, &answer, &seeds);
        state.send_modify(|state| state.phase = mem::replace(&mut state.phase, Phase::Opening).after(answer));
        if matches!(state.borrow().phase, Phase::Known(_)) {
            return;
        }
        drop(state);
        sleep(PAUSE).await;
    }
}

/// Of all at once: one that froze keeps nobody from what the others know.
async fn first_answer(servers: &[Node]) -> RedisResult<Ranges> {
    let (ranges, _) = select_ok(servers.iter().map(|server| Box::pin(slots::ask(server)))).await?;
    Ok(ranges)
}

impl Phase {
    fn servers(&self, seeds: &Seeds) -> Vec<Node> {
        let known: &[Node] = if let Phase::Known(map) = self { &map.servers } else { &[] };
        // By address: a server stands in the map once for each of its ranges.
        let servers: BTreeMap<_, _> = known.iter().chain(&seeds.0).map(|server| (server.to_string(), server)).collect();
        servers.into_values().cloned().collect()
    }

    /// An old map is better than none.
    fn after(self, answer: RedisResult<Ranges>) -> Phase {
        match (self, answer) {
            (Phase::Known(mut map), Ok(ranges)) => Phase::Known(map.redrawn(ranges)),
            (Phase::Known(map), Err(_)) => Phase::Known(map),
            (_, Ok(ranges)) => Phase::Known(Map::default().redrawn(ranges)),
            (_, Err(error)) => Phase::Lost(fault::message(&error)),
        }
    }
}

/// One line when no map can be had, one when it is there; of a server that fails, its own line tells.
fn report(before: &Phase, now: &RedisResult<Ranges>, seeds: &Seeds) {
    match (before, now) {
        (Phase::Opening, Err(error)) => {
            let cause = fault::message(error);
            tracing::warn!(address = %seeds, %cause, "no map of the Redis cluster: whoever needs it is refused until there is")
        }
        (Phase::Lost(_), Ok(_)) => tracing::info!(address = %seeds, "there is a map of the Redis cluster"),
        _ => {}
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds: Vec<_> = self.0.iter().map(Node::to_string).collect();
        f.write_str(&seeds.join(","))
    }
}
