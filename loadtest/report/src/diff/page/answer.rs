//! The answer of a comparison: what changed, in one paragraph?

use std::cmp::Ordering;

use crate::diff::judge::{Change, Why};
use crate::diff::page::label;
use crate::diff::{Diff, Row};
use crate::evidence::interval::Interval;
use crate::evidence::metric::Metric;
use crate::format::{self, percent};

/// One paragraph: the verdict, the largest change, what the machine did, and what could have been seen.
pub(crate) fn plain(diff: &Diff) -> String {
    let sentences = [Some(verdict(diff)), void(diff), largest(diff), machine(diff), resolution(diff), marks(diff)];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// How many claims of the textbook come out alike. None: no claim is decided in both.
fn marks(diff: &Diff) -> Option<String> {
    let decided: Vec<bool> = diff.verdicts.iter().filter_map(|marked| marked.agrees()).collect();
    let alike = decided.iter().filter(|agrees| **agrees).count();
    match (decided.len(), alike) {
        (0, _) => None,
        (all, alike) if alike == all => Some(format!("All {all} verdicts that both have are the same.")),
        (all, alike) => Some(format!("{alike} of the {all} verdicts that both have are the same.")),
    }
}

/// The first word decides whether to read on.
pub(crate) fn title(diff: &Diff) -> &'static str {
    let has = |change| rows(diff, change).next().is_some();
    let mostly_unclear = rows(diff, Change::Unclear).count() * 2 > diff.compared().count();
    match (diff.is_regression(), has(Change::Worse), has(Change::Better)) {
        (true, ..) => "B is worse",
        _ if !diff.passes() => "Part of B cannot be told",
        (false, true, true) => "Some better, some a little worse",
        (false, true, false) => "B is a little worse",
        (false, false, true) => "B is better",
        (false, false, false) if mostly_unclear => "These runs cannot tell",
        (false, false, false) => "No difference seen",
    }
}

/// Of this kind, the furthest first.
pub(crate) fn rows(diff: &Diff, change: Change) -> impl Iterator<Item = &Row> {
    let mut rows: Vec<&Row> = diff.compared().filter(|row| row.change == change).collect();
    let rank = |row: &Row| (row.regression, row.distance());
    rows.sort_by(|one, other| rank(other).partial_cmp(&rank(one)).unwrap_or(Ordering::Equal));
    rows.into_iter()
}

fn verdict(diff: &Diff) -> String {
    let count = |change| rows(diff, change).count();
    let (all, large) = (diff.compared().count(), diff.regressions().count());
    let told = [
        (large, format!("worse by more than {}", threshold(diff))),
        (count(Change::Worse) - large, format!("worse, and by no more than {}", threshold(diff))),
        (count(Change::Better), "better".into()),
        (count(Change::Same), "without a difference that these runs can see".into()),
        (count(Change::Unclear), "unclear".into()),
    ];
    let told: Vec<String> = told
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {} {what}", if *n == 1 { "is" } else { "are" }))
        .collect();
    match (diff.newly_broken().next(), all) {
        (Some(_), _) => "A fleet that keeps its contract in A breaks it in B, which no speed makes good.".into(),
        (None, 0) => "Nothing is left to be compared.".into(),
        (None, all) => format!("Of {} {}.", format::several(all, "comparison"), format::list(&told)),
    }
}

/// Which arms, so that nobody takes their silence for good news.
fn void(diff: &Diff) -> Option<String> {
    let mut arms: Vec<String> = Vec::new();
    for arm in diff.cannot_be_told().map(label::arm) {
        if !arms.contains(&arm) {
            arms.push(arm);
        }
    }
    let named = arms.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    let more = arms.len().saturating_sub(NAMED);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    (!arms.is_empty()).then(|| {
        format!(
            "What cannot be told, since no sample of B counts: {named}{more}. A change that voids its own samples does not \
             pass.",
        )
    })
}

/// More arms than these are a list, and no sentence.
const NAMED: usize = 4;

/// 5 %, and not 5.0 %: it was asked for like that.
pub(crate) fn threshold(diff: &Diff) -> String {
    format!("{}\u{a0}%", format::short(diff.threshold * 100.0))
}

fn largest(diff: &Diff) -> Option<String> {
    let row = rows(diff, Change::Worse).next().or_else(|| rows(diff, Change::Better).next())?;
    let net = if row.net.is_some() { ", net of the machine" } else { "" };
    let values = || format!("{} → {}", label::value(row, row.a), label::value(row, row.b));
    let how = row.telling().map_or_else(values, |effect| label::effect(Some(effect)));
    Some(format!("The largest: {}, {how}{net}.", label::what(row)))
}

/// Only where the machine moved.
fn machine(diff: &Diff) -> Option<String> {
    let Interval { low, high } = diff.machine?.ratio.interval?;
    let value = diff.machine?.ratio.value;
    let moved = diff.rows.iter().filter(|row| row.why == Why::TheMachine).count();
    let so = match moved {
        0 => "what is said here is net of that".to_owned(),
        moved => format!("{moved} of the comparisons moved only with it: there the machine changed and not the server"),
    };
    let sentence = |slower: &str| {
        format!(
            "The machine was {slower} in B (a handler without any of our code took {} the CPU), and {so}.",
            format::times(value),
        )
    };
    match (low > 1.0, high < 1.0) {
        (true, _) => Some(sentence("slower")),
        (_, true) => Some(sentence("faster")),
        _ if moved > 0 => Some(format!("Held against its control, {so}.")),
        _ => None,
    }
}

/// Whoever can only see that something doubled sees nothing.
const HARDLY: f64 = 0.5;

fn resolution(diff: &Diff) -> Option<String> {
    let metrics = [Metric::ServerCpu, Metric::P50, Metric::P99, Metric::Throughput];
    let fine = |metric: Metric| diff.resolution(metric).filter(|least| *least < HARDLY);
    let seen = |metric: Metric| Some(format!("{} of {}", percent(fine(metric)?), metric));
    let seen: Vec<String> = metrics.into_iter().filter_map(seen).collect();
    (!seen.is_empty()).then(|| format!("Typically these runs can see a change by {}.", format::list(&seen)))
}
