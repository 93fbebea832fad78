//! What follows from what was seen?
//!
//! Pure: a recording goes in, findings come out, the same ones for ever. Nothing here knows a process, a socket or a
//! clock, and the only randomness is a bootstrap with a fixed seed.

pub mod auth_cost;
pub mod claims;
pub mod component;
pub mod credential_cost;
pub mod diff;
pub mod forecast;
pub mod interval;
pub mod measure;
pub mod noise;
pub mod operational;
pub mod paired;
pub mod scale_out;
pub mod sides;
pub mod step;
pub mod thresholds;
pub mod trust;
pub mod usl;
pub mod verdict;
pub mod wire;

mod ledger;
mod rulings;

use serde::Serialize;

use crate::recording::Recording;
use auth_cost::AuthCost;
use claims::Row;
use credential_cost::CredentialCost;
use ledger::Found;
use scale_out::ScaleOut;
use trust::{Evidence, Excluded};
use wire::WireBytes;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// The seed's table, re-marked.
    pub claims: Vec<Row>,
    pub auth_cost: Option<AuthCost>,
    pub credential_cost: Option<CredentialCost>,
    pub scale_out: Option<ScaleOut>,
    pub wire: Option<WireBytes>,
    /// Samples that decided nothing, and why.
    pub excluded: Vec<Excluded>,
}

pub fn findings(recording: &Recording) -> Findings {
    let evidence = Evidence::weigh(recording);
    let auth_cost = auth_cost::findings(&evidence);
    let credential_cost = credential_cost::findings(&evidence);
    let scale_out = scale_out::findings(&evidence);
    let wire = wire::findings(recording);
    let found = Found { auth_cost: auth_cost.as_ref(), scale_out: scale_out.as_ref(), wire: wire.as_ref() };
    let claims = ledger::table(&evidence, &found);
    Findings { claims, auth_cost, credential_cost, scale_out, wire, excluded: evidence.excluded }
}
