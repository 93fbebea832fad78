//! Effect of a change: how many times as much is it in the second recording, and how sure is that?

use serde::Serialize;

use crate::diff::chance;
use crate::diff::seen::{Arm, Blocks, Seen};
use crate::evidence::interval::{self, Estimate};
use crate::evidence::metric::Metric;
use crate::evidence::sides::STATELESS;
use crate::evidence::thresholds::{FEWEST_BLOCKS, FEWEST_PAIRS};
use crate::recording::{Mode, Workload};

/// What one block of A has to do with one of B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Pairing {
    /// Same seed, same plan, same order: block 3 of A is held against block 3 of B.
    ByBlock,
    /// Nothing: all blocks of A are held against all of B.
    AsSets,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    /// B over A.
    pub ratio: Estimate,
    /// How likely chance alone would do as much.
    pub chance: f64,
}

impl Effect {
    /// Whether the interval lies on one side of “nothing changed”.
    pub fn is_certain(&self) -> bool {
        self.ratio.interval.is_some_and(|interval| interval.low > 1.0 || interval.high < 1.0)
    }
}

/// None when one of them is never above zero.
pub(crate) fn effect(a: &Blocks, b: &Blocks, pairing: Pairing) -> Option<Effect> {
    if let Some(ratio) = counted(a, b) {
        return Some(known(ratio, if ratio.value == 1.0 { 1.0 } else { 0.0 }));
    }
    let pairs: Vec<(f64, f64)> = a.iter().filter_map(|(block, a)| Some((*b.get(block)?, *a))).collect();
    match pairing {
        Pairing::ByBlock if pairs.len() >= FEWEST_PAIRS => {
            let logs: Vec<f64> = pairs.iter().map(|(b, a)| (b / a).ln()).collect();
            Some(known(interval::ratio(&pairs)?, chance::of_a_mean(&logs)))
        }
        _ => {
            let [a, b] = [a, b].map(|blocks| blocks.values().copied().collect::<Vec<f64>>());
            let [a_logs, b_logs] = [&a, &b].map(|values| values.iter().map(|value| value.ln()).collect::<Vec<_>>());
            Some(known(interval::ratio_of_sets(&b, &a)?, chance::of_two_means(&a_logs, &b_logs)))
        }
    }
}

/// Values that are the same in every block leave nothing to be drawn anew.
fn counted(a: &Blocks, b: &Blocks) -> Option<Estimate> {
    let ((_, of_a), (_, of_b)) = (a.first_key_value()?, b.first_key_value()?);
    let same = |blocks: &Blocks, first: &f64| blocks.values().all(|value| value == first && *value > 0.0);
    let blocks = a.len().min(b.len());
    (same(a, of_a) && same(b, of_b)).then(|| Estimate { blocks, ..Estimate::exact(of_b / of_a) })
}

fn known(ratio: Estimate, chance: f64) -> Effect {
    Effect { ratio, chance: if ratio.blocks < FEWEST_BLOCKS { 1.0 } else { chance } }
}

/// What an arm is held against within its own block, so that the machine cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Control {
    /// None of our code is in it: what moves it is the machine.
    Bare,
    /// The server, asked by nobody in particular.
    Anonymous,
}

/// An effect over that of a control.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Net {
    pub control: Control,
    pub effect: Effect,
}

/// The effect net of the machine: both recordings' arms over their controls. None where one of the recordings has no
/// control beside this arm.
pub(crate) fn net(a: &Seen, b: &Seen, arm: Arm, metric: Metric, pairing: Pairing) -> Option<Net> {
    let over = |seen: &Seen, control: Arm| -> Option<Blocks> {
        let (own, beside) = (seen.blocks(arm, metric)?, seen.blocks(seen.like(control)?, metric.without_store())?);
        Some(own.iter().filter_map(|(block, own)| Some((*block, own / beside.get(block)?))).collect())
    };
    controls(arm, metric).into_iter().find_map(|(control, beside)| {
        Some(Net { control, effect: effect(&over(a, beside)?, &over(b, beside)?, pairing)? })
    })
}

/// The best first. The handler without our code also tells when the control itself changed; only its neighbours in the
/// same experiment know the same minute of the machine.
fn controls(arm: Arm, metric: Metric) -> Vec<(Control, Arm)> {
    let moves_with_the_machine =
        !matches!(metric, Metric::Bytes | Metric::StoreCalls | Metric::AnsweredWell) && arm.mode != Mode::Bare;
    let control = |kind, mode| (kind, Arm { mode, workload: Workload::Anonymous, ..arm });
    let mut controls = vec![control(Control::Bare, Mode::Bare)];
    if arm.workload != Workload::Anonymous {
        controls.extend([arm.mode, STATELESS].map(|mode| control(Control::Anonymous, mode)));
    }
    controls.retain(|_| moves_with_the_machine);
    controls
}

/// How the machine moved by itself: the CPU of the handler without our code, flat out where somebody asked for that. Our
/// own control would not do: a change that all requests of a server feel would pass for one of the machine.
pub(crate) fn of_the_machine(a: &Seen, b: &Seen, pairing: Pairing) -> Option<Effect> {
    let bare = |(arm, metric, _): &&(Arm, Metric, Blocks)| arm.mode == Mode::Bare && *metric == Metric::ServerCpu;
    let (arm, metric, of_a) = a.figures.iter().filter(bare).min_by_key(|(arm, ..)| arm.is_open())?;
    effect(of_a, b.blocks(*arm, *metric)?, pairing)
}
