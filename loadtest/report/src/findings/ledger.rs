//! What did the textbook claim, and what became of it?
//!
//! The comparison table of the textbook, row by row, and some lines of its lists. A row that nothing in this
//! recording decides says so.

use super::Findings;
use crate::evidence::claims::{Claim, Decision, Row, Ruling, says};
use crate::evidence::metric::Metric;
use crate::evidence::sides::STATELESS;
use crate::evidence::sides::Side;
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::validity::Evidence;
use crate::evidence::verdict::Verdict;
use crate::experiments::any_server::findings as any_server;
use crate::experiments::caching::findings as caching;
use crate::experiments::crossover::findings as crossover;
use crate::experiments::kill_one::findings as kill_one;
use crate::experiments::lose_redis::findings as lose_redis;
use crate::experiments::memory::findings as memory;
use crate::experiments::revocation::findings as revocation;
use crate::experiments::rolling_deploy::findings as rolling_deploy;
use crate::experiments::rotate_key::findings as rotate_key;
use crate::experiments::rulings;
use crate::experiments::simplicity::findings as simplicity;
use crate::experiments::stolen_credential::findings as stolen_credential;
use crate::experiments::two_tabs::findings as two_tabs;
use crate::recording::Experiment;
use crate::words;

/// What the textbook says of both sides, and what it means in words that a measurement can contradict.
struct Said {
    aspect: &'static str,
    stateless: &'static str,
    stateful: &'static str,
}

pub(crate) fn table(evidence: &Evidence, found: &Findings) -> Vec<Row> {
    let rows = [
        (SCALABILITY, scalability(found)),
        (PERFORMANCE, performance(found)),
        (RELIABILITY, reliability(found)),
        (MEMORY, memory(found)),
        (DEVELOPMENT, development(found)),
        (SECURITY, security(found)),
        (CACHING, caching(found)),
        (REQUEST_SIZE, request_size(found)),
        (TOKEN_MANAGEMENT, token_management(found)),
        (WORKFLOWS, workflows(found)),
    ];
    let judge = |asked: Vec<Asked>| asked.into_iter().map(|asked| judged(evidence, asked)).collect();
    rows.map(|(said, asked)| said.row(judge(asked))).into()
}

const fn said(aspect: &'static str, stateless: &'static str, stateful: &'static str) -> Said {
    Said { aspect, stateless, stateful }
}

const SCALABILITY: Said = said("Scalability", "Excellent horizontal scaling", "Limited by session storage");
const PERFORMANCE: Said = said("Performance", "Fast, no session lookup", "May be slower due to session overhead");
const RELIABILITY: Said = said("Reliability", "High fault tolerance", "Session data can be lost");
const MEMORY: Said = said("Memory usage", "Low server memory", "Higher due to session storage");
const DEVELOPMENT: Said = said("Development", "Simpler server logic", "Complex session management");
const SECURITY: Said = said("Security", "Token-based, can be secure", "Session fixation vulnerabilities");
const CACHING: Said = said("Caching", "Easy to cache responses", "Difficult due to user-specific data");
/// From the textbook's lists, where only one side is spoken of.
const REQUEST_SIZE: Said = said("Request size", "Increased request size", "–");
const TOKEN_MANAGEMENT: Said = said("Token management", "Token management and renewal", "–");
const WORKFLOWS: Said = said("Workflows", "–", "For complex user workflows with multiple steps");

/// The experiment, the claim in words that a measurement can contradict, and what was decided.
type Asked = (Experiment, Side, &'static str, Option<Decision>);

fn scalability(found: &Findings) -> Vec<Asked> {
    let any = found.any_server.as_ref();
    vec![
        (
            Experiment::ScaleOut,
            Stateless,
            "A stateless fleet grows with its replicas",
            rulings::grows(found.scale_out.as_ref(), STATELESS),
        ),
        (
            Experiment::ScaleOut,
            Stateful,
            "A stateful fleet is limited by its session storage",
            rulings::limited_by_store(found.scale_out.as_ref()),
        ),
        (Experiment::AnyServer, Stateless, "Any replica can answer a token", any_server::stateless(any)),
        (
            Experiment::AnyServer,
            Stateful,
            "A session needs a client that sticks to its replica",
            any_server::stateful(any),
        ),
    ]
}

fn performance(found: &Findings) -> Vec<Asked> {
    let auth = found.auth_cost.as_ref();
    let lower = |metric| rulings::lower(auth, metric);
    vec![
        (Experiment::AuthCost, Stateless, says::NO_LOOKUP, rulings::lookups(auth)),
        (Experiment::AuthCost, Stateless, "A request with a token costs less CPU", lower(Metric::FleetCpu)),
        (
            Experiment::AuthCost,
            Stateful,
            "The slowest percent of answers comes later with a session",
            lower(Metric::P99),
        ),
        (
            Experiment::Crossover,
            Stateless,
            "A token is checked sooner than a session, wherever Redis is",
            crossover::sooner(found.crossover.as_ref()),
        ),
    ]
}

fn reliability(found: &Findings) -> Vec<Asked> {
    let (kill, lose) = (found.kill_one.as_ref(), found.lose_redis.as_ref());
    vec![
        (
            Experiment::KillOne,
            Stateless,
            "A killed replica takes no state of a stateless client with it",
            kill_one::stateless(kill),
        ),
        (Experiment::KillOne, Stateful, "A killed replica takes sessions with it", kill_one::stateful(kill)),
        (Experiment::LoseRedis, Stateful, "Session data can be lost", lose_redis::lost(lose)),
        (
            Experiment::LoseRedis,
            Stateless,
            "A stateless fleet does not notice when Redis fails",
            lose_redis::unnoticed(lose),
        ),
    ]
}

fn memory(found: &Findings) -> Vec<Asked> {
    let memory = found.memory.as_ref();
    vec![
        (Experiment::Memory, Stateless, says::NO_MEMORY, memory::stateless(memory)),
        (
            Experiment::Memory,
            Stateful,
            "A session takes server memory for as long as it lasts",
            memory::stateful(memory),
        ),
    ]
}

fn development(found: &Findings) -> Vec<Asked> {
    let deploy = found.rolling_deploy.as_ref();
    vec![
        (
            Experiment::Simplicity,
            Stateless,
            "The stateless server is the simpler one",
            simplicity::shorter(found.simplicity.as_ref()),
        ),
        (
            Experiment::RollingDeploy,
            Stateless,
            "A stateless fleet is replaced without anybody noticing",
            rolling_deploy::unnoticed(deploy),
        ),
        (
            Experiment::RollingDeploy,
            Stateful,
            "A stateful fleet logs people out when it is replaced",
            rolling_deploy::logged_out(deploy),
        ),
    ]
}

fn security(found: &Findings) -> Vec<Asked> {
    let (stolen, revocation) = (found.stolen_credential.as_ref(), found.revocation.as_ref());
    vec![
        (Experiment::StolenCredential, Stateless, "A forged token is refused", stolen_credential::forged(stolen)),
        (
            Experiment::StolenCredential,
            Stateful,
            "A session can be fixed on its victim",
            stolen_credential::fixation(stolen),
        ),
        (
            Experiment::StolenCredential,
            Stateless,
            "A stolen token works for longer than a stolen cookie",
            stolen_credential::replayed(stolen),
        ),
        (Experiment::Revocation, Stateless, says::OUTLIVES, revocation::outlives(revocation)),
        (Experiment::Revocation, Stateless, says::AT_ONCE, revocation::bought(revocation)),
    ]
}

fn caching(found: &Findings) -> Vec<Asked> {
    let caching = found.caching.as_ref();
    vec![
        (
            Experiment::Caching,
            Stateless,
            "A shared cache can answer for the stateless server",
            caching::stateless(caching),
        ),
        (
            Experiment::Caching,
            Stateful,
            "A shared cache cannot answer for the stateful one",
            caching::stateful(caching),
        ),
    ]
}

fn request_size(found: &Findings) -> Vec<Asked> {
    vec![(Experiment::Wire, Stateless, "A request with a token is larger", rulings::larger(found.wire.as_ref()))]
}

fn token_management(found: &Findings) -> Vec<Asked> {
    let decision = rotate_key::stateless(found.rotate_key.as_ref());
    vec![(Experiment::RotateKey, Stateless, "A new signing key is a burden that tokens bring with them", decision)]
}

fn workflows(found: &Findings) -> Vec<Asked> {
    let decision = two_tabs::workflows(found.two_tabs.as_ref());
    vec![(Experiment::TwoTabs, Stateful, "Work in several steps is safer in a session", decision)]
}

/// Without a decision: was it not tried, or did it fail?
fn judged(evidence: &Evidence, (experiment, of, says, decision): Asked) -> Claim {
    let ruling = match decision {
        Some(decision) => Ruling::Decided(decision),
        None if evidence.was_tried(experiment) => Ruling::Decided(distrusted(experiment)),
        None => Ruling::NotMeasured { experiment: words::experiment(experiment) },
    };
    Claim { of, says, ruling }
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
