//! Users: who visits, and what were they given?
//!
//! A user logs in once and from then on sends what it was given, a token or a cookie. It does not know what either
//! means, which is why one kind of user visits both servers.

use std::net::SocketAddr;
use std::time::Duration;

use shared::api::credential::{Credential, LogIn, LoggedIn};
use shared::api::meta::CredentialKind;
use shared::api::paths;
use wire::client::Client;
use wire::error::Error;
use wire::request::Request;

use crate::failure::Failure;

/// As whom the visitors log in.
#[derive(Debug, Clone)]
pub enum Accounts {
    /// `visitor-1`, `visitor-2`, …, as a server with `--demo-visitors` knows them.
    PerVisitor,
    One(LogIn),
}

impl Accounts {
    pub fn of(&self, number: u32) -> LogIn {
        match self {
            Accounts::PerVisitor => LogIn { username: format!("visitor-{number}"), password: "visitor".into() },
            Accounts::One(account) => account.clone(),
        }
    }
}

#[derive(Debug)]
pub struct User {
    /// From 1.
    pub number: u32,
    pub account: LogIn,
    given: Option<Given>,
}

/// What the server handed out.
#[derive(Debug)]
struct Given {
    /// A whole header field.
    field: String,
    refresh_token: Option<String>,
}

/// Why a visitor is not logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    #[error("{username} got no response to POST /login ({error}): is the server running?")]
    NoResponse { username: String, error: Error },
    #[error(
        "{username} was refused at POST /login with {status}: is the password right, and are there enough --demo-visitors?"
    )]
    Refused { username: String, status: u16 },
    #[error("the answer to POST /login is not what the API promises: is this one of our two servers?")]
    Unreadable,
    #[error("the server hands out {given}: choose that with --credential")]
    OtherKind { given: &'static str },
}

impl User {
    /// Without a credential.
    pub fn new(number: u32, account: LogIn) -> User {
        User { number, account, given: None }
    }

    /// The header field that it brings with every request.
    pub fn credential(&self) -> Option<&str> {
        self.given.as_ref().map(|given| given.field.as_str())
    }

    pub fn refresh_token(&self) -> Option<String> {
        self.given.as_ref()?.refresh_token.clone()
    }

    /// Logs in over a connection of its own: nobody is measured yet.
    ///
    /// # Errors
    /// When there is no response within `timeout`, or not the one that the API promises.
    pub async fn log_in(
        &mut self,
        server: SocketAddr,
        kind: CredentialKind,
        timeout: Duration,
    ) -> Result<(), LoginError> {
        let username = self.account.username.clone();
        let request = Request::post(paths::LOGIN).json(&self.account);
        let answer = match Client::with_patience(timeout).send(&format!("http://{server}"), &request).await {
            Ok(answer) if answer.status == 200 => answer,
            Ok(answer) => return Err(LoginError::Refused { username, status: answer.status }),
            Err(error) => return Err(LoginError::NoResponse { username, error }),
        };
        let given: LoggedIn = serde_json::from_slice(&answer.body).map_err(|_| LoginError::Unreadable)?;
        match (&given.credential, kind) {
            (Credential::Bearer { .. }, CredentialKind::Cookie) => {
                return Err(LoginError::OtherKind { given: "a bearer token" });
            }
            (Credential::Cookie, CredentialKind::Bearer) => return Err(LoginError::OtherKind { given: "a cookie" }),
            _ => {}
        }
        self.keep(answer.cookie);
        self.take(&answer.body).ok().filter(|()| self.given.is_some()).ok_or(LoginError::Unreadable)
    }

    /// Puts a cookie that came with an answer into the jar.
    pub fn keep(&mut self, cookie: Option<String>) {
        if let Some(pair) = cookie {
            self.given = Some(Given { field: format!("cookie: {pair}"), refresh_token: None });
        }
    }

    /// Remembers what the body of a login or a renewal hands out: a token, or nothing beside the cookie.
    pub fn take(&mut self, body: &[u8]) -> Result<(), Failure> {
        let given: LoggedIn = serde_json::from_slice(body).map_err(|_| Failure::Malformed)?;
        if let Credential::Bearer { access_token, refresh_token, .. } = given.credential {
            let field = format!("authorization: Bearer {access_token}");
            self.given = Some(Given { field, refresh_token: Some(refresh_token) });
        }
        Ok(())
    }

    pub fn forget(&mut self) {
        self.given = None;
    }
}
