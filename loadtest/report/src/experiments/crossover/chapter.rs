//! Chapter of `crossover`: how is it told?

use crate::article::{Figure, Section, Table, or_dash, sentences};
use crate::chart::along::Along;
use crate::chart::canvas::side;
use crate::chart::lines::{Line, Lines, Look, Upwards};
use crate::evidence::interval::Estimate;
use crate::evidence::sides::STATEFUL;
use crate::evidence::verdict::Comparison;
use crate::experiments::crossover::{Against, Crossover, Meets, Place, Token, overtaken};
use crate::format::{self, micros};
use crate::labels;
use crate::recording::{Mode, Workload};

pub(crate) fn section(found: &Crossover) -> Section {
    let proxy = found.proxy.map(|proxy| {
        let added = proxy.growth();
        format!("The proxy that stands for the distance makes a session take {added} µs longer by itself; that is counted as distance.")
    });
    let measured = sentences([
        "Requests came at an easy rate, and latency counts from when each was due; blocks were interleaved, and ratios are \
         taken within a block.",
        "Redis was moved away by a proxy that holds back each byte for half of the round trip in each direction.",
    ]);
    Section {
        figures: vec![latency(found), cost(found)],
        measured: measured.into_iter().chain(proxy).collect(),
        not_shown: vec![
            "A network that loses packets, or a Redis that others keep busy: then a session waits longer.",
            "A denylist and a near cache: the first asks Redis as a session does, and the second as seldom as a token.",
            "Larger claims or larger sessions: each holds one name and one role here.",
        ],
    }
}

fn latency(found: &Crossover) -> Figure {
    let mut table = Table::new(["from server to Redis and back", "session"]);
    table.head.extend(found.tokens.iter().map(|token| format!("{}, × the session", labels::token(token.mode))));
    let own = found.tokens.iter().map(|token| token.latency.told(micros));
    table.rows = vec![["median latency of each token".into(), "–".into()].into_iter().chain(own).collect()];
    table.rows.extend(found.sessions.iter().enumerate().map(|(index, place)| place_row(index, place, found)));
    Figure::new(
        "Latency, by how far away Redis is",
        format!("A token is the same wherever Redis is; a session waits for it. {}", overtaken(found)),
        table,
    )
    .drawn(Lines {
        along: Along::Factors { name: "to Redis and back, with the proxy's own", told: format::micros },
        told: format::tick_micros,
        upwards: Upwards::ByFactors,
        lines: lines(found),
        meetings: meetings(found),
    })
}

fn away(place: &Place) -> String {
    match place.round_trip {
        None => "side by side".into(),
        Some(far) if far.is_zero() => "the proxy, no delay".into(),
        Some(far) => format::tick_micros(far.as_secs_f64() * 1e6),
    }
}

/// The session there, and each token's latency as a share of it.
fn place_row(index: usize, place: &Place, found: &Crossover) -> Vec<String> {
    let told = |comparison| match comparison {
        Comparison::Lower => "",
        Comparison::Higher => ", later",
        Comparison::Same => ", no winner",
        Comparison::Unclear | Comparison::Unknown => ", unclear",
    };
    let cell = |one: &Against| format!("{}{}", one.ratio, told(one.comparison));
    let cells = found.tokens.iter().map(|token| or_dash(token.against.get(index), cell));
    [away(place), place.latency.told(micros)].into_iter().chain(cells).collect()
}

fn lines(found: &Crossover) -> Vec<Line> {
    // The proxy at no distance is a place of a few µs, and would only crowd the picture.
    let is_only_the_proxy = |place: &&Place| place.round_trip.is_some_and(|far| far.is_zero());
    let places = found.sessions.iter().filter(|place| !is_only_the_proxy(place));
    let line =
        |label: String, mode, points| Line { label, side: side(mode, Workload::Whoami), look: Look::Joined, points };
    let session = line("session".into(), STATEFUL, places.map(|place| (place.distance, place.latency)).collect());
    let level = |token: &Token| {
        let latency = Estimate { interval: None, ..token.latency };
        line(label(token.mode), token.mode, session.points.iter().map(|(at, _)| (*at, latency)).collect())
    };
    let tokens: Vec<Line> = found.tokens.iter().map(level).collect();
    [session].into_iter().chain(tokens).collect()
}

/// Short enough to stand behind a line.
fn label(mode: Mode) -> String {
    if mode == Mode::JwtEs256Cached { "ES256 + cache".into() } else { labels::token(mode) }
}

fn meetings(found: &Crossover) -> Vec<(f64, f64)> {
    let meeting = |token: &Token| match token.meets {
        Meets::At(at) => Some((at.value, token.latency.value)),
        Meets::Nowhere | Meets::Beyond | Meets::Unsure => None,
    };
    found.tokens.iter().filter_map(meeting).collect()
}

fn cost(found: &Crossover) -> Figure {
    let session = |place: &Place| vec![format!("session, {}", away(place)), place.cpu.told(micros)];
    let token = |token: &Token| vec![labels::token(token.mode), token.cpu.told(micros)];
    let table = Table::new(["CPU a request", "server and Redis (95 %)"])
        .with(found.sessions.iter().map(session).chain(found.tokens.iter().map(token)));
    Figure::new(
        "CPU a request, at the same rate",
        "Waiting is not working: a Redis that is farther away costs time, and next to no CPU. At an easy rate each \
         wake-up serves one request, so these figures are higher than those of a busy server.",
        table,
    )
}
