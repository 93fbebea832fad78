//! Connection slot: what is one client doing?
//!
//! A slot is what a user has open: its connections, and how far its visit has come. It asks one thing at a time. A
//! user may have several, which share what it was given at the login and nothing else.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use shared::api::checkout::CheckoutState;
use wire::response::Response;
use wire::response_parser::Keep;

use crate::connection::{Connection, Traffic};
use crate::expected_work::{Lookups, Work, promised};
use crate::failure::Failure;
use crate::poll::Poll;
use crate::receiver::Receiver;
use crate::scenario::{Scenario, Step};
use crate::users::User;

/// Which replica gets a slot's next request?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Balance {
    /// One after the other.
    RoundRobin,
    /// The same one for the same visitor.
    Sticky,
    /// Any.
    Random,
}

/// Where the requests go, and how.
#[derive(Debug, Clone)]
pub struct Replicas {
    pub addresses: Vec<SocketAddr>,
    /// The same, as text for the `Host` field.
    pub hosts: Vec<String>,
    pub balance: Balance,
    /// The share of requests that come on a connection of their own.
    pub fresh: f64,
}

/// One thread's way to the network, lent to its slots.
pub struct Network {
    pub replicas: Replicas,
    pub poll: Poll,
    pub traffic: Traffic,
    pub receiver: Receiver,
    pub request: Vec<u8>,
    /// Something is half done that goes on only if we look: a connection, a long request, a long answer.
    pub needs_us: bool,
}

pub struct Slot {
    /// Its place among the slots of its thread; its connections are reported under it.
    id: u64,
    pub user: usize,
    /// Since when it has had nothing to do.
    pub free_since: Instant,
    pub under_way: Option<UnderWay>,
    /// How many requests it has begun: tells an old deadline from a new one.
    pub begun: u64,
    ahead: VecDeque<Step>,
    draft: Option<String>,
    connections: Vec<Option<Connection>>,
    turn: usize,
    pub random: fastrand::Rng,
}

/// A request that was sent and has not been answered.
pub struct UnderWay {
    step: Step,
    replica: usize,
    /// What its latency is counted from.
    pub since: Instant,
    pub sent: Instant,
}

impl Slot {
    pub fn new(id: usize, user: usize, number: u32, replicas: usize, seed: u64, now: Instant) -> Slot {
        Slot {
            id: id as u64,
            user,
            free_since: now,
            under_way: None,
            begun: 0,
            ahead: VecDeque::new(),
            draft: None,
            connections: (0..replicas).map(|_| None).collect(),
            turn: number as usize, // Else all slots would begin at the first replica.
            // Else two slots of a user would place the same order under the same key.
            random: fastrand::Rng::with_seed(seed.wrapping_add(u64::from(number)).wrapping_add((id as u64) << 32)),
        }
    }

    /// Between two visits somebody else may sit down here.
    pub fn is_between_visits(&self) -> bool {
        self.ahead.is_empty()
    }

    /// Does the next thing on its list.
    pub fn ask(
        &mut self,
        scenario: &Scenario,
        user: &Mutex<User>,
        (since, now): (Instant, Instant),
        network: &mut Network,
    ) -> Result<(), Failure> {
        let user = lock(user);
        let step = scenario.next_step(&mut self.ahead, &mut self.random, &user);
        let draft = if matches!(step, Step::Get(_)) { None } else { self.draft.take() };
        let replica = self.next_replica(&user, &network.replicas);
        let (credential, ask) = (user.credential().filter(|_| step != Step::LogIn), step.request(&user, draft));
        network.request.clear();
        ask.write(&network.replicas.hosts[replica], credential, &mut network.request);
        let keep = if step.gives_draft() || step.gives_credential() { Keep::Body } else { Keep::Nothing };
        self.begun += 1;
        self.under_way = Some(UnderWay { step, replica, since, sent: now });
        self.send(replica, keep, network)
    }

    fn send(&mut self, replica: usize, keep: Keep, network: &mut Network) -> Result<(), Failure> {
        let Network { replicas, poll, traffic, request, needs_us, .. } = network;
        let token = self.id << REPLICA_BITS | replica as u64;
        let fresh = replicas.fresh > 0.0 && self.random.f64() < replicas.fresh;
        let open = &mut self.connections[replica];
        if fresh {
            *open = None;
        }
        let connection = match open {
            Some(connection) => connection,
            None => open.insert(Connection::open(replicas.addresses[replica], poll, token, traffic)?),
        };
        connection.send(request, keep, traffic)?;
        *needs_us |= connection.has_unsent();
        Ok(())
    }

    /// A connection is ready. Some: that was the end of what is under way, and when it came.
    pub fn look(
        &mut self,
        replica: usize,
        hung_up: bool,
        network: &mut Network,
    ) -> Option<Result<(Response, Instant), Failure>> {
        let connection = self.connections[replica].as_mut()?;
        let waited_for = self.under_way.as_ref().is_some_and(|under_way| under_way.replica == replica);
        match connection.proceed(&mut network.receiver, &mut network.traffic) {
            Ok(None) => {
                network.needs_us |= waited_for;
                None
            }
            Ok(Some((answer, at))) if waited_for => {
                if hung_up || !answer.reusable {
                    self.connections[replica] = None;
                }
                Some(Ok((answer, at)))
            }
            // Nobody had asked: an idle connection ended, and the next request opens another.
            Ok(Some(_)) | Err(_) if !waited_for => {
                self.connections[replica] = None;
                None
            }
            Ok(Some(_)) => None,
            Err(failure) => Some(Err(failure)),
        }
    }

    /// Takes to heart what was answered, and says what that was promised to cost. Anything below 400 is a good answer.
    pub fn settle(
        &mut self,
        result: Result<Response, Failure>,
        user: &Mutex<User>,
        lookups: Lookups,
    ) -> Option<(UnderWay, Result<Work, Failure>)> {
        let under_way = self.under_way.take()?;
        let settled = result.and_then(|answer| self.understand(&under_way.step, answer, user));
        if let Err(failure) = settled {
            self.ahead.clear(); // The rest of a visit makes no sense without this step.
            if !matches!(failure, Failure::Status(_)) {
                self.connections[under_way.replica] = None; // Half an answer may be in it.
            }
        }
        let work = settled.map(|()| promised(&under_way.step, lookups));
        Some((under_way, work))
    }

    fn understand(&mut self, step: &Step, answer: Response, user: &Mutex<User>) -> Result<(), Failure> {
        let ended = answer.status == 401 && *step != Step::LogIn; // In another slot, or by the server.
        let kept = answer.cookie.is_some() || step.gives_credential() || *step == Step::LogOut || ended;
        let mut user = kept.then(|| lock(user));
        if let Some(user) = &mut user {
            user.keep(answer.cookie);
        }
        if ended {
            user.iter_mut().for_each(|user| user.forget());
        }
        if answer.status >= 400 {
            return Err(Failure::Status(answer.status));
        }
        if let Some(user) = &mut user {
            match step {
                Step::LogOut => user.forget(),
                step if step.gives_credential() => user.take(&answer.body)?,
                _ => {}
            }
        }
        if step.gives_draft() {
            let state: CheckoutState = serde_json::from_slice(&answer.body).map_err(|_| Failure::Malformed)?;
            self.draft = state.draft;
        }
        Ok(())
    }

    /// Leaves what is under way unanswered, and whatever else was planned.
    pub fn abandon(&mut self) -> Option<UnderWay> {
        self.ahead.clear();
        let under_way = self.under_way.take()?;
        self.connections[under_way.replica] = None;
        Some(under_way)
    }

    fn next_replica(&mut self, user: &User, replicas: &Replicas) -> usize {
        let count = replicas.addresses.len();
        match replicas.balance {
            _ if count == 1 => 0,
            Balance::Sticky => user.number as usize % count,
            Balance::Random => self.random.usize(..count),
            Balance::RoundRobin => {
                self.turn = self.turn.wrapping_add(1);
                self.turn % count
            }
        }
    }
}

/// Of a token, from the right; a fleet has no more replicas than fit.
const REPLICA_BITS: u32 = 16;

/// Slot and replica that a token names.
pub fn whose(token: u64) -> (usize, usize) {
    ((token >> REPLICA_BITS) as usize, (token & ((1 << REPLICA_BITS) - 1)) as usize)
}

fn lock(user: &Mutex<User>) -> MutexGuard<'_, User> {
    user.lock().expect("nobody panics while holding it")
}
