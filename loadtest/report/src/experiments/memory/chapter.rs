//! Chapter of `memory`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::chart::along::Along;
use crate::chart::boxed;
use crate::chart::canvas::side;
use crate::chart::lines::{Line, Lines, Look, Upwards};
use crate::evidence::interval::{Estimate, Interval};
use crate::experiments::memory::findings::{Expiry, Holding, Memory};
use crate::recording::Workload;
use crate::words;
use crate::words::count;

pub(crate) fn section(found: &Memory) -> Section {
    Section {
        figures: [Some(bytes(found)), found.expiry.as_ref().map(ended)].into_iter().flatten().collect(),
        measured: vec![
            "Each fleet was started for this and had one replica; visitors logged in by what a login does once it believes \
             the password, each once, and then asked nothing."
                .into(),
            "Memory is what is resident of the replica, and what Redis has in use. Bytes a login are the slope through the \
             readings of one fleet, the one before the first login left out; one slope a fleet is one observation."
                .into(),
            "Freed memory was given back at once (MIMALLOC_PURGE_DELAY=0), or it would count for whoever logged in last."
                .into(),
        ],
        not_shown: vec![
            "What a visitor does next: a checkout under way is in the session too, and a near cache or a verify cache holds \
             what it has seen.",
            "Redis' own copies: a replica of it, or the moment of a snapshot, takes as much again.",
            "Memory that a process gets back when its own sessions expire: it looks for them once a minute.",
        ],
    }
}

fn bytes(found: &Memory) -> Figure {
    let head =
        ["bytes a login", "memory", "replica", "Redis", "Redis, resident", "on disk", "idle", "logins", "fleets"];
    let mut table = Table::new(head);
    table.rows = found.modes.iter().map(row).collect();
    Figure {
        title: "What is held, by how many are logged in".into(),
        caption:
            "Memory of the replica and its Redis, with more and more people logged in who ask nothing. The dots on the \
                  left are servers in which nobody is."
                .into(),
        picture: Some(boxed(Lines {
            along: Along::Factors { name: "people logged in", told: short },
            told: |mebibytes| format!("{}\u{a0}MiB", words::short(mebibytes)),
            upwards: Upwards::Evenly,
            lines: found.modes.iter().map(line).collect(),
            meetings: Vec::new(),
        })),
        table,
    }
}

const MIB: f64 = 1_048_576.0;

/// 10 k, 1 M.
fn short(logins: f64) -> String {
    match logins {
        ..1e3 => words::short(logins),
        ..1e6 => format!("{}\u{a0}k", words::short(logins / 1e3)),
        _ => format!("{}\u{a0}M", words::short(logins / 1e6)),
    }
}

fn row(holding: &Holding) -> Vec<String> {
    let maybe = |estimate: Option<Estimate>| estimate.map_or("–".into(), |estimate| estimate.growth());
    vec![
        words::mode(holding.mode).into(),
        holding.memory.growth(),
        holding.replica.growth(),
        maybe(holding.redis),
        maybe(holding.redis_resident),
        holding.database.growth(),
        words::number(holding.idle),
        count(holding.most),
        holding.climbs.to_string(),
    ]
}

fn line(holding: &Holding) -> Line {
    let points = holding.points.iter().map(|(logins, memory)| (*logins as f64, in_mebibytes(*memory))).collect();
    let side = side(holding.mode, Workload::Whoami);
    Line { label: holding.mode.entry().short_label.into(), side, look: Look::Joined, points }
}

fn in_mebibytes(Estimate { value, interval, blocks }: Estimate) -> Estimate {
    let interval = interval.map(|Interval { low, high }| Interval { low: low / MIB, high: high / MIB });
    Estimate { value: value / MIB, interval, blocks }
}

fn ended(expiry: &Expiry) -> Figure {
    let mut table = Table::new(["in use by Redis", "memory"]);
    let row = |moment: String, bytes: u64| vec![moment, words::memory(bytes)];
    table.rows = vec![
        row("before anybody logged in".into(), expiry.before),
        row(format!("with {} sessions", count(expiry.logins)), expiry.lasting),
        row("when all of them had expired".into(), expiry.after),
    ];
    Figure {
        title: "When sessions end".into(),
        caption: format!("Of what they took, {} was free again.", words::percent(expiry.given_back.max(0.0))),
        picture: None,
        table,
    }
}
