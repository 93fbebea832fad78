//! Caching trial: what did a shared cache do for several users who asked for the same?

use serde::{Deserialize, Serialize};

use crate::recording::Mode;

/// Several people asked for one target through one cache, in turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CacheTrial {
    pub mode: Mode,
    pub cache: SharedCache,
    pub fields: AnswerFields,
    pub rule: CredentialRule,
    pub brought: Brought,
    pub path: String,
    pub meant_for: MeantFor,
    /// What the origin says of its answer; empty: nothing.
    pub cache_control: String,
    pub vary: String,
    pub people: u32,
    /// Answered with 200, of the plain requests: those without `If-None-Match`.
    pub answered: u32,
    /// Answered with something else.
    pub refused: u32,
    /// Of the answered: those that the cache says it gave by itself.
    pub hits: u32,
    /// Of the answered: those that name somebody who did not ask.
    pub leaks: u32,
    /// Who was named to whom: "visitor-1 to visitor-2".
    pub leaked: Vec<String>,
    /// Of the plain requests: what the origin sent to the cache, and the cache to the people, heads and all.
    pub origin_bytes: u64,
    pub client_bytes: u64,
    /// The same requests once more, with `If-None-Match`.
    pub again: Option<Revalidation>,
}

/// People asked again for what they had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revalidation {
    pub requests: u32,
    /// Answered with 304.
    pub not_modified: u32,
    /// What the plain answers took beyond these, on the way to the people.
    pub saved_bytes: u64,
    /// What the origin sent to the cache for them.
    pub origin_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SharedCache {
    Nginx,
    Varnish,
}

/// What the cache does with `Cache-Control`, `Expires` and `Vary`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerFields {
    Kept,
    Dropped,
}

/// What a request's credential means to the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialRule {
    /// What the program does by itself.
    AsInstalled,
    /// RFC 9111, section 3.5: `Authorization` forbids to keep an answer that does not allow it. Nothing about `Cookie`.
    AsTheRfc,
    Overlooked,
}

/// What the people had in their requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Brought {
    Nothing,
    Authorization,
    Cookie,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeantFor {
    Everybody,
    /// The answer is another one for each caller.
    TheCaller,
}
