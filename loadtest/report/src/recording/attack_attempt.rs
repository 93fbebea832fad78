//! Attack attempt: what came of one?

use serde::{Deserialize, Serialize};

use crate::recording::Mode;

/// A cell of the grid: one stimulus on one mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttackAttempt {
    /// The question that it belongs to, as a plan calls it, and in words.
    pub topic: String,
    pub question: String,
    pub stimulus: String,
    /// The rule behind the declaration.
    pub source: String,
    pub mode: Mode,
    pub seen: Reaction,
    pub declared: Reaction,
    /// What somebody gains where it is accepted, as it was declared to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weakness: Option<String>,
}

/// Tries that belong together agree, or it is broken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "came", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reaction {
    /// With these statuses; with none of them the server hung up.
    Refused {
        statuses: Vec<u16>,
    },
    Accepted,
    /// It got through, and what was odd about it changed nothing.
    Ignored,
    /// It got through where the request had one of these words, and was refused elsewhere.
    OnlyWith {
        words: Vec<String>,
    },
    /// What was measured kept within its bound.
    Held,
    /// There is no such thing on this mode.
    NotApplicable,
    /// What no mode may do, in a sentence.
    Broken {
        sentence: String,
    },
}
