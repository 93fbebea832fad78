//! How is `auth-cost` told?

use crate::analyse::auth_cost::{Arm, AuthCost};
use crate::analyse::claims::Effect;
use crate::recording::{Mode, Workload};
use crate::report::article::{Bar, Bars, Figure, Part, Picture, Section, Series, Table, Tone};
use crate::words::{self, count, micros, number};

pub(super) fn section(auth: &AuthCost) -> Section {
    let workloads = [Workload::Whoami, Workload::Profile, Workload::Journey];
    let mut figures = vec![cpu(auth)];
    figures.extend(workloads.into_iter().filter_map(|workload| spectrum(auth, workload)));
    figures.push(effects(auth));
    Section {
        name: "auth-cost",
        question: "What does it cost to know who is asking?",
        prediction: "A token is checked on the spot and a session has to be looked up over the network, so the token \
                     must be faster.",
        figures,
        notes: Vec::new(),
        measured: measured(auth),
        not_shown: vec![
            "A network: everything talks over loopback, where a round trip to Redis takes tens of microseconds. In a \
             data centre it takes hundreds, and latency would tell more in favour of the token.",
            "Other signatures: tokens here are HS256, the cheapest to verify.",
            "The cost of logging in, which is dominated by the password hash on both sides.",
        ],
    }
}

fn cpu(auth: &AuthCost) -> Figure {
    let mut table = Table::new(["", "server", "stores", "together", "× control", "store calls", "SQL statements"]);
    table.rows = auth.arms.iter().map(cpu_row).collect();
    Figure {
        title: "CPU a request".into(),
        caption:
            "Microseconds of CPU for one answered request, in the replicas and in the stores behind them. The grey \
                  bars answer the same bytes without asking who wants them."
                .into(),
        picture: Some(Picture::Bars(Bars { unit: "µs", bars: auth.arms.iter().map(cpu_bar).collect() })),
        table,
    }
}

fn cpu_row(arm: &Arm) -> Vec<String> {
    vec![
        label(arm),
        format!("{} µs", number(arm.server_cpu)),
        format!("{} µs", number(arm.store_cpu)),
        format!("{} µs", number(arm.fleet_cpu())),
        arm.times_control.map_or("–".into(), number),
        number(arm.store_calls),
        number(arm.sql_statements),
    ]
}

fn cpu_bar(arm: &Arm) -> Bar {
    let part = |name: &str, amount, tone| Part { name: name.into(), amount, tone };
    let parts =
        vec![part("server", arm.server_cpu, Tone::Full), part("Redis and database", arm.store_cpu, Tone::Light)];
    Bar { label: label(arm), mode: arm.mode, workload: arm.workload, parts }
}

fn label(arm: &Arm) -> String {
    match (arm.mode, arm.workload) {
        (Mode::Bare, _) | (_, Workload::Anonymous) => words::arm(arm.mode, arm.workload),
        (mode, workload) => format!("{}: {}", words::workload(workload), words::mode(mode)),
    }
}

/// None when nobody asked for this.
fn spectrum(auth: &AuthCost, workload: Workload) -> Option<Figure> {
    let of = |wanted: Workload| auth.arms.iter().filter(move |arm| arm.workload == wanted && !arm.spectrum.is_empty());
    of(workload).next()?;
    let arms: Vec<&Arm> = of(workload).chain(of(Workload::Anonymous).filter(|arm| arm.mode != Mode::Bare)).collect();
    let mut table = Table::new(["", "p50", "p90", "p99", "p99.9", "requests", "failed"]);
    table.rows = arms.iter().map(|arm| latency_row(arm)).collect();
    Some(Figure {
        title: format!("Latency, “{}”", words::workload(workload)),
        caption: "The further right, the rarer: at p99 one request in a hundred takes longer. Both scales are \
                  logarithmic, so a gap of the same height is the same factor."
            .into(),
        picture: Some(Picture::Spectrum(arms.iter().map(|arm| series(arm)).collect())),
        table,
    })
}

fn latency_row(arm: &Arm) -> Vec<String> {
    let at = |share| arm.latency(share).map_or("–".into(), micros);
    vec![
        words::arm(arm.mode, arm.workload),
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        count(arm.requests),
        count(arm.failed),
    ]
}

fn series(arm: &Arm) -> Series {
    let points = arm.spectrum.iter().map(|point| (point.share, point.micros)).collect();
    Series { mode: arm.mode, workload: arm.workload, points }
}

fn effects(auth: &AuthCost) -> Figure {
    let mut table = Table::new(["stateless over stateful", "ratio (95 %)", "net of control", "noise", "blocks"]);
    let mut intervals = Vec::new();
    for effect in &auth.effects {
        let label = format!("{}, {}", words::workload(effect.workload), words::metric(effect.metric));
        table.rows.push(vec![
            label.clone(),
            words::estimate(&effect.ratio),
            effect.net_of_control.as_ref().map_or("–".into(), words::estimate),
            effect.band.map_or("unknown".into(), words::band),
            effect.ratio.blocks.to_string(),
        ]);
        intervals.push((label, Effect { reads: "×", ratio: effect.ratio, band: effect.band }));
    }
    let picture = (!intervals.is_empty()).then_some(Picture::Intervals(intervals));
    Figure {
        title: "Stateless over stateful".into(),
        caption:
            "A ratio below 1 means that the stateless side has less. The shaded band is how far the server differs \
                  from itself: what touches it has no winner."
                .into(),
        picture,
        table,
    }
}

fn measured(auth: &AuthCost) -> Vec<String> {
    let arm = auth.arms.first().map_or(0, |arm| arm.blocks);
    vec![
        format!("Load: {}; {} replica(s) a fleet; {arm} block(s).", words::load(auth.load), auth.replicas),
        "In each block every arm ran once, in an order drawn from the seed, after a warm-up that is thrown away."
            .into(),
        "CPU is user and system time of each process over the measured stretch, divided by the answers.".into(),
        "Store calls are counted by Redis itself, SQL statements by the servers.".into(),
    ]
}
