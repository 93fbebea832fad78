//! Chapter of `cost`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::boxed;
use crate::evidence::interval::{Estimate, Interval};
use crate::evidence::thresholds::PLANNED;
use crate::experiments::sizing::findings::{Beyond, Cost, Need};
use crate::recording::Workload;
use crate::wanted::Wanted;
use crate::words;
use crate::words::{count, number, percent};

pub(crate) fn section(cost: &Cost) -> Section {
    let mut figures: Vec<Figure> =
        [Workload::Whoami, Workload::Journey].map(|of| cores(cost, of)).into_iter().flatten().collect();
    figures.extend(network(cost));
    figures.extend(memory(cost));
    figures.extend(tested(cost));
    figures.extend(granted(cost));
    Section {
        figures,
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

/// What makes cores an extrapolation.
const CORES: [Beyond; 3] = [Beyond::Requests, Beyond::Logins, Beyond::OneRedis];

/// None when nobody was asked this.
fn cores(cost: &Cost, workload: Workload) -> Option<Figure> {
    let needs: Vec<&Need> = cost.needs.iter().filter(|need| need.workload == workload).collect();
    needs.first()?;
    let mut table = Table::new(["cores", "requests", "logins", "Redis", "questions to Redis a second"]);
    table.rows = needs.iter().map(|need| cores_row(need)).collect();
    let caption = match workload {
        Workload::Journey => "The same when each request is part of a visit to our shop, SQL and orders and all.",
        _ => {
            "When all that is asked is who is calling: what the credential alone takes, to be added to what the application does."
        }
    };
    Some(Figure {
        title: format!("Cores for “{}”", words::workload(workload)),
        caption: format!("{} {caption}{}", asked(&cost.wanted), mark(&needs, &CORES)),
        picture: Some(boxed(Bars { told: told_cores, bars: needs.iter().map(|need| cores_bar(need)).collect() })),
        table,
    })
}

/// Where something in the figure has the sign.
fn mark(needs: &[&Need], shown: &[Beyond]) -> &'static str {
    match needs.iter().flat_map(|need| &need.beyond).any(|beyond| shown.contains(beyond)) {
        true => " † is past what was measured; the last tables say how far, and what that takes for granted.",
        false => "",
    }
}

fn asked(wanted: &Wanted) -> String {
    format!(
        "{} people, {} requests a second of all together; each logs in every {}.",
        count(wanted.people),
        number(wanted.per_second),
        wanted.every(),
    )
}

fn told_cores(cores: f64) -> String {
    format!("{}\u{a0}cores", number(cores))
}

fn cores_row(need: &Need) -> Vec<String> {
    let past = |beyond: &[Beyond]| need.beyond.iter().any(|one| beyond.contains(one));
    let (requests, redis) = (past(&[Beyond::Requests]), past(&[Beyond::Requests, Beyond::OneRedis]));
    vec![
        words::mode(need.mode).into(),
        marked(need.request_cores.to_string(), requests),
        need.login_cores.map_or(MISSING.into(), |cores| marked(cores.to_string(), past(&[Beyond::Logins]))),
        need.redis_cores.map_or("none".into(), |cores| marked(cores.to_string(), redis)),
        marked(number(need.store_calls), need.store_calls > 0.0 && requests),
    ]
}

const MISSING: &str = "not measured";

fn marked(figure: String, past: bool) -> String {
    if past { format!("{figure}\u{a0}†") } else { figure }
}

fn cores_bar(need: &Need) -> Bar {
    let part = |name: &str, cores: Option<Estimate>, tone| Part {
        name: name.into(),
        amount: cores.map_or(0.0, |cores| cores.value),
        tone,
    };
    let parts = vec![
        part("requests", Some(need.request_cores), Tone::Full),
        part("Redis", need.redis_cores, Tone::Light),
        part("logins", need.login_cores, Tone::Quiet),
    ];
    Bar { label: words::mode(need.mode).into(), mode: need.mode, workload: need.workload, parts }
}

/// None when nothing but visits was measured.
fn network(cost: &Cost) -> Option<Figure> {
    let needs: Vec<&Need> = cost.needs.iter().filter(|need| need.workload == Workload::Whoami).collect();
    let mut table = Table::new(["a second", "requests and answers", "of these, the credential"]);
    let row = |need: &&Need| {
        let past = need.beyond.contains(&Beyond::Requests);
        let credentials = need.credentials.map_or(MISSING.into(), |bytes| marked(bytes_of(bytes), past));
        vec![words::mode(need.mode).into(), marked(amount(&need.network), past), credentials]
    };
    table.rows = needs.iter().map(row).collect();
    (!needs.is_empty()).then(|| Figure {
        title: "Network".into(),
        caption: "What clients and servers send each other when all that is asked is who is calling. Coloured: the \
                  part that proves it, where it was weighed."
            .into(),
        picture: Some(boxed(Bars { told: bytes_of, bars: needs.iter().map(|need| network_bar(need)).collect() })),
        table,
    })
}

fn network_bar(need: &Need) -> Bar {
    let credentials = need.credentials.unwrap_or(0.0);
    let part = |name: &str, amount, tone| Part { name: name.into(), amount, tone };
    let rest = part("everything else", (need.network.value - credentials).max(0.0), Tone::Quiet);
    let parts = vec![part("credential", credentials, Tone::Full), rest];
    Bar { label: words::mode(need.mode).into(), mode: need.mode, workload: need.workload, parts }
}

fn bytes_of(bytes: f64) -> String {
    words::memory(bytes.round() as u64)
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
    let mut table = Table::new(["", "memory for the logins", "on disk", "memory where"]);
    let row = |(need, held): &(&Need, Estimate)| {
        let place = if need.mode.has_redis() { "servers and Redis" } else { "servers" };
        let past = need.beyond.contains(&Beyond::People);
        let disk = need.disk.map_or(MISSING.into(), |disk| marked(amount(&disk), past));
        vec![words::mode(need.mode).into(), marked(amount(held), past), disk, place.into()]
    };
    table.rows = held.iter().map(row).collect();
    let bar = |(need, held): &(&Need, Estimate)| {
        let parts = vec![Part { name: "logins".into(), amount: held.value, tone: Tone::Full }];
        Bar { label: words::mode(need.mode).into(), mode: need.mode, workload: need.workload, parts }
    };
    (!held.is_empty()).then(|| Figure {
        title: "Memory".into(),
        caption: format!(
            "While everybody is logged in once, beside what an empty fleet takes.{}",
            mark(&needs, &[Beyond::People])
        ),
        picture: Some(boxed(Bars { told: bytes_of, bars: held.iter().map(bar).collect() })),
        table,
    })
}

/// Memory does not depend on what is asked.
fn once_a_mode(cost: &Cost) -> Vec<&Need> {
    let mut once: Vec<&Need> = Vec::new();
    for need in &cost.needs {
        if once.iter().all(|known| known.mode != need.mode) {
            once.push(need);
        }
    }
    once
}

/// None when there is nothing to make a bill of.
fn tested(cost: &Cost) -> Option<Figure> {
    let mut table = Table::new(["", "requests a second", "replicas", "logins a second", "people", "past it"]);
    table.rows = cost.needs.iter().map(tested_row).collect();
    let wanted = &cost.wanted;
    (!table.rows.is_empty()).then(|| Figure {
        title: "Tested up to".into(),
        caption: format!(
            "The most of each that was measured in this run. Asked for: {} requests and {} logins a second, {} people.",
            number(wanted.per_second),
            number(cost.logins_per_second),
            count(wanted.people),
        ),
        picture: None,
        table,
    })
}

fn tested_row(need: &Need) -> Vec<String> {
    let past: Vec<&str> = need.beyond.iter().map(|beyond| quantity(*beyond)).collect();
    vec![
        format!("{}: {}", words::workload(need.workload), words::mode(need.mode)),
        number(need.tested.per_second),
        need.tested.replicas.to_string(),
        need.tested.logins_per_second.map_or(MISSING.into(), number),
        need.tested.people.map_or(MISSING.into(), count),
        if past.is_empty() { "–".into() } else { past.join(", ") },
    ]
}

fn quantity(beyond: Beyond) -> &'static str {
    match beyond {
        Beyond::Requests => "requests",
        Beyond::Logins => "logins",
        Beyond::People => "people",
        Beyond::OneRedis => "one Redis",
    }
}

/// None when nothing that is asked for is past what was measured.
fn granted(cost: &Cost) -> Option<Figure> {
    let all = [Beyond::Requests, Beyond::Logins, Beyond::People, Beyond::OneRedis];
    let past = all.into_iter().filter(|one| cost.needs.iter().any(|need| need.beyond.contains(one)));
    let mut table = Table::new(["past what was measured", "takes for granted that"]);
    table.rows = past.map(|one| vec![quantity(one).into(), assumption(one).into()]).collect();
    (!table.rows.is_empty()).then(|| Figure {
        title: "What † takes for granted".into(),
        caption: "An extrapolation: nobody has seen it here.".into(),
        picture: None,
        table,
    })
}

fn assumption(beyond: Beyond) -> &'static str {
    match beyond {
        Beyond::Requests => "a request takes as much CPU time at any rate, on as many servers as that needs",
        Beyond::Logins => "a login takes as much CPU time when more of them come at once",
        Beyond::People => "memory and disk grow with each login as they did so far",
        Beyond::OneRedis => "several Redis share the work evenly, since one answers on one thread",
    }
}

fn measured(cost: &Cost) -> Vec<String> {
    if cost.needs.is_empty() {
        let why = "No price of a request was measured in this run that can be trusted: it takes auth-cost or credential-cost.";
        return vec![why.into()];
    }
    let arguments = cost.wanted.arguments().join(" ");
    let mut measured = vec![
        format!("For your own numbers: loadtest report RECORDING {arguments}, where RECORDING is the folder of this report."),
        format!(
            "Cores are planned to be busy for {} of their time, Redis' too: with less room, answers queue, and when one of \
             three servers fails the other two have to take its part.",
            percent(PLANNED),
        ),
        "CPU time of a request is that of servers which are never idle, from credential-cost where it was run, else from \
         auth-cost. A server with little to do spends more on each request, on waking up, and has the time for it."
            .into(),
        "CPU time of a login is that of demo users with a real password hash, one after the other. It was measured with \
         HS256 here and with Redis there, and taken for the other modes of the same server."
            .into(),
        "The ends of an interval are those of its parts added up, so it is rather too wide than too narrow.".into(),
    ];
    if cost.needs.iter().all(|need| need.memory.is_none()) {
        measured.push("Memory for the logins was not measured in this run: it takes the experiment memory.".into());
    }
    measured
}
