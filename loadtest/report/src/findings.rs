//! What follows from what was seen?
//!
//! Pure: a recording goes in, findings come out, the same ones for ever. Nothing here knows a process, a socket or a
//! clock, and the only randomness is a bootstrap with a fixed seed.

mod ledger;

use serde::Serialize;

use crate::evidence::claims::Row;
use crate::evidence::validity::{Evidence, Excluded};
use crate::experiments::any_server::findings::{self as any_server, AnyServer};
use crate::experiments::auth_cost::findings::{self as auth_cost, AuthCost};
use crate::experiments::caching::findings::{self as caching, Caching};
use crate::experiments::credential_cost::findings::{self as credential_cost, CredentialCost};
use crate::experiments::crossover::findings::{self as crossover, Crossover};
use crate::experiments::kill_one::findings::{self as kill_one, KillOne};
use crate::experiments::lose_redis::findings::{self as lose_redis, LoseRedis};
use crate::experiments::memory::findings::{self as memory, Memory};
use crate::experiments::request_size::findings::{self as wire, WireBytes};
use crate::experiments::revocation::findings::{self as revocation, Revocation};
use crate::experiments::rolling_deploy::findings::{self as rolling_deploy, RollingDeploy};
use crate::experiments::rotate_key::findings::{self as rotate_key, RotateKey};
use crate::experiments::scale_out::findings::{self as scale_out, ScaleOut};
use crate::experiments::simplicity::findings::{self as simplicity, Simplicity};
use crate::experiments::sizing::findings::{self as cost, Cost, Wanted};
use crate::experiments::stolen_credential::findings::{self as stolen_credential, StolenCredential};
use crate::experiments::two_tabs::findings::{self as two_tabs, TwoTabs};
use crate::recording::Recording;

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
    let evidence = Evidence::partition_valid(recording);
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
