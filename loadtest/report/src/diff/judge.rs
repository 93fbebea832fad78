//! Verdict on a change: better, worse, or nothing that these runs can see?

use serde::Serialize;

use crate::diff::effect::{Control, Effect};
use crate::diff::{Diff, Row, chance};
use crate::evidence::interval::Interval;
use crate::evidence::metric::Metric;
use crate::evidence::thresholds::{FAILS, FEWEST_BLOCKS, NEGLIGIBLE, NO_CALLS};
use crate::recording::Mode;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    Worse,
    Better,
    /// No difference that these runs can see, and none that is large.
    Same,
    /// As good as no difference, and as good as a large one: more blocks may tell.
    Unclear,
    /// A has it, and of all that was measured in B nothing counts: it may be anything.
    CannotBeTold,
    OnlyInA,
    OnlyInB,
}

/// What decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// The whole interval lies outside the noise.
    BeyondNoise,
    /// The interval touches the noise and reaches no further than the threshold, or than twice the noise.
    InsideNoise,
    /// As it is, it moved; net of the machine it did not: the machine changed and not the server.
    TheMachine,
    /// As it is, it did not move; net of the machine it did: the machine hid it.
    HiddenByTheMachine,
    /// As it is, it moved, and so did its control, which is our code too: the machine changed, or what every request costs.
    ItsControl,
    /// Net of its control it moved, and as it is it did not, or the other way: its control may have moved instead. Where
    /// everything became faster by the same time, the control did by the larger share.
    OnlyNet,
    /// It moved, the machine did too, and no control ran beside it.
    NoControl,
    /// Outside the noise by itself, but among so many comparisons a few are, by chance.
    OneOfMany,
    /// The interval reaches too far.
    TooWide,
    /// No interval, which takes three blocks.
    FewBlocks,
    /// A has none of it and B has some, or the other way round: there is no ratio.
    FromNothing,
    /// There was none of it in a whole block, which no mean of ratios can hold: the means themselves are held together.
    NoneInABlock,
    NotInBoth,
    NothingCounts,
}

/// Before anything was looked at.
pub(crate) fn nothing(in_a: bool, in_b: bool, void_in_b: bool) -> (Change, Why) {
    match (in_a, in_b) {
        (true, false) if void_in_b => (Change::CannotBeTold, Why::NothingCounts),
        (true, false) => (Change::OnlyInA, Why::NotInBoth),
        (false, true) => (Change::OnlyInB, Why::NotInBoth),
        _ => unclear(Why::FewBlocks),
    }
}

/// Decides every row that both recordings have. A row counts as moved if it is among the discoveries of all rows.
pub(crate) fn all(rows: &mut [Row], machine: Option<Effect>, threshold: f64) {
    let machine = machine.filter(|machine| machine.is_certain());
    let family: Vec<Option<f64>> = rows.iter().map(chance_of).collect();
    let mut real = chance::discoveries(&family.iter().copied().flatten().collect::<Vec<_>>()).into_iter();
    for (row, chance) in rows.iter_mut().zip(family) {
        let discovered = chance.is_none() || real.next().unwrap_or(false);
        if row.a.is_some() && row.b.is_some() {
            (row.change, row.why) = judged(row, discovered, machine, threshold);
            let ours = row.arm.mode != Mode::Bare;
            row.regression = row.change == Change::Worse && ours && is_large(row, machine, threshold);
        }
    }
}

/// None for what takes no part among the many: what has no interval, what is counted, and what is not ours.
fn chance_of(row: &Row) -> Option<f64> {
    let counted = matches!(row.metric, Metric::Bytes | Metric::StoreCalls) || row.arm.load.is_none();
    let telling = row.telling().filter(|_| !counted && row.arm.mode != Mode::Bare)?;
    (telling.ratio.blocks >= FEWEST_BLOCKS).then_some(telling.chance)
}

/// In every light: a control that is our code too may have become lighter, and without a control the machine is in it.
/// Failures are large from the share on at which a sample tells no price any more.
fn is_large(row: &Row, machine: Option<Effect>, threshold: f64) -> bool {
    let least = if row.metric == Metric::AnsweredWell { threshold.min(FAILS) } else { threshold };
    let as_it_is = row.effect.filter(|_| row.net.is_none_or(|net| net.control == Control::Anonymous));
    let without_machine = row.effect.zip(machine.filter(|_| row.net.is_none()));
    let without_machine = without_machine.and_then(|(effect, machine)| less(effect.ratio.value, machine, row.metric));
    let ratios = [row.telling(), as_it_is].into_iter().flatten().map(|effect| effect.ratio.value);
    let counted = row.effect.is_none().then(|| of_means(row));
    ratios.chain(without_machine).chain(counted).all(|ratio| worse_by(row.metric, ratio) > least)
}

/// By which share a ratio of B to A is worse: 0.1 is 10 % more CPU, or 10 % less throughput.
fn worse_by(metric: Metric, ratio: f64) -> f64 {
    if metric.higher_is_better() { 1.0 - ratio } else { ratio - 1.0 }
}

fn judged(row: &Row, discovered: bool, machine: Option<Effect>, threshold: f64) -> (Change, Why) {
    let Some(effect) = row.effect else { return from_nothing(row) };
    if row.arm.load.is_none() {
        return exact(row.metric, effect.ratio.value);
    }
    let (Some(plain), Some(telling)) = (effect.ratio.interval, row.telling().and_then(|one| one.ratio.interval)) else {
        return unclear(Why::FewBlocks);
    };
    let side = |interval: Interval| outside(interval, row.noise.max(NEGLIGIBLE), row.metric);
    let without_machine = without(plain, row, machine).map(side);
    let bare = row.net.is_some_and(|net| net.control == Control::Bare);
    match (side(plain), side(telling)) {
        (moved, _) if without_machine.is_some_and(|less| less != moved) => unclear(Why::NoControl),
        (_, Some(_)) if !discovered => unclear(Why::OneOfMany),
        (plain, Some(change)) if plain == Some(change) => (change, Why::BeyondNoise),
        (None, Some(change)) if bare && machine.is_some() => (change, Why::HiddenByTheMachine),
        (_, Some(_)) => unclear(Why::OnlyNet),
        (Some(_), None) => {
            let why = if bare { Why::TheMachine } else { Why::ItsControl };
            within(telling, row.noise, threshold, why)
        }
        (None, None) => within(telling, row.noise, threshold, Why::InsideNoise),
    }
}

/// What is left of it when the machine's own change is taken off, where no control ran beside it.
fn without(plain: Interval, row: &Row, machine: Option<Effect>) -> Option<Interval> {
    let machine = machine.filter(|_| row.net.is_none() && row.arm.mode != Mode::Bare)?;
    let less = |ratio| less(ratio, machine, row.metric);
    Some(Interval { low: less(plain.low)?, high: less(plain.high)? })
}

fn unclear(why: Why) -> (Change, Why) {
    (Change::Unclear, why)
}

/// Nothing outside the noise: is something large excluded, too?
fn within(interval: Interval, noise: f64, threshold: f64, why: Why) -> (Change, Why) {
    let far = noise.powi(2).max(1.0 + threshold);
    let reaches_far = interval.low < 1.0 / far || interval.high > far;
    if reaches_far { unclear(Why::TooWide) } else { (Change::Same, why) }
}

/// Which way, if all of it lies outside the noise.
fn outside(interval: Interval, noise: f64, metric: Metric) -> Option<Change> {
    let up = if metric.higher_is_better() { Change::Better } else { Change::Worse };
    let down = if up == Change::Better { Change::Worse } else { Change::Better };
    match interval {
        Interval { low, .. } if low > noise => Some(up),
        Interval { high, .. } if high < 1.0 / noise => Some(down),
        _ => None,
    }
}

/// A ratio without what the handler without our code changed by. None where nobody knows how that tells on it.
fn less(ratio: f64, machine: Effect, metric: Metric) -> Option<f64> {
    match metric {
        Metric::ServerCpu | Metric::StoreCpu | Metric::FleetCpu => Some(ratio / machine.ratio.value),
        Metric::Throughput => Some(ratio * machine.ratio.value),
        _ => None,
    }
}

fn exact(metric: Metric, ratio: f64) -> (Change, Why) {
    match outside(Interval { low: ratio, high: ratio }, 1.0, metric) {
        Some(change) => (change, Why::BeyondNoise),
        None => (Change::Same, Why::InsideNoise),
    }
}

/// Calls to a store where there were none, and a server that was down for a block.
fn from_nothing(row: &Row) -> (Change, Why) {
    let (change, _) = exact(row.metric, of_means(row));
    match [row.a, row.b].map(|value| value.unwrap_or(0.0) < NO_CALLS) {
        [true, true] => (Change::Same, Why::FromNothing),
        [false, false] => (change, Why::NoneInABlock),
        _ => (change, Why::FromNothing),
    }
}

/// B over A. Infinite where A has none of it.
fn of_means(row: &Row) -> f64 {
    row.b.unwrap_or(0.0) / row.a.unwrap_or(0.0)
}

impl Diff {
    /// How small a change of this metric the runs could have seen: half of the comparisons were finer than this.
    pub fn resolution(&self, metric: Metric) -> Option<f64> {
        let width = |row: &Row| {
            let interval = row.telling()?.ratio.interval.filter(|interval| interval.low < interval.high)?;
            Some((interval.high / interval.low).sqrt().max(1.0) * row.noise - 1.0)
        };
        let mut widths: Vec<f64> = self.compared().filter(|row| row.metric == metric).filter_map(width).collect();
        widths.sort_by(f64::total_cmp);
        widths.get(widths.len() / 2).copied()
    }
}
