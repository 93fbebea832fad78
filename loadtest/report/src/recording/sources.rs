//! Source counts: what are the servers written in?

use serde::{Deserialize, Serialize};

/// The sources that the program was built beside, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sources {
    pub files: Vec<Source>,
    /// Files that both servers have.
    pub twins: Vec<Twin>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    pub owner: Owner,
    /// Below the owner's own folder.
    pub file: String,
    /// Lines with code that is no test.
    pub code: u64,
    /// Lines with nothing but a comment, tests left out.
    pub comments: u64,
    /// Lines of tests, with code or a comment.
    pub tests: u64,
    /// Structs and enums that are declared, tests left out.
    pub types: u64,
    pub traits: u64,
    /// Options that somebody who starts the server can set.
    pub settings: u64,
    /// Tasks that go on beside the requests.
    pub tasks: u64,
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    Stateless,
    Stateful,
    /// Written once, for whoever asks Redis.
    #[serde(rename = "redisLink")]
    RedisConnection,
}

/// A file that both servers have, line by line; comments and empty lines left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Twin {
    pub file: String,
    pub same: u64,
    pub only_stateless: u64,
    pub only_stateful: u64,
}
