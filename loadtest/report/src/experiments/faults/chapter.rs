//! Chapter of a fault experiment: how is it told?

use crate::article::{Columns, Figure, Section, or_dash, sentences};
use crate::chart::timeline::{Lane, Timeline};
use crate::experiments::faults::FaultRuns;
use crate::experiments::faults::summary::{self, FaultSummary, Spread};
use crate::format::{count, counted, percent};
use crate::labels;
use crate::recording::Fault;

/// A timeline for each group of runs, and a table of all; `own` is how this one was measured besides.
pub(crate) fn section<const N: usize>(
    found: &FaultRuns,
    timelines: impl IntoIterator<Item = Figure>,
    table: Figure,
    own: [&str; N],
    not_shown: Vec<&'static str>,
) -> Section {
    let timelines = timelines.into_iter().filter_map(Figure::unless_empty);
    let measured = measured(&found.runs).into_iter().chain(sentences(own)).collect();
    Section { figures: timelines.chain([table]).collect(), measured, not_shown }
}

/// What some of the runs noticed, a lane for each fleet.
pub(crate) fn timeline(title: &str, caption: &str, found: &FaultRuns, shown: impl Fn(&FaultSummary) -> bool) -> Figure {
    let runs: Vec<&FaultSummary> = found.runs.iter().filter(|run| shown(run)).collect();
    let lane = |run: &&FaultSummary| {
        let summary::Timeline { marks, bucket_seconds, buckets, seconds } = run.timeline.clone();
        let name = format!("{}: {}", run.mode.label(), labels::way(run.way));
        Lane { name, mode: run.mode, marks, bucket_seconds, buckets, seconds }
    };
    let table = Columns::<FaultSummary>(&[
        ("", |run| run.mode.label().into()),
        ("requests", |run| count(run.requests)),
        ("failed", |run| count(run.failed)),
        ("answered well while it was broken", |run| or_dash(run.goodput, percent)),
        ("longest hang", |run| run.longest_hang.to_string()),
        ("our part of it", |run| run.own_delay.to_string()),
        ("first failure after", |run| or_dash(run.noticed.as_ref(), Spread::tenths)),
        ("last failure after", |run| or_dash(run.errors_ended.as_ref(), Spread::tenths)),
        ("after the repair", |run| or_dash(run.recovered.as_ref(), Spread::tenths)),
    ])
    .of(runs.iter().copied());
    Figure::new(title, caption, table).drawn(Timeline(runs.iter().map(lane).collect()))
}

/// What the clients' log and the servers' books say together; controls and all.
pub(crate) fn books(found: &FaultRuns) -> Figure {
    let table = Columns::<FaultSummary>(&[
        ("", label),
        ("people logged out", |run| run.logged_out().told()),
        ("checkouts gone", |run| counted(run.audit.drafts_lost, run.audit.drafts)),
        ("orders", |run| count(run.audit.orders)),
        ("unknown at first", |run| count(run.audit.unknown)),
        ("lost", |run| count(run.audit.orders_lost)),
        ("twice", |run| count(run.audit.orders_twice)),
        ("answers about others", |run| count(run.audit.foreign)),
        ("logged-out credentials accepted before", |run| counted(run.audit.accepted_before, run.audit.departed)),
        ("and after", |run| match run.fault {
            Fault::None => "–".into(),
            _ => counted(run.audit.accepted_after, run.audit.departed),
        }),
        ("control and proofs", |run| if run.invalid_reason.is_some() { "failed".into() } else { "hold".into() }),
    ])
    .of(&found.runs);
    Figure::new(
        "What was lost",
        "From the people's own log, held against the servers' books when all was over. An order whose answer was \
         missing is unknown until it is sent again with the same key. A few people logged out before anything \
         broke and went on trying what they had been given: a plain token is let in until it expires, fault or \
         no fault.",
        table,
    )
}

/// "stateful, session in memory, a replica is killed".
pub(crate) fn label(run: &FaultSummary) -> String {
    format!("{}, {}", run.mode.label(), labels::fault(run.fault))
}

/// For every fault experiment alike.
fn measured(runs: &[FaultSummary]) -> Vec<String> {
    let Some(first) = runs.first() else { return Vec::new() };
    let repeats = runs.iter().map(|run| run.repeats).max().unwrap_or(1);
    let people = first.people / u64::from(first.repeats.max(1));
    let times = match repeats {
        1 => "once".into(),
        _ => format!("{repeats} times; counts are added up, and of times the median and the range are told"),
    };
    let who = format!(
        "{people} people with a log ask one after the other on a schedule that does not wait for them: who they are, \
         their unfinished checkout, orders. Each fault experiment was carried out {times}."
    );
    let alike = sentences([
        "Fleets are broken side by side, each with people of its own, so that all have the same minute of this machine.",
        "A fault counts when it is proved (PING fails, nobody listens any more), and when nobody loses anything in the \
         control, in which nothing is broken.",
        "A replica that refuses a connection is passed over, and the next is asked at once: nothing was sent to it. What \
         breaks off in the middle is a failure, and is not asked again but for orders, which have a key.",
        "Errors end with the last tenth of a second in which a request failed. Who was logged out and asks later does not \
         prolong that.",
        "Of the longest hang, our part is at most what a request was late though its person was free: nobody here measures \
         speed.",
    ]);
    let not_believed =
        runs.iter().filter_map(|run| Some(format!("Not believed: {}. {}", label(run), run.invalid_reason.as_ref()?)));
    [who].into_iter().chain(alike).chain(not_believed).collect()
}
