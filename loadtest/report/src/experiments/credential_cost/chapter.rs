//! Chapter of `credential-cost`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::boxed;
use crate::chart::intervals::{Intervals, Ratio, Scale};
use crate::evidence::claims::{Effect, Yardstick};
use crate::evidence::interval::Estimate;
use crate::evidence::verdict::Comparison;
use crate::experiments::credential_cost::findings::{Arm, CredentialCost, Setting};
use crate::words;
use crate::words::{count, micros, number};

pub(crate) fn section(cost: &CredentialCost) -> Section {
    Section {
        figures: vec![cpu(cost), settings(cost)],
        measured: vec![
            "Each fleet had one replica with one worker, pinned to a core; visitors asked “who am I” again as soon as \
             they were answered."
                .into(),
            "CPU is user and system time of each process over the measured stretch, divided by the answers; ratios are \
             taken within a block."
                .into(),
        ],
        not_shown: vec![
            "A network: Redis is a process beside the server here, so what a lookup costs in waiting is not in these \
             figures.",
            "Signing, which happens once for each login and renewal, and the password hash, which dwarfs it.",
            "A verify cache or a near cache that is too small for its callers: here both hold everybody.",
        ],
    }
}

fn cpu(cost: &CredentialCost) -> Figure {
    let head =
        ["CPU a request", "server", "Redis", "server ×\u{a0}control", "with Redis ×\u{a0}control", "store calls"];
    let mut table = Table::new([head[0], head[1], head[2], head[3], head[4], head[5], "requests", "blocks"]);
    table.rows = cost.arms.iter().map(row).collect();
    Figure {
        title: "CPU a request, by kind of credential".into(),
        caption: "The same question to every fleet: who am I? The grey bar answers without asking who is calling."
            .into(),
        picture: Some(boxed(Bars { told: micros, bars: cost.arms.iter().map(bar).collect() })),
        table,
    }
}

fn row(arm: &Arm) -> Vec<String> {
    let ratio = |ratio: Option<Estimate>| ratio.map_or("–".into(), |ratio| ratio.to_string());
    vec![
        words::arm(arm.mode, arm.workload),
        micros(arm.server_cpu),
        if arm.store_cpu == 0.0 { "–".into() } else { micros(arm.store_cpu) },
        ratio(arm.server_over_control),
        ratio(arm.fleet_over_control),
        number(arm.store_calls),
        count(arm.requests),
        arm.blocks.to_string(),
    ]
}

fn bar(arm: &Arm) -> Bar {
    let part = |name: &str, amount, tone| Part { name: name.into(), amount, tone };
    let parts = vec![part("server", arm.server_cpu, Tone::Full), part("Redis", arm.store_cpu, Tone::Light)];
    Bar { label: words::arm(arm.mode, arm.workload), mode: arm.mode, workload: arm.workload, parts }
}

fn settings(cost: &CredentialCost) -> Figure {
    let mut table = Table::new(["setting", "CPU with it over without it (95 %)", "noise", ""]);
    table.rows = cost.settings.iter().map(setting_row).collect();
    let ratios: Vec<_> =
        cost.settings.iter().map(|setting| Ratio::of(setting.name.to_owned(), &effect(setting))).collect();
    Figure {
        title: "What a setting changes".into(),
        caption: "CPU of server and Redis together. Below 1 the setting saves, above 1 it costs; what touches the \
                  shaded band of noise does neither for sure."
            .into(),
        picture: (!ratios.is_empty()).then(|| {
            boxed(Intervals { scale: Scale::Factors, sides: ["the setting saves", "the setting costs"], ratios })
        }),
        table,
    }
}

fn setting_row(setting: &Setting) -> Vec<String> {
    let told = match setting.comparison {
        Comparison::Lower => "saves",
        Comparison::Higher => "costs",
        Comparison::Same => "no difference",
        Comparison::Unclear | Comparison::Unknown => "cannot be told",
    };
    let band = setting.band.map_or("–".into(), |band| band.to_string());
    vec![setting.name.into(), setting.ratio.to_string(), band, told.into()]
}

fn effect(setting: &Setting) -> Effect {
    Effect { to: Yardstick::Without, reads: "×", ratio: setting.ratio, band: setting.band }
}
