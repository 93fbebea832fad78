//! What was given to somebody who logged in, and how is it brought back?

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::request::Ask;
use crate::response::Answer;
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

impl Ask {
    /// With whatever this login was given.
    pub fn by(self, login: &Login) -> Ask {
        self.with(login.carrier(), login.credential())
    }
}

/// The request of somebody who logs in.
pub fn credentials(username: &str, password: &str) -> Ask {
    Ask::post(paths::LOGIN).json(&json!({ "username": username, "password": password }))
}

impl Login {
    /// # Errors
    /// It was refused.
    pub fn of(answer: &Answer) -> Result<Login> {
        let body = answer.json(200)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Login {
            id: body["user"]["id"].as_i64().context("a login without an id")?,
            username: text(&body["user"]["username"]).context("a login without a name")?,
            access: text(&body["credential"]["accessToken"]),
            refresh: text(&body["credential"]["refreshToken"]),
            cookie: answer.cookie(),
        })
    }

    /// The header field that carries the credential.
    pub fn carrier(&self) -> &'static str {
        if self.access.is_some() { "Authorization" } else { "Cookie" }
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

    pub fn whoami(&self) -> Ask {
        Ask::get(paths::WHOAMI).by(self)
    }

    pub fn log_out(&self) -> Ask {
        Ask::post(paths::LOGOUT).by(self)
    }

    /// Renews it: the refresh token in the body where there is one, the cookie where there is none.
    pub fn refresh(&self) -> Ask {
        match &self.refresh {
            Some(token) => Ask::post(paths::REFRESH).json(&json!({ "refreshToken": token })),
            None => Ask::post(paths::REFRESH).by(self),
        }
    }
}
