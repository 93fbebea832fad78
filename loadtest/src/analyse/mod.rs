//! What follows from what was seen?
//!
//! Pure: a recording goes in, findings come out, the same ones for ever. Nothing here knows a process, a socket or a
//! clock, and the only randomness is a bootstrap with a fixed seed.

pub mod any_server;
pub mod auth_cost;
pub mod caching;
pub mod claims;
pub mod component;
pub mod cost;
pub mod credential_cost;
pub mod crossover;
pub mod diff;
pub mod drill;
pub mod forecast;
pub mod interval;
pub mod kill_one;
pub mod lose_redis;
pub mod measure;
pub mod memory;
pub mod noise;
pub mod operational;
pub mod paired;
pub mod rank;
pub mod revocation;
pub mod rolling_deploy;
pub mod rotate_key;
pub mod scale_out;
pub mod sides;
pub mod simplicity;
pub mod step;
pub mod stolen_credential;
pub mod thresholds;
pub mod trust;
pub mod two_tabs;
pub mod usl;
pub mod verdict;
pub mod wire;

mod ledger;
mod rulings;

use serde::Serialize;

use crate::recording::Recording;
use any_server::AnyServer;
use auth_cost::AuthCost;
use caching::Caching;
use claims::Row;
use cost::{Cost, Wanted};
use credential_cost::CredentialCost;
use crossover::Crossover;
use kill_one::KillOne;
use lose_redis::LoseRedis;
use memory::Memory;
use revocation::Revocation;
use rolling_deploy::RollingDeploy;
use rotate_key::RotateKey;
use scale_out::ScaleOut;
use simplicity::Simplicity;
use stolen_credential::StolenCredential;
use trust::{Evidence, Excluded};
use two_tabs::TwoTabs;
use wire::WireBytes;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// The seed's table, re-marked.
    pub claims: Vec<Row>,
    pub auth_cost: Option<AuthCost>,
    pub credential_cost: Option<CredentialCost>,
    pub crossover: Option<Crossover>,
    pub scale_out: Option<ScaleOut>,
    pub any_server: Option<AnyServer>,
    pub kill_one: Option<KillOne>,
    pub lose_redis: Option<LoseRedis>,
    pub rolling_deploy: Option<RollingDeploy>,
    pub memory: Option<Memory>,
    pub wire: Option<WireBytes>,
    pub caching: Option<Caching>,
    pub revocation: Option<Revocation>,
    pub stolen_credential: Option<StolenCredential>,
    pub two_tabs: Option<TwoTabs>,
    pub rotate_key: Option<RotateKey>,
    pub cost: Option<Cost>,
    pub simplicity: Option<Simplicity>,
    /// Samples that decided nothing, and why.
    pub excluded: Vec<Excluded>,
}

/// `wanted` is for whom it is priced; nothing else depends on it.
pub fn findings(recording: &Recording, wanted: &Wanted) -> Findings {
    let evidence = Evidence::weigh(recording);
    let (memory, wire) = (memory::findings(recording), wire::findings(recording));
    let mut findings = Findings {
        claims: Vec::new(),
        auth_cost: auth_cost::findings(&evidence),
        credential_cost: credential_cost::findings(&evidence),
        crossover: crossover::findings(&evidence),
        scale_out: scale_out::findings(&evidence),
        any_server: any_server::findings(recording),
        kill_one: kill_one::findings(recording),
        lose_redis: lose_redis::findings(recording),
        rolling_deploy: rolling_deploy::findings(recording),
        caching: caching::findings(recording),
        revocation: revocation::findings(recording),
        stolen_credential: stolen_credential::findings(recording),
        two_tabs: two_tabs::findings(recording),
        rotate_key: rotate_key::findings(recording),
        cost: cost::findings(&evidence, wire.as_ref(), memory.as_ref(), wanted),
        memory,
        wire,
        simplicity: simplicity::findings(recording),
        excluded: Vec::new(),
    };
    findings.claims = ledger::table(&evidence, &findings);
    findings.excluded = evidence.excluded;
    findings
}
