//! Figures of one recording: what did it see of each arm, block by block?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::component::Component;
use crate::evidence::metric::Metric;
use crate::evidence::noise;
use crate::evidence::thresholds::SATURATED;
use crate::evidence::validity::{Evidence, broken_contracts, grounds_against};
use crate::experiments::request_size as wire;
use crate::recording::{Experiment, Header, Load, Mode, Purpose, Sample, Workload};

/// Who was asked what, and how hard. Two recordings are compared where both have the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub experiment: Experiment,
    pub workload: Workload,
    pub mode: Mode,
    pub replicas: u32,
    /// None where a single request was weighed.
    pub load: Option<Load>,
}

impl Arm {
    fn of(sample: &Sample) -> Arm {
        let Sample { experiment, workload, mode, replicas, load, .. } = *sample;
        Arm { experiment, workload, mode, replicas, load: Some(load) }
    }

    pub fn is_open(self) -> bool {
        matches!(self.load, Some(Load::Open { .. }))
    }

    /// In the order of the report.
    pub(crate) fn place(self) -> impl Ord {
        (self.experiment, self.workload, self.mode, self.replicas, self.is_open())
    }
}

/// Block → value.
pub(crate) type Blocks = BTreeMap<u32, f64>;

/// The figures of one recording.
pub(crate) struct Seen {
    pub(crate) figures: Vec<(Arm, Metric, Blocks)>,
    /// Those of servers that were measured, and of which no sample counts.
    void: Vec<Arm>,
    /// Experiment, open loop or closed, metric → the A/A band.
    bands: BTreeMap<(Experiment, bool, Metric), f64>,
}

impl Seen {
    pub(crate) fn of(evidence: &Evidence) -> Seen {
        let mut seen = Seen { figures: Vec::new(), void: void(evidence), bands: BTreeMap::new() };
        let compared = || evidence.valid.iter().filter(|sample| sample.purpose == Purpose::Comparison);
        for sample in compared() {
            let flat_out = compared().any(|other| is_closed(other) && same_arm(other, sample));
            metrics(sample, flat_out).iter().for_each(|metric| seen.put(sample, *metric));
            if tells_the_most(sample, &evidence.recording.header) {
                seen.put(sample, Metric::Throughput);
            }
        }
        answered(evidence).for_each(|sample| seen.put(sample, Metric::AnsweredWell));
        seen.figures.extend(weighed(evidence));
        seen.figures.sort_by(|(a, one, _), (b, other, _)| (a.place(), one).cmp(&(b.place(), other)));
        let noisy = seen.figures.iter().filter(|(_, metric, _)| !matches!(metric, Metric::Bytes | Metric::StoreCalls));
        let kinds: BTreeSet<_> = noisy.map(|(arm, metric, _)| (arm.is_open(), *metric)).collect();
        seen.bands = Experiment::ALL.into_iter().flat_map(|one| bands(evidence, one, &kinds)).collect();
        seen
    }

    fn put(&mut self, sample: &Sample, metric: Metric) {
        if sample.redis_round_trip.is_some() {
            return; // The same arm, moved away on purpose: its own chapter tells of it.
        }
        let counts = matches!(metric, Metric::StoreCalls | Metric::AnsweredWell);
        let (arm, Some(value)) = (Arm::of(sample), metric.of(sample).filter(|value| counts || *value > 0.0)) else {
            return; // Too short for the clock that was read, or nobody there to be measured.
        };
        match self.figures.iter_mut().find(|(one, of, _)| (*one, *of) == (arm, metric)) {
            Some((.., blocks)) => drop(blocks.insert(sample.block, value)),
            None => self.figures.push((arm, metric, Blocks::from([(sample.block, value)]))),
        }
    }

    pub(crate) fn blocks(&self, arm: Arm, metric: Metric) -> Option<&Blocks> {
        self.figures.iter().find(|(one, of, _)| (*one, *of) == (arm, metric)).map(|(.., blocks)| blocks)
    }

    pub(crate) fn is_void(&self, arm: Arm) -> bool {
        self.void.contains(&arm)
    }

    /// The arm that ran beside the wanted one's neighbours: the journey's control has another rate.
    pub(crate) fn like(&self, wanted: Arm) -> Option<Arm> {
        let beside = |arm: &Arm| Arm { load: wanted.load, ..*arm } == wanted && arm.is_open() == wanted.is_open();
        self.figures.iter().map(|(arm, ..)| *arm).find(beside)
    }

    /// The A/A band of this experiment, else the widest of the others; 1 when no server was run against itself.
    pub(crate) fn noise(&self, arm: Arm, metric: Metric) -> f64 {
        let of = |experiment| self.bands.get(&(experiment, arm.is_open(), metric)).copied();
        of(arm.experiment).unwrap_or_else(|| Experiment::ALL.into_iter().filter_map(of).fold(1.0, f64::max))
    }
}

type Band = ((Experiment, bool, Metric), f64);

/// The bands of one experiment, where it has twins.
fn bands(evidence: &Evidence, of: Experiment, kinds: &BTreeSet<(bool, Metric)>) -> Vec<Band> {
    let samples = evidence.of(of);
    let band = |&(is_open, metric): &(bool, Metric)| {
        let alike: Vec<&Sample> = samples.iter().copied().filter(|sample| is_closed(sample) != is_open).collect();
        let band = noise::band(&alike, metric.without_store(), Workload::Whoami)?;
        Some(((of, is_open, metric), band.factor))
    };
    kinds.iter().filter_map(band).collect()
}

/// What a stretch of load is asked for. A rate that is far from what the server can do tells the latency, and visitors
/// who ask again at once the cost; where nobody did, the easy rate tells the cost too. The latency of a closed loop says
/// nothing that its throughput does not.
fn metrics(sample: &Sample, flat_out: bool) -> &'static [Metric] {
    use Metric::{Bytes, P50, P99, ServerCpu, StoreCalls, StoreCpu};
    match (is_closed(sample), flat_out) {
        (true, _) => &[ServerCpu, StoreCpu, Bytes, StoreCalls],
        (false, true) => &[P50, P99],
        (false, false) => &[P50, P99, ServerCpu, StoreCpu, Bytes, StoreCalls],
    }
}

/// Whether its throughput is that of the fleet. Elsewhere the generator may be the limit, which does no harm to a cost.
fn tells_the_most(sample: &Sample, header: &Header) -> bool {
    let busy = Component::Generator.busy(sample, header).unwrap_or(0.0);
    let ran_out = busy >= SATURATED * Component::Generator.limit(sample, header);
    sample.experiment == Experiment::ScaleOut && is_closed(sample) && !ran_out
}

fn void(evidence: &Evidence) -> Vec<Arm> {
    let counts =
        |arm: &Arm| evidence.valid.iter().any(|one| one.purpose == Purpose::Comparison && Arm::of(one) == *arm);
    let tried = evidence.recording.samples().filter(|one| one.purpose == Purpose::Comparison).map(Arm::of);
    tried.filter(|arm| arm.mode != Mode::Bare && !counts(arm)).collect()
}

/// Samples that failures make useless as a price tell how many failed.
fn answered<'a>(evidence: &Evidence<'a>) -> impl Iterator<Item = &'a Sample> {
    let broken = broken_contracts(evidence.recording);
    let compared = evidence.recording.samples().filter(|sample| sample.purpose == Purpose::Comparison);
    compared.filter(move |sample| grounds_against(sample).is_empty() && !broken.contains(&sample.mode))
}

/// One request and its answer, counted once and exactly.
fn weighed(evidence: &Evidence) -> impl Iterator<Item = (Arm, Metric, Blocks)> {
    let exchanges = wire::findings(evidence.recording).into_iter().flat_map(|wire| wire.exchanges);
    exchanges.map(|exchange| {
        let wire::Exchange { mode, workload, request_bytes, response_bytes, .. } = exchange;
        let arm = Arm { experiment: Experiment::RequestSize, workload, mode, replicas: 1, load: None };
        (arm, Metric::Bytes, Blocks::from([(0, (request_bytes + response_bytes) as f64)]))
    })
}

pub(crate) fn is_closed(sample: &Sample) -> bool {
    matches!(sample.load, Load::Closed { .. })
}

fn same_arm(one: &Sample, other: &Sample) -> bool {
    let key = |sample: &Sample| (sample.experiment, sample.workload, sample.mode, sample.replicas);
    key(one) == key(other)
}
