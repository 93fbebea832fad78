//! Experiment `crossover`: how near must Redis be for a session to be the faster one?
//!
//! The latency of a session is a line over the distance to Redis, that of a token is level. Where they meet, one overtakes the
//! other. The proxy that stands for the distance is itself one: by how much a session takes longer through it when it adds
//! nothing is counted as distance.

pub mod chapter;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use crate::evidence::blocks::ByBlock;
use crate::evidence::claims::{Decision, Strength, Yardstick};
use crate::evidence::interval::Estimate;
use crate::evidence::metric::{Metric, micros};
use crate::evidence::noise::Band;
use crate::evidence::sides::STATEFUL;
use crate::evidence::sides::Side::Stateless;
use crate::evidence::thresholds::FEWEST_BLOCKS;
use crate::evidence::validity::Evidence;
use crate::evidence::verdict::{Comparison, compare};
use crate::evidence::{blocks, interval, noise, verdict};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format;
use crate::labels;
use crate::recording::{Experiment, Mode, Sample, Workload};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<Crossover> = ExperimentSpec {
    name: Experiment::Crossover,
    question: "How near must Redis be for a session to be the faster one?",
    prediction: "Arithmetic always beats a question over the network, so a token is faster wherever Redis is.",
    claims: &[claim(
        "token-is-faster-wherever-redis-is",
        Stateless,
        "A token is checked sooner than a session, wherever Redis is",
        sooner,
    )],
    find: |evidence, _| findings(evidence),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Crossover {
    /// The session, from the nearest Redis to the farthest; the first without a proxy.
    pub sessions: Vec<Place>,
    /// What asks no Redis, by mode.
    pub tokens: Vec<Token>,
    /// µs by which the proxy alone makes a session take longer.
    pub proxy: Option<Estimate>,
    /// A/A, of the median latency.
    pub band: Option<Band>,
}

/// A session, so far from Redis.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// None: no proxy, Redis is a process beside the server.
    pub round_trip: Option<Duration>,
    /// µs of distance, with the proxy's own.
    pub distance: f64,
    /// The median, in µs.
    pub latency: Estimate,
    /// µs a request, in server and Redis.
    pub cpu: Estimate,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    pub mode: Mode,
    /// The median, in µs.
    pub latency: Estimate,
    /// µs a request.
    pub cpu: Estimate,
    /// Its median latency over that of the session at each place, in their order.
    pub against: Vec<Against>,
    pub meets: Meets,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Against {
    pub ratio: Estimate,
    pub comparison: Comparison,
}

/// Where a session that came nearer would be as fast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Meets {
    /// The token is faster, however near Redis is.
    Nowhere,
    /// At so many µs of distance.
    At(Estimate),
    /// The session is faster, as far as was tried.
    Beyond,
    /// Some blocks say so, and some otherwise.
    Unsure,
}

/// None when samples of one side or of both cannot be trusted.
pub fn findings(evidence: &Evidence) -> Option<Crossover> {
    let compared = blocks::compared(evidence, Experiment::Crossover);
    let places: BTreeSet<Option<Duration>> =
        compared.iter().filter(|sample| sample.mode == STATEFUL).map(|sample| sample.redis_round_trip).collect();
    let band = noise::band(&evidence.of(Experiment::Crossover), Metric::P50, Workload::Whoami);
    let sessions: Vec<Series> = places.iter().map(|place| Series::of(STATEFUL, *place, &compared)).collect();
    let proxy = proxy(&sessions);
    // What the proxy adds itself is a distance; it cannot make anything nearer.
    let own = proxy.map_or(0.0, |proxy| proxy.value.max(0.0));
    let modes: BTreeSet<Mode> = compared.iter().map(|sample| sample.mode).filter(|mode| *mode != STATEFUL).collect();
    let token = |mode: Mode| token(&Series::of(mode, None, &compared), &sessions, band);
    let tokens: Vec<Token> = modes.into_iter().filter_map(token).collect();
    let sessions: Vec<Place> = sessions.iter().filter_map(|series| place(series, own)).collect();
    let both = !sessions.is_empty() && !tokens.is_empty();
    both.then_some(Crossover { sessions, tokens, proxy, band })
}

/// One arm, block by block.
struct Series {
    mode: Mode,
    round_trip: Option<Duration>,
    latency: ByBlock,
    cpu: Option<Estimate>,
}

impl Series {
    fn of(mode: Mode, round_trip: Option<Duration>, samples: &[&Sample]) -> Series {
        let own = samples.iter().copied().filter(|one| (one.mode, one.redis_round_trip) == (mode, round_trip));
        let own: Vec<&Sample> = own.collect();
        let (latency, cpu) = (blocks::by_block(&own, Metric::P50), blocks::mean(&own, Metric::FleetCpu));
        Series { mode, round_trip, latency, cpu }
    }

    fn mean_latency(&self) -> Option<Estimate> {
        interval::mean(&self.latency.values().copied().collect::<Vec<_>>())
    }
}

/// The same session, with a proxy that adds nothing and without, block by block.
fn proxy(sessions: &[Series]) -> Option<Estimate> {
    let at = |round_trip| sessions.iter().find(|series| series.round_trip == round_trip);
    let (without, with) = (at(None)?, at(Some(Duration::ZERO))?);
    let pairs = blocks::pairs(&with.latency, &without.latency);
    interval::mean(&pairs.iter().map(|(with, without)| with - without).collect::<Vec<_>>())
}

/// `own` is the distance that the proxy itself is.
fn place(series: &Series, own: f64) -> Option<Place> {
    let round_trip = series.round_trip;
    let distance = round_trip.map_or(0.0, |far| micros(far) + own);
    Some(Place { round_trip, distance, latency: series.mean_latency()?, cpu: series.cpu? })
}

fn token(token: &Series, sessions: &[Series], band: Option<Band>) -> Option<Token> {
    let against = |session: &Series| {
        let ratio = blocks::ratio(&token.latency, &session.latency)?;
        Some(Against { ratio, comparison: compare(&ratio, band) })
    };
    Some(Token {
        mode: token.mode,
        latency: token.mean_latency()?,
        cpu: token.cpu?,
        against: sessions.iter().filter_map(against).collect(),
        meets: meets(token, sessions),
    })
}

/// Block by block, so that a minute in which all were slow moves no crossing.
fn meets(token: &Series, sessions: &[Series]) -> Meets {
    let places: Vec<Meets> =
        token.latency.iter().filter_map(|(block, level)| meeting(*level, &line(*block, sessions)?)).collect();
    let distances: Vec<f64> =
        places.iter().filter_map(|meets| if let Meets::At(at) = meets { Some(at.value) } else { None }).collect();
    match places.first() {
        Some(_) if distances.len() == places.len() => interval::mean(&distances).map_or(Meets::Unsure, Meets::At),
        Some(first) if places.iter().all(|other| other == first) => *first,
        _ => Meets::Unsure,
    }
}

/// (distance, latency) of the session in one block, from the nearest to the farthest.
fn line(block: u32, sessions: &[Series]) -> Option<Vec<(f64, f64)>> {
    let at = |series: &Series| series.latency.get(&block).copied();
    let latency = |round_trip| sessions.iter().find(|series| series.round_trip == round_trip).and_then(at);
    let own = match (latency(None), latency(Some(Duration::ZERO))) {
        (Some(without), Some(with)) => (with - without).max(0.0),
        _ => 0.0,
    };
    let place = |series: &Series| Some((series.round_trip.map_or(0.0, |far| micros(far) + own), at(series)?));
    let line: Vec<(f64, f64)> = sessions.iter().filter_map(place).collect();
    (line.len() >= 2).then_some(line)
}

/// Straight lines between the places that were measured. None when the line is no line.
fn meeting(level: f64, line: &[(f64, f64)]) -> Option<Meets> {
    let (nearest, farthest) = (line.first()?, line.last()?);
    if level < nearest.1 {
        return Some(Meets::Nowhere);
    }
    if level >= farthest.1 {
        return Some(Meets::Beyond);
    }
    let (from, to) = line.iter().zip(&line[1..]).find(|(_, to)| to.1 > level)?;
    let share = (level - from.1) / (to.1 - from.1);
    Some(Meets::At(Estimate::exact(from.0 + share.max(0.0) * (to.0 - from.0))))
}

/// "A token is checked sooner than a session, wherever Redis is."
pub(crate) fn sooner(found: &Crossover) -> Option<Decision> {
    let all: Vec<&Against> = found.tokens.iter().flat_map(|token| &token.against).collect();
    let answers: Vec<Comparison> = all.iter().map(|against| against.comparison).collect();
    let closest = all.into_iter().max_by(|a, b| a.ratio.value.total_cmp(&b.ratio.value))?;
    let unknown = match (found.band, closest.ratio.interval) {
        (None, _) => " Nobody knows the noise, since no server was run against itself.".into(),
        (_, None) => format!(" No interval, which takes {FEWEST_BLOCKS} blocks."),
        _ => String::new(),
    };
    let reads = "× the median latency of a session, at worst";
    let effect = Strength::ratio(Yardstick::OtherSide, reads, closest.ratio, found.band);
    Some(Decision::new(verdict::lower_everywhere(&answers), effect, format!("{}{unknown}", overtaken(found))))
}

/// Where a session overtakes each kind of token: one sentence for all that are alike.
pub fn overtaken(found: &Crossover) -> String {
    let farthest = format::micros(found.sessions.last().map_or(0.0, |place| place.distance));
    let alike = |wanted: fn(&Meets) -> bool| {
        let names = found.tokens.iter().filter(|token| wanted(&token.meets)).map(|token| labels::token(token.mode));
        Some(format::list(&names.collect::<Vec<_>>())).filter(|names| !names.is_empty())
    };
    let nowhere = alike(|meets| *meets == Meets::Nowhere)
        .map(|names| format!("A session overtakes {names} at no distance, not even with Redis beside the server."));
    let met = found.tokens.iter().filter_map(|token| match token.meets {
        Meets::At(at) => Some(format!(
            "It overtakes {} when Redis is nearer than {}.",
            labels::token(token.mode),
            format::micros(at.value)
        )),
        _ => None,
    });
    let beyond = alike(|meets| *meets == Meets::Beyond)
        .map(|names| format!("It is sooner than {names} even at {farthest}, the farthest that was tried."));
    let unsure =
        alike(|meets| *meets == Meets::Unsure).map(|names| format!("Beside {names} the blocks disagree where."));
    nowhere.into_iter().chain(met).chain(beyond).chain(unsure).collect::<Vec<_>>().join(" ")
}
