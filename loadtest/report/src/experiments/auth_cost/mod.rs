//! Experiment `auth-cost`: what does it cost to know who is calling?

pub mod chapter;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::blocks::ByBlock;
use crate::evidence::claims::{Decision, Strength, Yardstick};
use crate::evidence::interval::Estimate;
use crate::evidence::metric::{Metric, cpu};
use crate::evidence::noise::Band;
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::{FEWEST_BLOCKS, NO_CALLS};
use crate::evidence::validity::Evidence;
use crate::evidence::verdict::{Comparison, Verdict, compare};
use crate::evidence::{blocks, noise, verdict};
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format::{self, number};
use crate::labels;
use crate::recording::{Experiment, Latency, Load, Mode, Role, Sample, Workload};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<AuthCost> = ExperimentSpec {
    name: Experiment::AuthCost,
    question: "What does it cost to know who is calling?",
    prediction: "A token is checked on the spot, and a session has to be looked up over the network: the token must be \
                 faster.",
    claims: &[
        claim("token-needs-no-lookup", Stateless, "A token needs no session lookup", lookups),
        claim("token-costs-less-cpu", Stateless, "A request with a token costs less CPU", |auth| {
            lower(auth, Metric::FleetCpu)
        }),
        claim("session-p99-is-later", Stateful, "The slowest percent of answers comes later with a session", |auth| {
            lower(auth, Metric::P99)
        }),
    ],
    find: |evidence, _| findings(evidence),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthCost {
    pub replicas: u32,
    /// By workload, then mode.
    pub arms: Vec<Arm>,
    /// Stateless over stateful, for each workload and metric.
    pub effects: Vec<Effect>,
}

/// One mode under one workload, all blocks together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub mode: Mode,
    pub workload: Workload,
    pub load: Load,
    pub blocks: usize,
    pub requests: u64,
    /// Requests that were not answered well.
    pub failed: u64,
    /// µs of CPU a request, in the replicas.
    pub server_cpu: f64,
    /// µs of CPU a request, in Redis and the database.
    pub store_cpu: f64,
    /// µs of CPU a request, in the whole fleet, at the easy rate: waking up included.
    pub eased_cpu: f64,
    /// The share of the time for which a replica was on a CPU while that was measured: below 1, some of it is waking up.
    pub busy: f64,
    /// CPU of the whole fleet over that of its own control; the bare handler stands beside the stateless control.
    pub times_control: Option<f64>,
    pub spectrum: Vec<Point>,
    /// Counted by the store, a request.
    pub store_calls: f64,
    pub sql_statements: f64,
}

impl Arm {
    pub fn fleet_cpu(&self) -> f64 {
        self.server_cpu + self.store_cpu
    }

    /// µs; None for a share that was not asked for or that too few requests can tell.
    pub fn latency(&self, share: f64) -> Option<f64> {
        self.spectrum.iter().find(|point| (point.share - share).abs() < 1e-9).map(|point| point.micros)
    }
}

/// This share of the requests ended within so many µs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    pub share: f64,
    pub micros: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    pub workload: Workload,
    pub metric: Metric,
    pub ratio: Estimate,
    /// The same after each side's own control is taken off; for the CPU only.
    pub net_of_control: Option<Estimate>,
    pub band: Option<Band>,
    pub comparison: Comparison,
}

/// None when no sample can be trusted.
pub fn findings(evidence: &Evidence) -> Option<AuthCost> {
    let compared = blocks::compared(evidence, Experiment::AuthCost);
    let replicas = compared.first()?.replicas;
    let keys: BTreeSet<_> = compared.iter().map(|sample| (sample.workload, sample.mode)).collect();
    let mut arms: Vec<Arm> = keys.into_iter().map(|key| arm(key, &compared)).collect();
    compare_with_control(&mut arms);
    let effects = effects(&evidence.of(Experiment::AuthCost), &compared);
    Some(AuthCost { replicas, arms, effects })
}

/// An easy rate tells the latency. A fleet that is flat out tells the CPU time: at an easy rate, most of that goes into
/// falling asleep and being woken, once for the request and once more for what a store answers.
fn telling<'a>(metric: Metric, samples: &[&'a Sample]) -> Vec<&'a Sample> {
    let is_open = |sample: &&Sample| matches!(sample.load, Load::Open { .. });
    let (eased, flat_out): (Vec<_>, Vec<_>) = samples.iter().copied().partition(is_open);
    if metric == Metric::FleetCpu && !flat_out.is_empty() { flat_out } else { eased }
}

fn arm(key: (Workload, Mode), compared: &[&Sample]) -> Arm {
    let all = blocks::of_arm(compared, key);
    let [eased, busy] = [Metric::P99, Metric::FleetCpu].map(|metric| blocks::of_arm(&telling(metric, compared), key));
    let mut latency = Latency::default();
    eased.iter().for_each(|sample| latency.add(&sample.latency));
    let total = |count: fn(&Sample) -> u64| all.iter().map(|sample| count(sample)).sum::<u64>();
    let mean = |samples: &[&Sample], metric| blocks::mean(samples, metric).map_or(0.0, |mean| mean.value);
    let answered = total(|sample| sample.outcomes.answered()) as f64;
    Arm {
        mode: key.1,
        workload: key.0,
        load: eased.first().unwrap_or(&all[0]).load,
        blocks: eased.len().max(busy.len()),
        requests: total(|sample| sample.outcomes.sent),
        failed: total(|sample| sample.outcomes.sent - sample.outcomes.ok),
        server_cpu: mean(&busy, Metric::ServerCpu),
        store_cpu: mean(&busy, Metric::StoreCpu),
        eased_cpu: mean(&eased, Metric::FleetCpu),
        busy: blocks::mean_of(&busy, busy_share).map_or(0.0, |mean| mean.value),
        times_control: None,
        spectrum: spectrum(&latency),
        store_calls: total(|sample| sample.store_calls.seen) as f64 / answered,
        sql_statements: total(|sample| sample.sql_statements.seen) as f64 / answered,
    }
}

fn busy_share(sample: &Sample) -> Option<f64> {
    let replicas = cpu(sample, |role| matches!(role, Role::Replica(_)));
    Some(replicas.as_secs_f64() / sample.duration.as_secs_f64() / f64::from(sample.replicas))
}

/// From the median up to p99.9, evenly in "nines", and no further than ten requests can bear witness.
fn spectrum(latency: &Latency) -> Vec<Point> {
    let named = [0.5, 0.9, 0.99, 0.999];
    let between = (4..30).map(|tenth| 1.0 - 10f64.powf(-f64::from(tenth) / 10.0));
    let mut shares: Vec<f64> = between.filter(|share| named.iter().all(|name| (name - share).abs() > 1e-6)).collect();
    shares.extend(named);
    shares.sort_by(f64::total_cmp);
    let told = |share: &f64| (1.0 - share) * latency.count() as f64 >= 10.0;
    let point = |share| Point { share, micros: latency.quantile(share).as_secs_f64() * 1e6 };
    shares.into_iter().filter(told).map(point).collect()
}

fn compare_with_control(arms: &mut [Arm]) {
    let mut controls: BTreeMap<Mode, f64> =
        arms.iter().filter(|arm| arm.workload == Workload::Anonymous).map(|arm| (arm.mode, arm.fleet_cpu())).collect();
    if let Some(control) = controls.get(&STATELESS) {
        controls.insert(Mode::Bare, *control);
    }
    for arm in arms {
        let control = controls.get(&arm.mode).filter(|&&control| control > 0.0);
        arm.times_control = control.map(|control| arm.fleet_cpu() / control);
    }
}

fn effects(samples: &[&Sample], compared: &[&Sample]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for workload in [Workload::Anonymous, Workload::Whoami, Workload::Profile, Workload::Journey] {
        for metric in [Metric::FleetCpu, Metric::P50, Metric::P99] {
            let (samples, compared) = (telling(metric, samples), telling(metric, compared));
            let of = |mode| by_block(&compared, mode, workload, metric);
            let Some(ratio) = blocks::ratio(&of(STATELESS), &of(STATEFUL)) else { continue };
            let band = noise::band(&samples, metric, workload);
            let net_of_control = net_of_control(&compared, workload, metric);
            effects.push(Effect { workload, metric, ratio, net_of_control, band, comparison: compare(&ratio, band) });
        }
    }
    effects
}

fn net_of_control(samples: &[&Sample], workload: Workload, metric: Metric) -> Option<Estimate> {
    if workload == Workload::Anonymous || metric != Metric::FleetCpu {
        return None;
    }
    let net = |mode| -> ByBlock {
        let control = by_block(samples, mode, Workload::Anonymous, metric);
        let gross = by_block(samples, mode, workload, metric);
        gross.into_iter().filter_map(|(block, gross)| Some((block, gross - control.get(&block)?))).collect()
    };
    blocks::ratio(&net(STATELESS), &net(STATEFUL))
}

fn by_block(samples: &[&Sample], mode: Mode, workload: Workload, metric: Metric) -> ByBlock {
    blocks::by_block(&blocks::of_arm(samples, (workload, mode)), metric)
}

/// "The stateless side has the lower value", over all workloads that bring a credential.
pub(crate) fn lower(auth: &AuthCost, metric: Metric) -> Option<Decision> {
    let of_metric = |effect: &&Effect| effect.metric == metric && effect.workload != Workload::Anonymous;
    let effects: Vec<&Effect> = auth.effects.iter().filter(of_metric).collect();
    let first = effects.first()?;
    let answers: Vec<Comparison> = effects.iter().map(|effect| effect.comparison).collect();
    let reads = match metric {
        Metric::FleetCpu => "× the CPU of a session",
        _ => "× the p99 of a session",
    };
    let effect = Strength::ratio(Yardstick::OtherSide, reads, first.ratio, first.band);
    Some(Decision::new(verdict::lower_everywhere(&answers), effect, because(&effects)))
}

/// One sentence for all workloads with the same outcome.
fn because(effects: &[&Effect]) -> String {
    let sentence = |outcome: Comparison, told: &str| {
        let alike = effects.iter().filter(|effect| effect.comparison == outcome);
        let ratios: Vec<String> = alike.map(|effect| ratio_on(effect)).collect();
        (!ratios.is_empty()).then(|| format!("{told}: {}.", format::list(&ratios)))
    };
    let unknown = if effects.iter().any(|effect| effect.ratio.interval.is_none()) {
        format!("No interval, which takes {FEWEST_BLOCKS} blocks")
    } else {
        "Nobody knows the noise, since the server was never run against itself".into()
    };
    let sentences = [
        sentence(Comparison::Lower, "Lower by more than noise"),
        sentence(Comparison::Higher, "Higher by more than noise"),
        sentence(Comparison::Same, "No winner, as the server differs from itself by as much"),
        sentence(Comparison::Unclear, "Not told apart from noise; a longer run may"),
        sentence(Comparison::Unknown, &unknown),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn ratio_on(effect: &Effect) -> String {
    format!("“{}” {}", labels::workload(effect.workload), format::times(effect.ratio.value))
}

/// "No session lookup", by what the store itself counted. The stateless fleet is started without one.
pub(crate) fn lookups(auth: &AuthCost) -> Option<Decision> {
    let arm = |mode| auth.arms.iter().find(|arm: &&Arm| arm.mode == mode && arm.workload == Workload::Whoami);
    let (stateless, stateful) = (arm(STATELESS)?.store_calls, arm(STATEFUL)?.store_calls);
    let verdict = if stateless < NO_CALLS && stateful >= NO_CALLS { Verdict::Supported } else { Verdict::Refuted };
    let because = format!(
        "The stateless fleet has no Redis to ask: {} calls a request. The stateful one's counted {}.",
        number(stateless),
        number(stateful),
    );
    Some(Decision { verdict, effect: None, because })
}
