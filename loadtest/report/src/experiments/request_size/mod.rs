//! Experiment `request-size`: what travels with every request?

pub mod chapter;

use serde::Serialize;

use crate::evidence::claims::{Decision, Strength, Yardstick};
use crate::evidence::interval::Estimate;
use crate::evidence::sides::Side::Stateless;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::LARGER;
use crate::evidence::verdict::Verdict;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format;
use crate::recording::{Event, Experiment, HeadLimit, Message, Mode, Recording, SizePoint, Wire, Workload};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<WireBytes> = ExperimentSpec {
    name: Experiment::RequestSize,
    question: "What travels with every request?",
    prediction: "A token holds what the server would otherwise remember, so every request is longer.",
    claims: &[claim("token-makes-requests-larger", Stateless, "A request with a token is larger", larger)],
    find: |evidence, _| findings(evidence.recording),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireBytes {
    pub exchanges: Vec<Exchange>,
    /// Request bytes with a token over those with a cookie, for the workload that asks for the least else.
    pub request_ratio: Option<f64>,
    pub sizes: Vec<SizePoint>,
    pub limits: Vec<HeadLimit>,
}

/// One request and its answer, in bytes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    pub mode: Mode,
    pub workload: Workload,
    pub request: Message,
    pub response: Message,
    /// Of the request: `authorization` or `cookie`.
    pub credential_bytes: u64,
    pub request_bytes: u64,
    pub response_bytes: u64,
}

/// None when nothing was weighed.
pub fn findings(recording: &Recording) -> Option<WireBytes> {
    let mut bytes = WireBytes { exchanges: Vec::new(), request_ratio: None, sizes: Vec::new(), limits: Vec::new() };
    for event in &recording.events {
        match event {
            Event::Wire(wire) => bytes.exchanges.push(exchange(wire)),
            Event::Size(point) => bytes.sizes.push(point.clone()),
            Event::HeadLimit(limit) => bytes.limits.push(limit.clone()),
            _ => {}
        }
    }
    bytes.exchanges.sort_by_key(|exchange| (exchange.credential_bytes == 0, exchange.workload, exchange.mode));
    bytes.sizes.sort_by_key(|point| (point.content_bytes, point.mode));
    bytes.request_ratio = request_ratio(&bytes.exchanges);
    let empty = bytes.exchanges.is_empty() && bytes.sizes.is_empty() && bytes.limits.is_empty();
    (!empty).then_some(bytes)
}

fn exchange(wire: &Wire) -> Exchange {
    let credential = |name: &str| wire.request.headers.get(name).copied().unwrap_or(0);
    Exchange {
        mode: wire.mode,
        workload: wire.workload,
        request: wire.request.clone(),
        response: wire.response.clone(),
        credential_bytes: credential("authorization") + credential("cookie"),
        request_bytes: wire.request.total_bytes(),
        response_bytes: wire.response.total_bytes(),
    }
}

fn request_ratio(exchanges: &[Exchange]) -> Option<f64> {
    let bytes = |mode| {
        let carries = |exchange: &&Exchange| exchange.mode == mode && exchange.workload != Workload::Anonymous;
        exchanges.iter().find(carries).map(|exchange| exchange.request_bytes as f64)
    };
    Some(bytes(STATELESS)? / bytes(STATEFUL)?)
}

/// "It is larger": counted, so there is nothing to estimate.
pub(crate) fn larger(wire: &WireBytes) -> Option<Decision> {
    let ratio = wire.request_ratio?;
    let credential = |mode| {
        let carries = |bytes: &&Exchange| bytes.mode == mode && bytes.credential_bytes > 0;
        wire.exchanges.iter().find(carries).map_or(0, |bytes| bytes.credential_bytes)
    };
    let because = format!(
        "The token's header takes {} bytes, the cookie's {}; the whole request is {} as long.",
        format::count(credential(STATELESS)),
        format::count(credential(STATEFUL)),
        format::times(ratio),
    );
    let verdict = if ratio >= LARGER { Verdict::Supported } else { Verdict::Refuted };
    let effect = Strength::ratio(Yardstick::OtherSide, "× the bytes of a session's", Estimate::exact(ratio), None);
    Some(Decision::new(verdict, effect, because))
}
