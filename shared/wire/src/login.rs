//! Login: what was given to a user who logged in, and how is it brought back?

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::client;
use crate::request::Request;
use crate::response::Response;
use shared::api::paths;

/// Somebody who logged in, with all that was given for it.
#[derive(Debug, Clone)]
pub struct Login {
    pub id: i64,
    pub username: String,
    pub access: Option<String>,
    pub refresh: Option<String>,
    /// `name=value`
    pub cookie: Option<String>,
}

impl Request {
    /// With whatever this login was given.
    pub fn by(self, login: &Login) -> Request {
        self.with(login.carrier(), login.credential())
    }
}

/// Logs in, on a connection of its own.
///
/// # Errors
/// It is refused, or there is no response.
pub async fn log_in(url: &str, username: &str, password: &str) -> Result<Login> {
    let response = client::send(url, &credentials(username, password)).await?;
    Login::of(&response).with_context(|| format!("{username} cannot log in"))
}

/// The request of somebody who logs in.
pub fn credentials(username: &str, password: &str) -> Request {
    Request::post(paths::LOGIN).json(&json!({ "username": username, "password": password }))
}

impl Login {
    /// # Errors
    /// It was refused.
    pub fn of(response: &Response) -> Result<Login> {
        let body = response.json(200)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Login {
            id: body["user"]["id"].as_i64().context("a login without an id")?,
            username: text(&body["user"]["username"]).context("a login without a name")?,
            access: text(&body["credential"]["accessToken"]),
            refresh: text(&body["credential"]["refreshToken"]),
            cookie: response.given_cookie(),
        })
    }

    /// Takes over what a response gives: another cookie, and after a renewal other tokens.
    pub fn keep(&mut self, response: &Response) {
        if let Some(cookie) = response.given_cookie() {
            self.cookie = Some(cookie);
        }
        if let Ok(Login { access: Some(access), refresh, .. }) = Login::of(response) {
            (self.access, self.refresh) = (Some(access), refresh);
        }
    }

    /// The header field that carries the credential.
    pub fn carrier(&self) -> &'static str {
        if self.access.is_some() { "authorization" } else { "cookie" }
    }

    /// The value of that field.
    pub fn credential(&self) -> String {
        match (&self.access, &self.cookie) {
            (Some(token), _) => format!("Bearer {token}"),
            (None, Some(cookie)) => cookie.clone(),
            (None, None) => String::new(),
        }
    }

    /// The token itself, or what stands behind the cookie's name.
    pub fn secret(&self) -> &str {
        let cookie = self.cookie.as_deref().and_then(|pair| pair.split_once('=')).map(|(_, value)| value);
        self.access.as_deref().or(cookie).unwrap_or_default()
    }

    /// The same login with another token, or another value of the cookie.
    pub fn forged(&self, secret: &str) -> Login {
        let name = self.cookie.as_deref().and_then(|pair| pair.split('=').next()).unwrap_or_default();
        let cookie = self.cookie.as_ref().map(|_| format!("{name}={secret}"));
        Login { access: self.access.as_ref().map(|_| secret.to_owned()), cookie, ..self.clone() }
    }

    pub fn whoami(&self) -> Request {
        Request::get(paths::WHOAMI).by(self)
    }

    pub fn log_out(&self) -> Request {
        Request::post(paths::LOGOUT).by(self)
    }

    /// Renews it: the refresh token in the body where there is one, the cookie where there is none.
    pub fn refresh(&self) -> Request {
        match &self.refresh {
            Some(token) => Request::post(paths::REFRESH).json(&json!({ "refreshToken": token })),
            None => Request::post(paths::REFRESH).by(self),
        }
    }
}
