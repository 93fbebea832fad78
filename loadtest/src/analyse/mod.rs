//! What follows from what was seen?
//!
//! Pure: a recording goes in, findings come out, the same ones for ever. Nothing here knows a process, a socket or a
//! clock, and the only randomness is a bootstrap with a fixed seed.

pub mod auth_cost;
pub mod claims;
pub mod interval;
pub mod measure;
pub mod noise;
pub mod scale_out;
pub mod trust;
pub mod verdict;
pub mod wire;

mod rulings;

use serde::Serialize;

use crate::recording::{Mode, Recording};
use auth_cost::AuthCost;
use claims::Row;
use scale_out::ScaleOut;
use trust::{Evidence, Excluded};
use wire::WireBytes;

/// The two sides that the seed's table compares.
pub const STATELESS: Mode = Mode::Jwt;
pub const STATEFUL: Mode = Mode::SessionRedis;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// The seed's table, re-marked.
    pub claims: Vec<Row>,
    pub auth_cost: Option<AuthCost>,
    pub scale_out: Option<ScaleOut>,
    pub wire: Option<WireBytes>,
    /// Samples that decided nothing, and why.
    pub excluded: Vec<Excluded>,
}

pub fn findings(recording: &Recording) -> Findings {
    let evidence = Evidence::weigh(recording);
    let auth_cost = auth_cost::findings(&evidence);
    let scale_out = scale_out::findings(&evidence);
    let wire = wire::findings(recording);
    let claims = claims::table(&evidence, auth_cost.as_ref(), scale_out.as_ref(), wire.as_ref());
    Findings { claims, auth_cost, scale_out, wire, excluded: evidence.excluded }
}
