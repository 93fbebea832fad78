//! Chapter of `credential-cost`: how is it told?

use crate::article::{Columns, Figure, Section, or_dash, sentences};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::intervals::{Intervals, Ratio, Scale};
use crate::evidence::claims::{Effect, Yardstick};
use crate::evidence::verdict::Comparison;
use crate::experiments::credential_cost::{Arm, CredentialCost, Setting};
use crate::words;
use crate::words::{count, micros, number};

pub(crate) fn section(cost: &CredentialCost) -> Section {
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
        ("CPU a request", |arm| words::arm(arm.mode, arm.workload)),
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
    Bar { label: words::arm(arm.mode, arm.workload), mode: arm.mode, workload: arm.workload, parts }
}

fn settings(cost: &CredentialCost) -> Figure {
    let table = Columns::<Setting>(&[
        ("setting", |setting| setting.name.into()),
        ("CPU with it over without it (95 %)", |setting| setting.ratio.to_string()),
        ("noise", |setting| or_dash(setting.band, |band| band.to_string())),
        ("", |setting| told(setting.comparison).into()),
    ])
    .of(&cost.settings);
    let ratios: Vec<_> = cost.settings.iter().map(ratio).collect();
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

fn ratio(setting: &Setting) -> Ratio {
    let effect = Effect { to: Yardstick::Without, reads: "×", ratio: setting.ratio, band: setting.band };
    Ratio::of(setting.name.to_owned(), &effect)
}
