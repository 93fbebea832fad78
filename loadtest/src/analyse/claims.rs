//! What did the seed claim, and what became of it?
//!
//! The comparison table of the seed, row by row, and one line of its list of challenges. A row that nothing in this
//! recording decides says so.

use serde::Serialize;

use super::STATELESS;
use super::auth_cost::AuthCost;
use super::interval::Estimate;
use super::measure::Metric;
use super::noise::Band;
use super::rulings;
use super::scale_out::ScaleOut;
use super::trust::Evidence;
use super::verdict::Verdict;
use super::wire::WireBytes;
use crate::recording::Experiment;

/// A row of the seed's table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub aspect: &'static str,
    pub stateless: &'static str,
    pub stateful: &'static str,
    /// The row in words that a measurement can contradict.
    pub claims: Vec<Claim>,
}

impl Row {
    /// The experiment without which nothing at all can be said about this row.
    pub fn waits_for(&self) -> Option<&'static str> {
        let mut waits = self.claims.iter().map(|claim| match claim.ruling {
            Ruling::NotMeasured { experiment } => Some(experiment),
            Ruling::Decided(_) => None,
        });
        let first = waits.next()??;
        waits.all(|wait| wait.is_some()).then_some(first)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    pub says: &'static str,
    pub ruling: Ruling,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Ruling {
    Decided(Decision),
    /// The experiment that would decide it was not part of this run.
    NotMeasured {
        experiment: &'static str,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    pub experiment: Experiment,
    pub verdict: Verdict,
    /// What decided, when it is one ratio.
    pub effect: Option<Effect>,
    /// One or two sentences with the figures.
    pub because: String,
}

/// What a ratio is a ratio to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Yardstick {
    /// Stateless over stateful.
    OtherSide,
    /// The stateless side over what it could be at best.
    Ideal,
}

/// A ratio, where 1 is no difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    pub to: Yardstick,
    /// "× the CPU of a session".
    pub reads: &'static str,
    pub ratio: Estimate,
    pub band: Option<Band>,
}

pub fn table(
    evidence: &Evidence,
    auth: Option<&AuthCost>,
    scale: Option<&ScaleOut>,
    wire: Option<&WireBytes>,
) -> Vec<Row> {
    let judged = |says, experiment, decision: Option<Decision>| Claim {
        says,
        ruling: decision.map_or_else(|| unjudged(evidence, experiment), Ruling::Decided),
    };
    use Experiment::{AuthCost, ScaleOut, Wire};
    let scaling = vec![
        judged("A stateless fleet grows with its replicas", ScaleOut, rulings::grows(scale, STATELESS)),
        judged("A stateful fleet is limited by its session storage", ScaleOut, rulings::limited_by_store(scale)),
    ];
    let performance = vec![
        judged("A token needs no session lookup", AuthCost, rulings::lookups(auth)),
        judged("A request with a token costs less CPU", AuthCost, rulings::lower(auth, Metric::FleetCpu)),
        judged("The slowest percent of answers comes sooner with a token", AuthCost, rulings::lower(auth, Metric::P99)),
    ];
    let size = vec![judged("A request with a token is larger", Wire, rulings::larger(wire))];
    let mut rows = vec![
        Row {
            aspect: "Scalability",
            stateless: "Excellent horizontal scaling",
            stateful: "Limited by session storage",
            claims: scaling,
        },
        Row {
            aspect: "Performance",
            stateless: "Fast, no session lookup",
            stateful: "May be slower due to session overhead",
            claims: performance,
        },
    ];
    rows.extend(not_in_this_program());
    rows.push(Row { aspect: "Request size", stateless: "Increased request size", stateful: "–", claims: size });
    rows
}

/// Nothing to judge by: was it not tried, or did it fail?
fn unjudged(evidence: &Evidence, experiment: Experiment) -> Ruling {
    if !evidence.was_tried(experiment) {
        return Ruling::NotMeasured { experiment: crate::words::experiment(experiment) };
    }
    let because =
        "It was tried, and too few of its samples can be trusted; each is listed below with the reason.".into();
    Ruling::Decided(Decision { experiment, verdict: Verdict::Inconclusive, effect: None, because })
}

/// The rest of the seed's table, with the experiment that each row waits for.
fn not_in_this_program() -> Vec<Row> {
    let rows = [
        (
            "Reliability",
            "High fault tolerance",
            "Session data can be lost",
            "A killed replica loses no client state",
            "kill-one",
        ),
        (
            "Memory usage",
            "Low server memory",
            "Higher due to session storage",
            "A login without a session takes no memory",
            "memory",
        ),
        (
            "Development",
            "Simpler server logic",
            "Complex session management",
            "The stateless server is the shorter one",
            "simplicity",
        ),
        (
            "Security",
            "Token-based, can be secure",
            "Session fixation vulnerabilities",
            "A stolen credential is worth less with tokens",
            "stolen-credential",
        ),
        (
            "Caching",
            "Easy to cache responses",
            "Difficult due to user-specific data",
            "A shared cache helps only without sessions",
            "caching",
        ),
    ];
    let row = |(aspect, stateless, stateful, says, experiment)| {
        let claims = vec![Claim { says, ruling: Ruling::NotMeasured { experiment } }];
        Row { aspect, stateless, stateful, claims }
    };
    rows.into_iter().map(row).collect()
}
