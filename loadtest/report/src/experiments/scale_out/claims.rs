//! Claims of `scale-out`: does a fleet grow with its replicas, or does its session store limit it?

use crate::evidence::claims::{Decision, Effect, Strength, Yardstick};
use crate::evidence::component::Component;
use crate::evidence::sides::STATEFUL;
use crate::evidence::thresholds::{FEWEST_BLOCKS, SATURATED, SCALES};
use crate::evidence::verdict;
use crate::evidence::verdict::Verdict;
use crate::experiments::scale_out::findings::{Curve, ScaleOut};
use crate::experiments::scale_out::step::Step;
use crate::recording::Mode;
use crate::words::percent;

/// "It grows with its replicas", at the highest number that was tried.
pub(crate) fn grows(scale: &ScaleOut, mode: Mode) -> Option<Decision> {
    let last = last_step(scale, mode)?;
    let share = last.of_ideal.filter(|_| last.replicas > 1)?;
    let effect = Effect { to: Yardstick::Ideal, reads: "of the ideal", ratio: share, band: None };
    let effect = Some(Strength::Ratio(effect));
    let reached = format!("{} replicas reached {} of the ideal.", last.replicas, share);
    let (verdict, because) = match last.outside_limit() {
        Some(component) => (
            Verdict::Inconclusive,
            format!("{reached} But {component} had no more to give, a limit of the test bench and not of the fleet."),
        ),
        None if share.interval.is_none() => {
            (Verdict::Inconclusive, format!("{reached} No interval, which takes {FEWEST_BLOCKS} blocks."))
        }
        None => {
            let enough = format!("From {} on that counts as growing.", percent(SCALES));
            (verdict::scales(&share), format!("{reached} {enough} {}", busiest(last)))
        }
    };
    Some(Decision { verdict, effect, because })
}

/// "Limited by session storage": is Redis what is busy when the stateful fleet is at its largest?
pub(crate) fn limited_by_store(scale: &ScaleOut) -> Option<Decision> {
    let last = last_step(scale, STATEFUL)?;
    let used = last.used(Component::Redis)?;
    let seen = format!("With {} replicas Redis used {} of the CPU that it may use here.", last.replicas, percent(used));
    let undecided = |why: String| (Verdict::Inconclusive, format!("{seen} {why}"));
    let (verdict, because) = match last.outside_limit() {
        _ if last.throughput.interval.is_none() => undecided(format!("That takes {FEWEST_BLOCKS} blocks to believe.")),
        Some(component) if used < SATURATED => {
            undecided(format!("Busy first: {component}, so it could not be pushed further here."))
        }
        None if last.saturated().is_none() => {
            undecided("Nobody else was busy either: it was not pushed to its limit.".into())
        }
        _ => (verdict::limits(used), format!("{seen} {}", full_at(last, used))),
    };
    Some(Decision { verdict, effect: None, because })
}

/// Redis' work grows with the requests, and those with the replicas.
fn full_at(step: &Step, used: f64) -> String {
    if used >= SATURATED {
        return "It is what holds the replicas back.".into();
    }
    format!("If that goes on, it is full at about {} replicas of this size.", (f64::from(step.replicas) / used).round())
}

fn last_step(scale: &ScaleOut, mode: Mode) -> Option<&Step> {
    scale.curves.iter().find(|curve: &&Curve| curve.mode == mode)?.steps.last()
}

fn busiest(step: &Step) -> String {
    match step.utilisation.first() {
        Some((component, used)) => {
            format!("Busiest: {component}, at {} of what it may use.", percent(*used))
        }
        None => String::new(),
    }
}
