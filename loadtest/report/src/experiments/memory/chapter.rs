//! Chapter of `memory`: how is it told?

use crate::article::{Columns, Figure, Section, Table, or_dash, sentences};
use crate::chart::along::Along;
use crate::chart::canvas::side;
use crate::chart::lines::{Line, Lines, Look, Upwards};
use crate::evidence::interval::Estimate;
use crate::experiments::memory::{Expiry, Holding, Memory};
use crate::format::{self, count};
use crate::recording::Workload;

pub(crate) fn section(found: &Memory) -> Section {
    Section {
        figures: [Some(bytes(found)), found.expiry.as_ref().map(ended)].into_iter().flatten().collect(),
        measured: sentences([
            "Each fleet was started for this and had one replica; visitors logged in by what a login does once it believes \
             the password, each once, and then asked nothing.",
            "Memory is what is resident of the replica, and what Redis has in use. Bytes a login are the slope through the \
             readings of one fleet, the one before the first login left out; one slope a fleet is one observation.",
            "Freed memory was given back at once (MIMALLOC_PURGE_DELAY=0), or it would count for whoever logged in last.",
        ]),
        not_shown: vec![
            "What a visitor does next: a checkout under way is in the session too, and a near cache or a verify cache holds \
             what it has seen.",
            "Redis' own copies: a replica of it, or the moment of a snapshot, takes as much again.",
            "Memory that a process gets back when its own sessions expire: it looks for them once a minute.",
        ],
    }
}

fn bytes(found: &Memory) -> Figure {
    let table = Columns::<Holding>(&[
        ("bytes a login", |holding| holding.mode.label().into()),
        ("memory", |holding| holding.memory.growth()),
        ("replica", |holding| holding.replica.growth()),
        ("Redis", |holding| or_dash(holding.redis.as_ref(), Estimate::growth)),
        ("Redis, resident", |holding| or_dash(holding.redis_resident.as_ref(), Estimate::growth)),
        ("on disk", |holding| holding.database.growth()),
        ("idle", |holding| format::number(holding.idle)),
        ("logins", |holding| count(holding.most)),
        ("fleets", |holding| holding.climbs.to_string()),
    ])
    .of(&found.modes);
    Figure::new(
        "What is held, by how many are logged in",
        "Memory of the replica and its Redis, with more and more people logged in who ask nothing. The dots on the \
         left are servers in which nobody is.",
        table,
    )
    .drawn(Lines {
        along: Along::Factors { name: "people logged in", told: short },
        told: |mebibytes| format!("{}\u{a0}MiB", format::short(mebibytes)),
        upwards: Upwards::Evenly,
        lines: found.modes.iter().map(line).collect(),
        meetings: Vec::new(),
    })
}

const MIB: f64 = 1_048_576.0;

/// 10 k, 1 M.
fn short(logins: f64) -> String {
    match logins {
        ..1e3 => format::short(logins),
        ..1e6 => format!("{}\u{a0}k", format::short(logins / 1e3)),
        _ => format!("{}\u{a0}M", format::short(logins / 1e6)),
    }
}

fn line(holding: &Holding) -> Line {
    let points =
        holding.points.iter().map(|(logins, memory)| (*logins as f64, memory.map(|bytes| bytes / MIB))).collect();
    let side = side(holding.mode, Workload::Whoami);
    Line { label: holding.mode.entry().short_label.into(), side, look: Look::Joined, points }
}

fn ended(expiry: &Expiry) -> Figure {
    let rows = [
        ("before anybody logged in".into(), expiry.before),
        (format!("with {} sessions", count(expiry.logins)), expiry.lasting),
        ("when all of them had expired".into(), expiry.after),
    ];
    let table = Table::new(["in use by Redis", "memory"]).with(rows.map(|(at, bytes)| vec![at, format::memory(bytes)]));
    Figure::new(
        "When sessions end",
        format!("Of what they took, {} was free again.", format::percent(expiry.given_back.max(0.0))),
        table,
    )
}
