//! Chapter of `two-tabs`: how is it told?

use crate::article::{Figure, Section, Table, sentences};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::evidence::interval::{Interval, wilson};
use crate::experiments::two_tabs::{Raced, TwoTabs};
use crate::format::{count, percent};
use crate::recording::{Contest, Outcome, Workload};

/// From the good to the bad.
const OUTCOMES: [(Outcome, &str, Tone); 7] = [
    (Outcome::Kept, "all is there", Tone::Quieter),
    (Outcome::Refused, "one was told no", Tone::Quiet),
    (Outcome::Forked, "two drafts", Tone::Light),
    (Outcome::WrittenAfter, "written after the logout", Tone::Light),
    (Outcome::Lost, "told yes, and lost", Tone::Full),
    (Outcome::LoggedOut, "logged out by a renewal", Tone::Full),
    (Outcome::Revived, "logged in again", Tone::Full),
];

const CONTESTS: [(Contest, &str, &str); 6] = [
    (
        Contest::TwoSteps,
        "One checkout, two tabs",
        "One tab gives the address, the other the payment, at the same time. Told no means: look again, somebody was faster. \
         Two drafts: each tab goes on with one that lacks what the other was told yes for.",
    ),
    (
        Contest::TenWrites,
        "One checkout, ten tabs",
        "Five addresses and five payments at the same time, in an order drawn from the seed.",
    ),
    (
        Contest::TwoBaskets,
        "A basket in each tab",
        "No race: one tab starts a checkout, then the other starts its own; then both go on and buy. Told yes, and lost: a tab \
         has bought what the other had in its basket.",
    ),
    (
        Contest::DoubleRefresh,
        "Two renewals at once",
        "Both tabs renew the same credential. Told no means: look again, for the browser has the other tab's new cookie.",
    ),
    (
        Contest::LateStep,
        "A step under way during a logout",
        "A step of a checkout is half sent, the logout is answered, the rest is sent. Where the client carries its draft, a step \
         that is written afterwards is one in its own hands: the server keeps nothing of it.",
    ),
    (
        Contest::LateWrite,
        "A write to SQL under way during a logout",
        "The same with a preference. Both servers ask who is calling when the head of a request is there, and write when the \
         rest is.",
    ),
];

pub(crate) fn section(found: &TwoTabs) -> Section {
    Section {
        figures: CONTESTS.iter().filter_map(|contest| figure(found, contest)).collect(),
        measured: sentences([
            "By a barrier: of each request the server has all but the last byte, and has read what the request will write \
             over (Redis counts its reads); then the last bytes are sent one right after the other.",
            "Every second race is between tabs at two replicas; with sessions in memory both ask the one that knows them.",
            "The worst that was seen of a race is its outcome, and each tab looks at what it was told by its own means.",
        ]),
        not_shown: vec![
            "How often such things happen to people: here everything is arranged so that it does.",
            "Other ways to build it. A session could hold a checkout for each tab, and a server could keep a version of \
             each signed draft; then both would have what the other has, and its price.",
        ],
    }
}

fn figure(found: &TwoTabs, (contest, title, caption): &(Contest, &str, &str)) -> Option<Figure> {
    let races: Vec<&Raced> = found.races.iter().filter(|raced| raced.contest == *contest).collect();
    let seen = |outcome: Outcome| races.iter().any(|raced| raced.ended(outcome) > 0);
    let columns: Vec<_> = OUTCOMES.iter().filter(|(outcome, ..)| seen(*outcome)).collect();
    let heads = columns.iter().map(|(_, name, _)| format!("{name} (95 %)"));
    let mut table = Table::new([String::new()].into_iter().chain(heads));
    table.head.push("times".into());
    table.rows = races.iter().map(|raced| row(raced, columns.iter().map(|(outcome, ..)| *outcome))).collect();
    let bars = races.iter().map(|raced| bar(raced)).collect();
    let told = |times| format!("{} times", count(times as u64));
    Figure::new(*title, *caption, table).drawn(Bars { told, bars }).unless_empty()
}

fn row(raced: &Raced, outcomes: impl Iterator<Item = Outcome>) -> Vec<String> {
    let share = |outcome| {
        let told = count(raced.ended(outcome));
        match wilson(raced.ended(outcome), raced.times) {
            Some(Interval { low, high }) => format!("{told} ({}–{})", percent(low), percent(high)),
            None => told,
        }
    };
    let cells = outcomes.map(share).chain([count(raced.times)]);
    [raced.mode.label().to_owned()].into_iter().chain(cells).collect()
}

fn bar(raced: &Raced) -> Bar {
    let part = |(outcome, name, tone)| Part::new(name, raced.ended(outcome) as f64, tone);
    let parts = OUTCOMES.map(part).into();
    Bar { label: raced.mode.label().into(), mode: raced.mode, workload: Workload::Whoami, parts }
}
