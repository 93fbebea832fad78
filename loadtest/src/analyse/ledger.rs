//! What did the textbook claim, and what became of it?
//!
//! The comparison table of the textbook, row by row, and one line of its list of challenges. A row that nothing in this
//! recording decides says so.

use super::auth_cost::AuthCost;
use super::claims::{Claim, Decision, Row, Ruling};
use super::measure::Metric;
use super::rulings;
use super::scale_out::ScaleOut;
use super::sides::STATELESS;
use super::trust::Evidence;
use super::verdict::Verdict;
use super::wire::WireBytes;
use crate::recording::Experiment;
use crate::words;

/// What the textbook says of both sides, and what it means in words that a measurement can contradict.
struct Said {
    aspect: &'static str,
    stateless: &'static str,
    stateful: &'static str,
}

const SCALABILITY: Said =
    Said { aspect: "Scalability", stateless: "Excellent horizontal scaling", stateful: "Limited by session storage" };
const PERFORMANCE: Said = Said {
    aspect: "Performance",
    stateless: "Fast, no session lookup",
    stateful: "May be slower due to session overhead",
};
/// From the textbook's list of challenges, where only one side is spoken of.
const REQUEST_SIZE: Said = Said { aspect: "Request size", stateless: "Increased request size", stateful: "–" };

/// The rest of the table: what is said, the claim, and the experiment that it waits for.
const WAITING: [(Said, &str, &str); 5] = [
    (
        Said { aspect: "Reliability", stateless: "High fault tolerance", stateful: "Session data can be lost" },
        "A killed replica loses no client state",
        "kill-one",
    ),
    (
        Said { aspect: "Memory usage", stateless: "Low server memory", stateful: "Higher due to session storage" },
        "A login without a session takes no memory",
        "memory",
    ),
    (
        Said { aspect: "Development", stateless: "Simpler server logic", stateful: "Complex session management" },
        "The stateless server is the shorter one",
        "simplicity",
    ),
    (
        Said {
            aspect: "Security",
            stateless: "Token-based, can be secure",
            stateful: "Session fixation vulnerabilities",
        },
        "A stolen credential is worth less with tokens",
        "stolen-credential",
    ),
    (
        Said {
            aspect: "Caching",
            stateless: "Easy to cache responses",
            stateful: "Difficult due to user-specific data",
        },
        "A shared cache helps only without sessions",
        "caching",
    ),
];

/// What each experiment found, if it did.
pub(super) struct Found<'a> {
    pub(super) auth_cost: Option<&'a AuthCost>,
    pub(super) scale_out: Option<&'a ScaleOut>,
    pub(super) wire: Option<&'a WireBytes>,
}

pub(super) fn table(evidence: &Evidence, found: &Found) -> Vec<Row> {
    let waiting = WAITING.into_iter().map(|(said, says, experiment)| {
        let claim = Claim { says, ruling: Ruling::NotMeasured { experiment } };
        said.row(vec![claim])
    });
    let mut rows = vec![SCALABILITY.row(scalability(evidence, found)), PERFORMANCE.row(performance(evidence, found))];
    rows.extend(waiting);
    rows.push(REQUEST_SIZE.row(request_size(evidence, found)));
    rows
}

fn scalability(evidence: &Evidence, found: &Found) -> Vec<Claim> {
    let judged = |says, decision| judged(evidence, Experiment::ScaleOut, says, decision);
    vec![
        judged("A stateless fleet grows with its replicas", rulings::grows(found.scale_out, STATELESS)),
        judged("A stateful fleet is limited by its session storage", rulings::limited_by_store(found.scale_out)),
    ]
}

fn performance(evidence: &Evidence, found: &Found) -> Vec<Claim> {
    let judged = |says, decision| judged(evidence, Experiment::AuthCost, says, decision);
    let lower = |metric| rulings::lower(found.auth_cost, metric);
    vec![
        judged("A token needs no session lookup", rulings::lookups(found.auth_cost)),
        judged("A request with a token costs less CPU", lower(Metric::FleetCpu)),
        judged("The slowest percent of answers comes sooner with a token", lower(Metric::P99)),
    ]
}

fn request_size(evidence: &Evidence, found: &Found) -> Vec<Claim> {
    vec![judged(evidence, Experiment::Wire, "A request with a token is larger", rulings::larger(found.wire))]
}

/// Without a decision: was it not tried, or did it fail?
fn judged(evidence: &Evidence, experiment: Experiment, says: &'static str, decision: Option<Decision>) -> Claim {
    let ruling = match decision {
        Some(decision) => Ruling::Decided(decision),
        None if evidence.was_tried(experiment) => Ruling::Decided(distrusted(experiment)),
        None => Ruling::NotMeasured { experiment: words::experiment(experiment) },
    };
    Claim { says, ruling }
}

fn distrusted(experiment: Experiment) -> Decision {
    let because =
        "It was tried, and too few samples came of it that can be trusted; the others are listed below.".into();
    Decision { experiment, verdict: Verdict::Inconclusive, effect: None, because }
}

impl Said {
    fn row(self, claims: Vec<Claim>) -> Row {
        Row { aspect: self.aspect, stateless: self.stateless, stateful: self.stateful, claims }
    }
}
