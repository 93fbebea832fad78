//! Fault summary: what did a fault do to the probe clients, and can that be believed?
//!
//! Counts are added up over the repetitions; times are told by their median, and the shortest and the longest of them. Nothing
//! is believed of a fault that was not proved to have happened, or of a fleet that lost something while nothing was broken.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use serde::Serialize;

use crate::evidence::claims::Share;
use crate::experiments::by_kind;
use crate::format;
use crate::recording::{Audit, Bucket, Fault, FaultRun, Mark, Mode, Moment, Way};

/// All repetitions of one fault on one kind of fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultSummary {
    pub mode: Mode,
    pub fault: Fault,
    pub way: Way,
    pub repeats: u32,
    /// Why nothing follows from it, in a sentence.
    pub invalid_reason: Option<String>,
    pub people: u64,
    pub requests: u64,
    pub failed: u64,
    /// Requests of somebody, or about a checkout, that the server did not know any more.
    pub forgotten: u64,
    /// Of one: requests answered well while it was broken. None: it was broken for less than a bucket.
    pub goodput: Option<f64>,
    pub audit: Audit,
    /// From when a request was due to its answer, or to giving up.
    pub longest_hang: Spread,
    /// Our own part in it at most: by how much a request was sent late though its person was free.
    pub own_delay: Spread,
    /// From the fault to the end of the first span with a failure, or with somebody forgotten. None: nobody noticed.
    pub noticed: Option<Spread>,
    /// From the fault to the end of the last span with a failure. None: nothing failed.
    pub errors_ended: Option<Spread>,
    /// From the repair to that, or nothing when it came before.
    pub recovered: Option<Spread>,
    /// Of the first repetition.
    pub timeline: Timeline,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    pub marks: Vec<Mark>,
    pub bucket_seconds: f64,
    pub buckets: Vec<Bucket>,
    pub seconds: f64,
}

/// Of a time over the repetitions, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

/// In the order in which each was tried first, the controls among them.
pub fn summaries<'a>(runs: impl Iterator<Item = &'a FaultRun>) -> Vec<FaultSummary> {
    let all: Vec<&FaultRun> = runs.collect();
    by_kind(&all, kind).iter().map(|group| summary(group, &all)).collect()
}

fn kind(run: &FaultRun) -> (Mode, Fault, Way) {
    (run.mode, run.fault, run.way)
}

fn summary(group: &[&FaultRun], all: &[&FaultRun]) -> FaultSummary {
    let first = group[0];
    let sum = |count: &dyn Fn(&FaultRun) -> u64| group.iter().map(|run| count(run)).sum::<u64>();
    let slowest = |run: &FaultRun| run.buckets.iter().map(|one| one.slowest).max().unwrap_or_default();
    // Of several repairs nobody knows which one a failure came after.
    let repaired_once = group.iter().filter(|run| moments(run, Moment::Recovered).count() == 1);
    FaultSummary {
        mode: first.mode,
        fault: first.fault,
        way: first.way,
        repeats: group.len() as u32,
        invalid_reason: invalid_reason(group, all),
        people: sum(&|run| run.people.into()),
        requests: sum(&|run| run.ended.all()),
        failed: sum(&|run| run.ended.failed()),
        forgotten: sum(&|run| run.ended.unauthorized + run.ended.gone),
        goodput: goodput(group),
        audit: together(group),
        longest_hang: spread(group.iter().map(|run| slowest(run))).unwrap_or(Spread::NONE),
        own_delay: spread(group.iter().map(|run| run.own_delay)).unwrap_or(Spread::NONE),
        noticed: spread(group.iter().filter_map(|run| noticed(run))),
        errors_ended: spread(group.iter().filter_map(|run| since(run, Moment::Broken))),
        recovered: spread(repaired_once.filter_map(|run| since(run, Moment::Recovered))),
        timeline: Timeline {
            marks: first.marks.clone(),
            bucket_seconds: first.bucket.as_secs_f64(),
            buckets: first.buckets.clone(),
            seconds: first.lasted.as_secs_f64(),
        },
    }
}

/// The first reason that is found.
fn invalid_reason(group: &[&FaultRun], all: &[&FaultRun]) -> Option<String> {
    let (mode, fault, way) = kind(group[0]);
    let mut proofs = group.iter().flat_map(|run| &run.proofs);
    if let Some(proof) = proofs.find(|proof| !proof.holds) {
        return Some(format!("The proof “{}” failed, so nothing follows from it.", proof.says));
    }
    let unproved = |run: &&FaultRun| run.proofs.is_empty() || moment(run, Moment::Broken).is_none();
    if fault != Fault::None && group.iter().any(unproved) {
        return Some("Nothing proves that anything was broken.".into());
    }
    let unsettled: u64 = group.iter().map(|run| run.audit.unsettled).sum();
    if unsettled > 0 {
        return Some(format!("What became of {unsettled} orders was still unknown at the end."));
    }
    let controls: Vec<_> = all.iter().filter(|run| kind(run) == (mode, Fault::None, way)).collect();
    if controls.is_empty() {
        return Some("There is no control in which nothing was broken.".into());
    }
    let spoilt = controls.iter().find(|control| harm(control) > 0)?;
    Some(format!(
        "The control, in which nothing was broken, went wrong as well: {} of {} requests failed, and {} of {} people were logged out.",
        spoilt.ended.failed(),
        spoilt.ended.all(),
        spoilt.audit.logged_out,
        spoilt.people,
    ))
}

/// What a run without a fault has none of.
fn harm(run: &FaultRun) -> u64 {
    let Audit { orders_lost, orders_twice, foreign, drafts_lost, logged_out, unsettled, .. } = run.audit;
    let requests = run.ended.failed() + run.ended.unauthorized + run.ended.gone;
    requests + orders_lost + orders_twice + foreign + drafts_lost + logged_out + unsettled
}

fn together(group: &[&FaultRun]) -> Audit {
    let sum = |count: fn(&Audit) -> u64| group.iter().map(|run| count(&run.audit)).sum();
    Audit {
        orders: sum(|audit| audit.orders),
        unknown: sum(|audit| audit.unknown),
        unsettled: sum(|audit| audit.unsettled),
        orders_lost: sum(|audit| audit.orders_lost),
        orders_twice: sum(|audit| audit.orders_twice),
        foreign: sum(|audit| audit.foreign),
        drafts: sum(|audit| audit.drafts),
        drafts_lost: sum(|audit| audit.drafts_lost),
        logged_out: sum(|audit| audit.logged_out),
        renewed: sum(|audit| audit.renewed),
        departed: sum(|audit| audit.departed),
        accepted_before: sum(|audit| audit.accepted_before),
        accepted_after: sum(|audit| audit.accepted_after),
    }
}

/// The spans that lie wholly between a fault and its repair.
fn goodput(group: &[&FaultRun]) -> Option<f64> {
    let (mut ok, mut all) = (0, 0);
    for run in group {
        let outages: Vec<_> = moments(run, Moment::Broken).zip(moments(run, Moment::Recovered)).collect();
        let is_inside = |from: Duration, to: Duration| outages.iter().any(|(a, b)| *a <= from && to <= *b);
        let inside = spans(run).filter(|(from, to, _)| is_inside(*from, *to));
        for (_, _, span) in inside {
            ok += span.ok;
            all += span.ok + span.forgotten + span.failed;
        }
    }
    (all > 0).then(|| ok as f64 / all as f64)
}

fn noticed(run: &FaultRun) -> Option<Duration> {
    let broken = moment(run, Moment::Broken)?;
    let (_, end, _) = spans(run).find(|(_, to, span)| *to > broken && span.failed + span.forgotten > 0)?;
    Some(end - broken)
}

/// From then to the end of the last span with a failure.
fn since(run: &FaultRun, then: Moment) -> Option<Duration> {
    let (broken, then) = (moment(run, Moment::Broken)?, moment(run, then)?);
    let (_, end, _) = spans(run).filter(|(_, to, span)| *to > broken && span.failed > 0).last()?;
    Some(end.saturating_sub(then))
}

fn moment(run: &FaultRun, wanted: Moment) -> Option<Duration> {
    moments(run, wanted).next()
}

fn moments(run: &FaultRun, wanted: Moment) -> impl Iterator<Item = Duration> {
    run.marks.iter().filter(move |mark| mark.moment == wanted).map(|mark| mark.at)
}

/// Each bucket with its beginning and its end.
fn spans(run: &FaultRun) -> impl Iterator<Item = (Duration, Duration, &Bucket)> {
    (0..).zip(&run.buckets).map(|(index, span)| (run.bucket * index, run.bucket * (index + 1), span))
}

fn spread(times: impl Iterator<Item = Duration>) -> Option<Spread> {
    let mut seconds: Vec<f64> = times.map(|time| time.as_secs_f64()).collect();
    seconds.sort_by(f64::total_cmp);
    let (least, most) = (*seconds.first()?, *seconds.last()?);
    Some(Spread { median: seconds[seconds.len() / 2], least, most })
}

impl Spread {
    const NONE: Spread = Spread { median: 0.0, least: 0.0, most: 0.0 };

    /// Of what is known to a tenth of a second: "0.1 s", or "0.1 s (0.1–0.3)".
    pub fn tenths(&self) -> String {
        let Spread { median, least, most } = self;
        let range = if least < most { format!(" ({least:.1}–{most:.1})") } else { String::new() };
        format!("{median:.1}\u{a0}s{range}")
    }
}

impl FaultSummary {
    pub fn logged_out(&self) -> Share {
        Share { reads: "people were logged out", hits: self.audit.logged_out, of: self.people }
    }

    pub fn unanswered(&self) -> Share {
        let reads = "requests failed, or were not recognised";
        Share { reads, hits: self.failed + self.forgotten, of: self.requests }
    }

    /// What somebody lost for good: a login, a checkout, an order; or got twice, or from somebody else.
    pub fn lost(&self) -> u64 {
        let Audit { logged_out, drafts_lost, orders_lost, orders_twice, foreign, .. } = self.audit;
        logged_out + drafts_lost + orders_lost + orders_twice + foreign
    }

    /// Credentials that a logout had ended, and that were accepted again.
    pub fn revived(&self) -> u64 {
        if self.audit.accepted_before == 0 { self.audit.accepted_after } else { 0 }
    }
}

/// 120 ms, or 120 ms (100 ms–200 ms) where it was not always the same.
impl Display for Spread {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        let told = |seconds: f64| if seconds == 0.0 { "0".into() } else { format::micros(seconds * 1e6) };
        to.write_str(&told(self.median))?;
        if self.least < self.most { write!(to, " ({}–{})", told(self.least), told(self.most)) } else { Ok(()) }
    }
}
