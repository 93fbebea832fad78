//! Chapter of a fault experiment: how is it told?

use crate::article::{Figure, Table};
use crate::chart::boxed;
use crate::chart::timeline::{Lane, Timeline};
use crate::experiments::faults::summary;
use crate::experiments::faults::summary::{Drilled, Spread};
use crate::recording::{Audit, Fault};
use crate::words;
use crate::words::{count, percent};

/// One fault, a lane for each fleet.
pub(crate) fn figure(title: String, caption: &str, drills: &[&Drilled]) -> Figure {
    let lane = |drill: &&Drilled| {
        let summary::Timeline { marks, bucket_seconds, buckets, seconds } = drill.timeline.clone();
        Lane { name: label(drill), mode: drill.mode, marks, bucket_seconds, buckets, seconds }
    };
    let mut table = Table::new([
        "",
        "requests",
        "failed",
        "answered well while it was broken",
        "longest hang",
        "our part of it",
        "first failure after",
        "last failure after",
        "after the repair",
    ]);
    table.rows = drills.iter().map(|drill| noticed(drill)).collect();
    let picture = Some(boxed(Timeline(drills.iter().map(lane).collect())));
    Figure { title, caption: caption.into(), picture, table }
}

/// "stateful, session in memory: each person stays with a replica".
fn label(drill: &Drilled) -> String {
    format!("{}: {}", words::mode(drill.mode), words::way(drill.way))
}

fn noticed(drill: &Drilled) -> Vec<String> {
    let told = |spread: &Option<Spread>| spread.map_or("–".into(), |spread| spread.tenths());
    vec![
        words::mode(drill.mode).into(),
        count(drill.requests),
        count(drill.failed),
        drill.goodput.map_or("–".into(), percent),
        drill.longest_hang.to_string(),
        drill.own_delay.to_string(),
        told(&drill.noticed),
        told(&drill.errors_ended),
        told(&drill.recovered),
    ]
}

/// What the clients' log and the servers' books say together; controls and all.
pub(crate) fn books(drills: &[Drilled]) -> Figure {
    let mut table = Table::new([
        "",
        "people logged out",
        "checkouts gone",
        "orders",
        "unknown at first",
        "lost",
        "twice",
        "answers about others",
        "logged-out credentials accepted before",
        "and after",
        "control and proofs",
    ]);
    table.rows = drills.iter().map(row).collect();
    Figure {
        title: "What was lost".into(),
        caption:
            "From the people's own log, held against the servers' books when all was over. An order whose answer was \
                  missing is unknown until it is sent again with the same key. A few people logged out before anything \
                  broke and went on trying what they had been given: a plain token is let in until it expires, fault or \
                  no fault."
                .into(),
        picture: None,
        table,
    }
}

fn row(drill: &Drilled) -> Vec<String> {
    let Audit { orders, unknown, orders_lost, orders_twice, foreign, drafts, drafts_lost, .. } = drill.audit;
    let Audit { departed, accepted_before, accepted_after, logged_out, .. } = drill.audit;
    let after = if drill.fault == Fault::None { "–".into() } else { of(accepted_after, departed) };
    vec![
        format!("{}, {}", words::mode(drill.mode), words::fault(drill.fault)),
        of(logged_out, drill.people),
        of(drafts_lost, drafts),
        count(orders),
        count(unknown),
        count(orders_lost),
        count(orders_twice),
        count(foreign),
        of(accepted_before, departed),
        after,
        if drill.distrusted.is_some() { "failed".into() } else { "hold".into() },
    ]
}

fn of(hits: u64, all: u64) -> String {
    format!("{} of {}", count(hits), count(all))
}

/// For every drill alike.
pub(crate) fn measured(drills: &[Drilled]) -> Vec<String> {
    let Some(first) = drills.first() else { return Vec::new() };
    let repeats = drills.iter().map(|drill| drill.repeats).max().unwrap_or(1);
    let people = first.people / u64::from(first.repeats.max(1));
    let times = match repeats {
        1 => "once".into(),
        _ => format!("{repeats} times; counts are added up, and of times the median and the range are told"),
    };
    let mut sentences = vec![
        format!(
            "{people} people with a log ask one after the other on a schedule that does not wait for them: who they are, \
             their unfinished checkout, orders. Each drill was carried out {times}."
        ),
        "Fleets are broken side by side, each with people of its own, so that all have the same minute of this machine.".into(),
        "A fault counts when it is proved (PING fails, nobody listens any more), and when nobody loses anything in the \
         control, in which nothing is broken."
            .into(),
        "A replica that refuses a connection is passed over, and the next is asked at once: nothing was sent to it. What \
         breaks off in the middle is a failure, and is not asked again but for orders, which have a key."
            .into(),
        "Errors end with the last tenth of a second in which a request failed. Who was logged out and asks later does not \
         prolong that."
            .into(),
        "Of the longest hang, our part is at most what a request was late though its person was free: nobody here measures \
         speed."
            .into(),
    ];
    sentences.extend(drills.iter().filter_map(|drill| {
        let why = drill.distrusted.as_ref()?;
        Some(format!("Not believed: {}, {}. {why}", words::mode(drill.mode), words::fault(drill.fault)))
    }));
    sentences
}
