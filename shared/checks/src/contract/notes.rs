//! Client notes: what does a client write down?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::contract::response::CheckedResponse;
use shared::api::credential::{Credential, LoggedIn};

/// What a client was given and brings back.
#[derive(Debug, Default, Clone)]
pub(super) struct Kept {
    pub(super) access_token: Option<String>,
    pub(super) refresh_token: Option<String>,
    /// `name=value`
    pub(super) cookie: Option<String>,
    pub(super) draft: Option<String>,
}

/// What all clients of one check were told, for whoever reads the servers' logs afterwards.
#[derive(Debug, Default, Clone)]
pub(super) struct Trail {
    /// Credentials, drafts and passwords.
    pub(super) secrets: BTreeSet<String>,
    /// What was asked, by the request id of its answer.
    pub(super) requests: BTreeMap<String, String>,
}

/// One client's own, and what it has in common with all others.
#[derive(Debug, Default, Clone)]
pub(super) struct Notes {
    kept: Arc<Mutex<Kept>>,
    trail: Arc<Mutex<Trail>>,
}

/// Fields of a request that are nobody else's business.
const CONFIDED: &[&str] = &["password", "current", "new"];

impl Notes {
    /// Those of somebody new.
    pub(super) fn blank(&self) -> Notes {
        Notes { kept: Arc::default(), trail: self.trail.clone() }
    }

    /// Those of somebody who copied them, and writes down something else from now on.
    pub(super) fn copy(&self) -> Notes {
        Notes { kept: Arc::new(Mutex::new(self.kept().clone())), trail: self.trail.clone() }
    }

    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn trail(&self) -> MutexGuard<'_, Trail> {
        self.trail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn confide(&self, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let told = CONFIDED.iter().filter_map(|field| body.get(field)?.as_str());
        self.trail().secrets.extend(told.map(str::to_owned));
    }

    /// Keeps what was given in an answer.
    pub(super) fn keep(&self, answer: &CheckedResponse) {
        let mut kept = self.kept();
        let mut trail = self.trail();
        trail.requests.insert(
            answer.header("x-request-id").to_owned(),
            format!(
                "{} → {} at {} by {}",
                answer.to,
                answer.status,
                jiff::Timestamp::now(),
                answer.header("x-served-by")
            ),
        );
        if let Some(cookie) = &answer.cookie {
            kept.cookie = Some(cookie.clone()).filter(|cookie| !cookie.ends_with('='));
            trail.secrets.extend(kept.cookie.as_ref().and_then(|cookie| Some(cookie.split_once('=')?.1.to_owned())));
        }
        if let Ok(LoggedIn { credential: Credential::Bearer { access_token, refresh_token, .. }, .. }) =
            answer.json(200)
        {
            trail.secrets.extend([access_token.clone(), refresh_token.clone()]);
            kept.access_token = Some(access_token);
            kept.refresh_token = Some(refresh_token);
        }
        if let Ok(Value::Object(fields)) = serde_json::from_str(&answer.body)
            && answer.status < 300
            && let Some(draft) = fields.get("draft")
        {
            kept.draft = draft.as_str().map(str::to_owned);
            trail.secrets.extend(kept.draft.clone());
        }
    }
}
