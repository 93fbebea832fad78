//! Chapter of `sizing`: how is it told?

use crate::article::{Columns, Figure, Section, Table, sentences};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::evidence::interval::{Estimate, Interval};
use crate::evidence::thresholds::PLANNED;
use crate::experiments::each_once;
use crate::experiments::sizing::{Beyond, Cost, Need};
use crate::format::{self, count, number, percent};
use crate::labels;
use crate::recording::Workload;
use crate::wanted::Wanted;

pub(crate) fn section(cost: &Cost) -> Section {
    let cores = ASKED.map(|(workload, caption)| cores(cost, workload, caption));
    let rest = [network(cost), memory(cost), tested(cost), granted(cost)];
    Section {
        figures: cores.into_iter().chain(rest).flatten().collect(),
        measured: measured(cost),
        not_shown: vec![
            "Your application. A request here does what ours does; put the CPU time of your own in its place.",
            "Peaks: the numbers are those of the busiest minute, and nobody can measure yours here.",
            "The database, which both sides ask alike and which lives inside the servers here; TLS; the balancer; copies \
             of Redis and of the servers for the day on which one fails.",
            "Logins that pile up. Who logs in again without having logged out leaves the one before until it expires: a \
             row in the database on one side, a session in Redis on the other.",
            "Other machines. Cores are cores of this one.",
        ],
    }
}

const ASKED: [(Workload, &str); 2] = [
    (
        Workload::Whoami,
        "When all that is asked is who is calling: what the credential alone takes, to be added to what the application does.",
    ),
    (Workload::Journey, "The same when each request is part of a visit to our shop, SQL and orders and all."),
];

/// What makes cores an extrapolation.
const CORES: [Beyond; 3] = [Beyond::Requests, Beyond::Logins, Beyond::OneRedis];

/// None when nobody was asked this.
fn cores(cost: &Cost, workload: Workload, caption: &str) -> Option<Figure> {
    let needs: Vec<&Need> = cost.needs.iter().filter(|need| need.workload == workload).collect();
    let table = Columns::<Need>(&[
        ("cores", name),
        ("requests", |need| marked(need, &[Beyond::Requests], need.request_cores.to_string())),
        ("logins", |need| {
            need.login_cores.map_or(MISSING.into(), |cores| marked(need, &[Beyond::Logins], cores.to_string()))
        }),
        ("Redis", |need| {
            let past = [Beyond::Requests, Beyond::OneRedis];
            need.redis_cores.map_or("none".into(), |cores| marked(need, &past, cores.to_string()))
        }),
        ("questions to Redis a second", |need| match need.store_calls > 0.0 {
            true => marked(need, &[Beyond::Requests], number(need.store_calls)),
            false => number(need.store_calls),
        }),
    ])
    .of(needs.iter().copied());
    let Wanted { people, per_second, .. } = cost.wanted;
    let asked = format!("{} people, {} requests a second of all together", count(people), number(per_second));
    let caption = format!("{asked}; each logs in every {}. {caption}{}", cost.wanted.every(), mark(&needs, &CORES));
    Figure::new(format!("Cores for “{}”", labels::workload(workload)), caption, table)
        .drawn(Bars {
            told: |cores| format!("{}\u{a0}cores", number(cores)),
            bars: needs.iter().map(|need| cores_bar(need)).collect(),
        })
        .unless_empty()
}

/// Where something in the figure has the sign.
fn mark(needs: &[&Need], shown: &[Beyond]) -> &'static str {
    match needs.iter().any(|need| is_past(need, shown)) {
        true => " † is past what was measured; the last tables say how far, and what that takes for granted.",
        false => "",
    }
}

const MISSING: &str = "not measured";

fn is_past(need: &Need, any: &[Beyond]) -> bool {
    need.beyond.iter().any(|beyond| any.contains(beyond))
}

/// With the sign where it is past any of these.
fn marked(need: &Need, any: &[Beyond], figure: String) -> String {
    if is_past(need, any) { format!("{figure}\u{a0}†") } else { figure }
}

fn name(need: &Need) -> String {
    need.mode.label().into()
}

fn cores_bar(need: &Need) -> Bar {
    let part = |name, cores: Option<Estimate>, tone| Part::new(name, cores.map_or(0.0, |cores| cores.value), tone);
    let parts = vec![
        part("requests", Some(need.request_cores), Tone::Full),
        part("Redis", need.redis_cores, Tone::Light),
        part("logins", need.login_cores, Tone::Quiet),
    ];
    bar(need, parts)
}

fn bar(need: &Need, parts: Vec<Part>) -> Bar {
    Bar { label: name(need), mode: need.mode, workload: need.workload, parts }
}

/// None when nothing but visits was measured.
fn network(cost: &Cost) -> Option<Figure> {
    let needs: Vec<&Need> = cost.needs.iter().filter(|need| need.workload == Workload::Whoami).collect();
    let table = Columns::<Need>(&[
        ("a second", name),
        ("requests and answers", |need| marked(need, &[Beyond::Requests], amount(&need.network))),
        ("of these, the credential", |need| {
            need.credentials.map_or(MISSING.into(), |bytes| marked(need, &[Beyond::Requests], bytes_of(bytes)))
        }),
    ])
    .of(needs.iter().copied());
    Figure::new(
        "Network",
        "What clients and servers send each other when all that is asked is who is calling. Coloured: the \
         part that proves it, where it was weighed.",
        table,
    )
    .drawn(Bars { told: bytes_of, bars: needs.iter().map(|need| network_bar(need)).collect() })
    .unless_empty()
}

fn network_bar(need: &Need) -> Bar {
    let credentials = need.credentials.unwrap_or(0.0);
    let rest = (need.network.value - credentials).max(0.0);
    bar(need, vec![Part::new("credential", credentials, Tone::Full), Part::new("everything else", rest, Tone::Quiet)])
}

fn bytes_of(bytes: f64) -> String {
    format::memory(bytes.round() as u64)
}

/// With its interval, where that can be seen in three digits.
fn amount(bytes: &Estimate) -> String {
    let told = bytes_of(bytes.value);
    let ends = bytes.interval.map(|Interval { low, high }| (bytes_of(low), bytes_of(high)));
    match ends.filter(|(low, high)| low != high) {
        Some((low, high)) => format!("{told} ({low}–{high})"),
        None => told,
    }
}

/// None when it was not measured.
fn memory(cost: &Cost) -> Option<Figure> {
    let needs = once_a_mode(cost);
    let held: Vec<(&Need, Estimate)> = needs.iter().filter_map(|need| Some((*need, need.memory?))).collect();
    let table = Columns::<(&Need, Estimate)>(&[
        ("", |(need, _)| name(need)),
        ("memory for the logins", |(need, held)| marked(need, &[Beyond::People], amount(held))),
        ("on disk", |(need, _)| {
            need.disk.map_or(MISSING.into(), |disk| marked(need, &[Beyond::People], amount(&disk)))
        }),
        ("memory where", |(need, _)| if need.mode.has_redis() { "servers and Redis" } else { "servers" }.into()),
    ])
    .of(&held);
    let bars = held.iter().map(|(need, held)| bar(need, vec![Part::new("logins", held.value, Tone::Full)]));
    let mark = mark(&needs, &[Beyond::People]);
    Figure::new("Memory", format!("While everybody is logged in once, beside what an empty fleet takes.{mark}"), table)
        .drawn(Bars { told: bytes_of, bars: bars.collect() })
        .unless_empty()
}

/// Memory does not depend on what is asked.
fn once_a_mode(cost: &Cost) -> Vec<&Need> {
    let modes = each_once(cost.needs.iter().map(|need| need.mode));
    modes.into_iter().filter_map(|mode| cost.needs.iter().find(|need| need.mode == mode)).collect()
}

/// None when there is nothing to make a bill of.
fn tested(cost: &Cost) -> Option<Figure> {
    let table = Columns::<Need>(&[
        ("", |need| format!("{}: {}", labels::workload(need.workload), need.mode.label())),
        ("requests a second", |need| number(need.tested.per_second)),
        ("replicas", |need| need.tested.replicas.to_string()),
        ("logins a second", |need| need.tested.logins_per_second.map_or(MISSING.into(), number)),
        ("people", |need| need.tested.people.map_or(MISSING.into(), count)),
        ("past it", |need| {
            let past = PAST.iter().filter(|(beyond, ..)| need.beyond.contains(beyond));
            let past: Vec<&str> = past.map(|(_, quantity, _)| *quantity).collect();
            if past.is_empty() { "–".into() } else { past.join(", ") }
        }),
    ])
    .of(&cost.needs);
    let caption = format!(
        "The most of each that was measured in this run. Asked for: {} requests and {} logins a second, {} people.",
        number(cost.wanted.per_second),
        number(cost.logins_per_second),
        count(cost.wanted.people),
    );
    Figure::new("Tested up to", caption, table).unless_empty()
}

/// What there may be more of than was measured, and what that takes for granted.
const PAST: [(Beyond, &str, &str); 4] = [
    (Beyond::Requests, "requests", "a request takes as much CPU time at any rate, on as many servers as that needs"),
    (Beyond::Logins, "logins", "a login takes as much CPU time when more of them come at once"),
    (Beyond::People, "people", "memory and disk grow with each login as they did so far"),
    (Beyond::OneRedis, "one Redis", "several Redis share the work evenly, since one answers on one thread"),
];

/// None when nothing that is asked for is past what was measured.
fn granted(cost: &Cost) -> Option<Figure> {
    let past = PAST.iter().filter(|(beyond, ..)| cost.needs.iter().any(|need| need.beyond.contains(beyond)));
    let table = Table::new(["past what was measured", "takes for granted that"])
        .with(past.map(|(_, quantity, assumption)| vec![quantity.to_string(), assumption.to_string()]));
    Figure::new("What † takes for granted", "An extrapolation: nobody has seen it here.", table).unless_empty()
}

fn measured(cost: &Cost) -> Vec<String> {
    if cost.needs.is_empty() {
        let why = "No price of a request was measured in this run that can be trusted: it takes auth-cost or credential-cost.";
        return vec![why.into()];
    }
    let arguments = cost.wanted.arguments().join(" ");
    let mut measured = sentences([
        &format!(
            "For your own numbers: loadtest report RECORDING {arguments}, where RECORDING is the folder of this report."
        ),
        &format!(
            "Cores are planned to be busy for {} of their time, Redis' too: with less room, answers queue, and when one of \
             three servers fails the other two have to take its part.",
            percent(PLANNED),
        ),
        "CPU time of a request is that of servers which are never idle, from credential-cost where it was run, else from \
         auth-cost. A server with little to do spends more on each request, on waking up, and has the time for it.",
        "CPU time of a login is that of demo users with a real password hash, one after the other. It was measured with \
         HS256 here and with Redis there, and taken for the other modes of the same server.",
        "The ends of an interval are those of its parts added up, so it is rather too wide than too narrow.",
    ]);
    if cost.needs.iter().all(|need| need.memory.is_none()) {
        measured.push("Memory for the logins was not measured in this run: it takes the experiment memory.".into());
    }
    measured
}
