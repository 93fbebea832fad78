//! Who asks, and what does it bring back?
//!
//! A visitor is a person with one client: it logs in once, and from then on brings what it was given, be it a token, a
//! cookie or a draft. It does not know what any of them means, which is why one visitor works on both servers.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue, SET_COOKIE};
use hyper::{Method, Request, Response, Uri};
use shared::api::checkout::CheckoutState;
use shared::api::credential::{Credential, LogIn, LoggedIn};
use shared::api::meta::CredentialKind;
use shared::api::paths;

use super::connection::{Bytecount, Connection};
use super::measure::Failure;
use super::promise::{Lookups, Work, promised};
use super::scenario::{Ask, Scenario, Step, send};

/// Which replica gets a visitor's next request?
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Balance {
    /// One after the other.
    RoundRobin,
    /// The same one for the same visitor.
    Sticky,
    /// Any.
    Random,
}

/// Where the requests go; one for all visitors of a thread.
pub struct Replicas {
    pub addresses: Vec<SocketAddr>,
    pub hosts: Vec<HeaderValue>,
    pub balance: Balance,
    pub bytes: Rc<Bytecount>,
}

pub struct Visitor {
    number: u32,
    seed: u64,
    windows: u64,
    credential: Option<(HeaderName, HeaderValue)>,
    /// What the server asks its store because of that credential.
    pub lookups: Lookups,
    draft: Option<String>,
    ahead: VecDeque<Step>,
    replicas: Rc<Replicas>,
    connections: Vec<Option<Connection>>,
    turn: usize,
    random: fastrand::Rng,
}

/// Why somebody is not logged in.
#[derive(Debug, thiserror::Error)]
pub enum NotLoggedIn {
    #[error("{username} got no answer to POST /login ({failure:?}): is the server running?")]
    NoAnswer { username: String, failure: Failure },
    #[error(
        "{username} was refused at POST /login with {status}: is the password right, and are there enough --demo-visitors?"
    )]
    Refused { username: String, status: u16 },
    #[error("the answer to POST /login is not what the API promises: is this one of our two servers?")]
    Unreadable,
    #[error("the server hands out {given}: choose that with --credential")]
    OtherKind { given: &'static str },
}

impl Visitor {
    pub fn new(number: u32, replicas: Rc<Replicas>, seed: u64) -> Visitor {
        Visitor {
            number,
            seed,
            windows: 0,
            credential: None,
            lookups: Lookups::default(),
            draft: None,
            ahead: VecDeque::new(),
            connections: replicas.addresses.iter().map(|_| None).collect(),
            turn: number as usize, // Else all visitors would begin at the first replica.
            random: fastrand::Rng::with_seed(seed.wrapping_add(u64::from(number))),
            replicas,
        }
    }

    /// The same person in one more window: the same credential, connections and a will of its own.
    pub fn again(&mut self) -> Visitor {
        self.windows += 1; // Else two windows would place the same order under the same key.
        let seed = self.seed.wrapping_add(self.windows << 32);
        let lookups = self.lookups;
        Visitor {
            credential: self.credential.clone(),
            lookups,
            ..Visitor::new(self.number, self.replicas.clone(), seed)
        }
    }

    /// # Errors
    /// When there is no answer within `deadline`, or not the one that the API promises.
    pub async fn log_in(&mut self, who: &LogIn, kind: CredentialKind, deadline: Duration) -> Result<(), NotLoggedIn> {
        let username = who.username.clone();
        let asked = tokio::time::timeout(deadline, self.ask(send(Method::POST, paths::LOGIN, who))).await;
        let answer = match asked.unwrap_or(Err(Failure::TimedOut)) {
            Ok(answer) if answer.status() == 200 => answer,
            Ok(answer) => return Err(NotLoggedIn::Refused { username, status: answer.status().as_u16() }),
            Err(failure) => return Err(NotLoggedIn::NoAnswer { username, failure }),
        };
        let given: LoggedIn = serde_json::from_slice(answer.body()).map_err(|_| NotLoggedIn::Unreadable)?;
        match (given.credential, kind) {
            (Credential::Bearer { access_token, .. }, CredentialKind::Bearer) => {
                let bearer = HeaderValue::try_from(format!("Bearer {access_token}"));
                self.credential = Some((AUTHORIZATION, bearer.map_err(|_| NotLoggedIn::Unreadable)?));
                Ok(())
            }
            // `ask` has put the cookie into the jar.
            (Credential::Cookie, CredentialKind::Cookie) => self.credential().map(drop).ok_or(NotLoggedIn::Unreadable),
            (Credential::Bearer { .. }, _) => Err(NotLoggedIn::OtherKind { given: "a bearer token" }),
            (Credential::Cookie, _) => Err(NotLoggedIn::OtherKind { given: "a cookie" }),
        }
    }

    /// What it brings with every request: the header's name, and its value.
    pub fn credential(&self) -> Option<&(HeaderName, HeaderValue)> {
        self.credential.as_ref()
    }

    /// Does the next thing on its list, and says what that was promised to cost. Anything below 400 is a good answer.
    pub async fn take_step(&mut self, scenario: &Scenario) -> Result<Work, Failure> {
        let step = scenario.next_step(&mut self.ahead, &mut self.random);
        let draft = if matches!(step, Step::Get(_)) { None } else { self.draft.take() };
        let ahead = std::mem::take(&mut self.ahead); // Stays forgotten unless the step succeeds.
        let answer = self.ask(step.ask(draft)).await?;
        if answer.status().as_u16() >= 400 {
            return Err(Failure::Status(answer.status().as_u16()));
        }
        self.ahead = ahead;
        if step.gives_draft() {
            let state: CheckoutState = serde_json::from_slice(answer.body()).map_err(|_| Failure::Garbled)?;
            self.draft = state.draft;
        }
        Ok(promised(&step, self.lookups))
    }

    /// One request to whichever replica is next, and its whole answer.
    pub async fn ask(&mut self, ask: Ask) -> Result<Response<Bytes>, Failure> {
        let replica = self.next_replica();
        let mut connection = match self.connections[replica].take().filter(|open| !open.is_closed()) {
            Some(open) => open,
            None => Connection::open(self.replicas.addresses[replica], self.replicas.bytes.clone()).await?,
        };
        let answer = connection.ask(self.request(replica, ask)).await?;
        // Not before: a connection with half an answer in it must not be used again.
        self.connections[replica] = Some(connection);
        if let Some(cookie) = answer.headers().get(SET_COOKIE).and_then(pair) {
            self.credential = Some((COOKIE, cookie));
        }
        Ok(answer)
    }

    fn next_replica(&mut self) -> usize {
        let count = self.connections.len();
        match self.replicas.balance {
            Balance::Sticky => self.number as usize % count,
            Balance::Random => self.random.usize(..count),
            Balance::RoundRobin => {
                self.turn = self.turn.wrapping_add(1);
                self.turn % count
            }
        }
    }

    fn request(&self, replica: usize, ask: Ask) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(ask.body.clone().unwrap_or_default()));
        *request.method_mut() = ask.method;
        *request.uri_mut() = Uri::from(ask.path);
        let headers = request.headers_mut();
        headers.insert(HOST, self.replicas.hosts[replica].clone());
        if let Some((name, value)) = &self.credential {
            headers.insert(name, value.clone());
        }
        if ask.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(key) = ask.idempotency_key {
            let key = HeaderValue::try_from(key).expect("keys are hexadecimal digits");
            headers.insert(HeaderName::from_static(paths::IDEMPOTENCY_KEY), key);
        }
        request
    }
}

/// `name=value` of a `Set-Cookie`; the rest of the line is for browsers.
fn pair(set_cookie: &HeaderValue) -> Option<HeaderValue> {
    let text = set_cookie.to_str().ok()?;
    HeaderValue::from_str(text.split(';').next()?.trim()).ok()
}
