//! Experiment `credential-cost`: what does each kind of credential cost?

use std::collections::BTreeSet;

use serde::Serialize;

use crate::article::{Columns, Figure, Section, or_dash, sentences};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::intervals::{Intervals, Ratio, Scale};
use crate::evidence::claims::{Effect, Yardstick};
use crate::evidence::interval::Estimate;
use crate::evidence::metric::Metric;
use crate::evidence::noise::Band;
use crate::evidence::validity::Evidence;
use crate::evidence::verdict::{Comparison, compare};
use crate::evidence::{blocks, noise};
use crate::experiments::spec::ExperimentSpec;
use crate::format::{count, micros, number};
use crate::labels;
use crate::recording::{Experiment, Mode, Sample, Workload};

pub(crate) static SPEC: ExperimentSpec<CredentialCost> = ExperimentSpec {
    name: Experiment::CredentialCost,
    question: "What does each kind of credential cost?",
    prediction: "A signature is only arithmetic, so any token is cheaper than any session; and a denylist costs what a \
                 session costs.",
    claims: &[],
    find: |evidence, _| findings(evidence),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialCost {
    /// The control first, then by mode.
    pub arms: Vec<Arm>,
    /// What a setting does to its server: with it over without it.
    pub settings: Vec<Setting>,
}

/// One kind of credential, all blocks together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub mode: Mode,
    pub workload: Workload,
    pub blocks: usize,
    pub requests: u64,
    /// µs of CPU a request, in the replica.
    pub server_cpu: f64,
    /// µs of CPU a request, in Redis.
    pub store_cpu: f64,
    /// CPU of the replica over that of the control in the same block.
    pub server_over_control: Option<Estimate>,
    /// The same with Redis' own.
    pub fleet_over_control: Option<Estimate>,
    /// Calls to the session store per request.
    pub store_calls: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    #[serde(skip)]
    pub name: &'static str,
    pub with: Mode,
    pub without: Mode,
    /// CPU of the whole fleet.
    pub ratio: Estimate,
    pub band: Option<Band>,
    pub comparison: Comparison,
}

/// A mode, the one that it is compared with, and what the difference is called.
const SETTINGS: [(Mode, Mode, &str); 6] = [
    (Mode::JwtEs256, Mode::Jwt, "ES256 instead of HS256"),
    (Mode::JwtEs256Cached, Mode::JwtEs256, "ES256: a verify cache"),
    (Mode::JwtDenylist, Mode::Jwt, "HS256: a denylist"),
    (Mode::SessionNearCache, Mode::SessionRedis, "sessions in Redis: a near cache"),
    (Mode::SessionMemory, Mode::SessionRedis, "sessions in memory instead of Redis"),
    (Mode::SessionSql, Mode::SessionRedis, "sessions in SQL instead of Redis"),
];

/// The stateless server, asked by nobody in particular.
const CONTROL: (Workload, Mode) = (Workload::Anonymous, Mode::Jwt);

/// None when no sample can be trusted.
pub fn findings(evidence: &Evidence) -> Option<CredentialCost> {
    let compared = blocks::compared(evidence, Experiment::CredentialCost);
    compared.first()?;
    let band = noise::band(&evidence.of(Experiment::CredentialCost), Metric::FleetCpu, Workload::Whoami);
    let keys: BTreeSet<_> = compared.iter().map(|sample| (sample.workload, sample.mode)).collect();
    let arms = keys.into_iter().map(|key| arm(key, &compared)).collect();
    let settings = SETTINGS.into_iter().filter_map(|compares| setting(compares, &compared, band));
    Some(CredentialCost { arms, settings: settings.collect() })
}

fn arm(key: (Workload, Mode), compared: &[&Sample]) -> Arm {
    let own = blocks::of_arm(compared, key);
    let total = |count: fn(&Sample) -> u64| own.iter().map(|sample| count(sample)).sum::<u64>();
    let mean = |metric| blocks::mean(&own, metric).map_or(0.0, |mean| mean.value);
    Arm {
        mode: key.1,
        workload: key.0,
        blocks: own.len(),
        requests: total(|sample| sample.outcomes.sent),
        server_cpu: mean(Metric::ServerCpu),
        store_cpu: mean(Metric::StoreCpu),
        server_over_control: ratio(compared, key, CONTROL, Metric::ServerCpu),
        fleet_over_control: ratio(compared, key, CONTROL, Metric::FleetCpu),
        store_calls: total(|sample| sample.store_calls.seen) as f64
            / total(|sample| sample.outcomes.answered()).max(1) as f64,
    }
}

fn setting(
    (with, without, name): (Mode, Mode, &'static str),
    compared: &[&Sample],
    band: Option<Band>,
) -> Option<Setting> {
    let ratio = ratio(compared, (Workload::Whoami, with), (Workload::Whoami, without), Metric::FleetCpu)?;
    Some(Setting { name, with, without, ratio, band, comparison: compare(&ratio, band) })
}

fn ratio(samples: &[&Sample], a: (Workload, Mode), b: (Workload, Mode), metric: Metric) -> Option<Estimate> {
    let [a, b] = [a, b].map(|arm| blocks::by_block(&blocks::of_arm(samples, arm), metric));
    blocks::ratio(&a, &b)
}

fn section(cost: &CredentialCost) -> Section {
    Section {
        figures: vec![cpu(cost), settings(cost)],
        measured: sentences([
            "Each fleet had one replica with one worker, pinned to a core; visitors asked “who am I” again as soon as \
             they were answered.",
            "CPU is user and system time of each process over the measured stretch, divided by the answers; ratios are \
             taken within a block.",
        ]),
        not_shown: vec![
            "A network: Redis is a process beside the server here, so what a lookup costs in waiting is not in these \
             figures.",
            "Signing, which happens once for each login and renewal, and the password hash, which dwarfs it.",
            "A verify cache or a near cache that is too small for its callers: here both hold everybody.",
        ],
    }
}

fn cpu(cost: &CredentialCost) -> Figure {
    let table = Columns::<Arm>(&[
        ("CPU a request", |arm| labels::arm(arm.mode, arm.workload)),
        ("server", |arm| micros(arm.server_cpu)),
        ("Redis", |arm| or_dash(Some(arm.store_cpu).filter(|cpu| *cpu != 0.0), micros)),
        ("server ×\u{a0}control", |arm| or_dash(arm.server_over_control, |ratio| ratio.to_string())),
        ("with Redis ×\u{a0}control", |arm| or_dash(arm.fleet_over_control, |ratio| ratio.to_string())),
        ("store calls", |arm| number(arm.store_calls)),
        ("requests", |arm| count(arm.requests)),
        ("blocks", |arm| arm.blocks.to_string()),
    ])
    .of(&cost.arms);
    Figure::new(
        "CPU a request, by kind of credential",
        "The same question to every fleet: who am I? The grey bar answers without asking who is calling.",
        table,
    )
    .drawn(Bars { told: micros, bars: cost.arms.iter().map(bar).collect() })
}

fn bar(arm: &Arm) -> Bar {
    let parts = vec![Part::new("server", arm.server_cpu, Tone::Full), Part::new("Redis", arm.store_cpu, Tone::Light)];
    Bar { label: labels::arm(arm.mode, arm.workload), mode: arm.mode, workload: arm.workload, parts }
}

fn settings(cost: &CredentialCost) -> Figure {
    let table = Columns::<Setting>(&[
        ("setting", |setting| setting.name.into()),
        ("CPU with it over without it (95 %)", |setting| setting.ratio.to_string()),
        ("noise", |setting| or_dash(setting.band, |band| band.to_string())),
        ("", |setting| told(setting.comparison).into()),
    ])
    .of(&cost.settings);
    let ratios: Vec<_> = cost.settings.iter().map(effect).collect();
    Figure::new(
        "What a setting changes",
        "CPU of server and Redis together. Below 1 the setting saves, above 1 it costs; what touches the \
         shaded band of noise does neither for sure.",
        table,
    )
    .drawn_if(
        !ratios.is_empty(),
        Intervals { scale: Scale::Factors, sides: ["the setting saves", "the setting costs"], ratios },
    )
}

fn told(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Lower => "saves",
        Comparison::Higher => "costs",
        Comparison::Same => "no difference",
        Comparison::Unclear | Comparison::Unknown => "cannot be told",
    }
}

fn effect(setting: &Setting) -> Ratio {
    let changed = Effect { to: Yardstick::Without, reads: "×", ratio: setting.ratio, band: setting.band };
    Ratio::of(setting.name.to_owned(), &changed)
}
