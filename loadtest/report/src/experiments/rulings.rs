//! How does each experiment decide its claims?

use crate::evidence::claims::{Decision, Effect, Strength, Yardstick};
use crate::evidence::component::Component;
use crate::evidence::interval::Estimate;
use crate::evidence::metric::Metric;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::{FEWEST_BLOCKS, LARGER, NO_CALLS, SATURATED, SCALES};
use crate::evidence::verdict;
use crate::evidence::verdict::{Comparison, Verdict};
use crate::experiments::auth_cost::findings::{Arm, AuthCost, Effect as Measured};
use crate::experiments::request_size::findings::WireBytes;
use crate::experiments::scale_out::findings::{Curve, ScaleOut};
use crate::experiments::scale_out::step::Step;
use crate::recording::{Experiment, Mode, Workload};
use crate::words;
use crate::words::{number, percent};

/// "The stateless side has the lower value", over all workloads that bring a credential.
pub(crate) fn lower(auth: Option<&AuthCost>, metric: Metric) -> Option<Decision> {
    let of_metric = |effect: &&Measured| effect.metric == metric && effect.workload != Workload::Anonymous;
    let effects: Vec<&Measured> = auth?.effects.iter().filter(of_metric).collect();
    let first = effects.first()?;
    let answers: Vec<Comparison> = effects.iter().map(|effect| effect.comparison).collect();
    let reads = match metric {
        Metric::FleetCpu => "× the CPU of a session",
        _ => "× the p99 of a session",
    };
    Some(Decision {
        experiment: Experiment::AuthCost,
        verdict: verdict::lower_everywhere(&answers),
        effect: Some(Strength::Ratio(Effect { to: Yardstick::OtherSide, reads, ratio: first.ratio, band: first.band })),
        because: because(&effects),
    })
}

/// One sentence for all workloads with the same outcome.
fn because(effects: &[&Measured]) -> String {
    let sentence = |outcome: Comparison, told: &str| {
        let alike = effects.iter().filter(|effect| effect.comparison == outcome);
        let ratios: Vec<String> = alike.map(|effect| ratio_on(effect)).collect();
        (!ratios.is_empty()).then(|| format!("{told}: {}.", words::list(&ratios)))
    };
    let unknown = if effects.iter().any(|effect| effect.ratio.interval.is_none()) {
        format!("No interval, which takes {FEWEST_BLOCKS} blocks")
    } else {
        "Nobody knows the noise, since the server was never run against itself".into()
    };
    let sentences = [
        sentence(Comparison::Lower, "Lower by more than noise"),
        sentence(Comparison::Higher, "Higher by more than noise"),
        sentence(Comparison::Same, "No winner, as the server differs from itself by as much"),
        sentence(Comparison::Unclear, "Not told apart from noise; a longer run may"),
        sentence(Comparison::Unknown, &unknown),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn ratio_on(effect: &Measured) -> String {
    format!("“{}” {}", words::workload(effect.workload), words::times(effect.ratio.value))
}

/// "No session lookup", by what the store itself counted. The stateless fleet is started without one.
pub(crate) fn lookups(auth: Option<&AuthCost>) -> Option<Decision> {
    let arm = |mode| auth?.arms.iter().find(|arm: &&Arm| arm.mode == mode && arm.workload == Workload::Whoami);
    let (stateless, stateful) = (arm(STATELESS)?.store_calls, arm(STATEFUL)?.store_calls);
    let verdict = if stateless < NO_CALLS && stateful >= NO_CALLS { Verdict::Supported } else { Verdict::Refuted };
    let because = format!(
        "The stateless fleet has no Redis to ask: {} calls a request. The stateful one's counted {}.",
        number(stateless),
        number(stateful),
    );
    Some(Decision { experiment: Experiment::AuthCost, verdict, effect: None, because })
}

/// "It grows with its replicas", at the highest number that was tried.
pub(crate) fn grows(scale: Option<&ScaleOut>, mode: Mode) -> Option<Decision> {
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
    Some(Decision { experiment: Experiment::ScaleOut, verdict, effect, because })
}

/// "Limited by session storage": is Redis what is busy when the stateful fleet is at its largest?
pub(crate) fn limited_by_store(scale: Option<&ScaleOut>) -> Option<Decision> {
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
    Some(Decision { experiment: Experiment::ScaleOut, verdict, effect: None, because })
}

/// Redis' work grows with the requests, and those with the replicas.
fn full_at(step: &Step, used: f64) -> String {
    if used >= SATURATED {
        return "It is what holds the replicas back.".into();
    }
    format!("If that goes on, it is full at about {} replicas of this size.", (f64::from(step.replicas) / used).round())
}

fn last_step(scale: Option<&ScaleOut>, mode: Mode) -> Option<&Step> {
    scale?.curves.iter().find(|curve: &&Curve| curve.mode == mode)?.steps.last()
}

fn busiest(step: &Step) -> String {
    match step.utilisation.first() {
        Some((component, used)) => {
            format!("Busiest: {component}, at {} of what it may use.", percent(*used))
        }
        None => String::new(),
    }
}

/// "It is larger": counted, so there is nothing to estimate.
pub(crate) fn larger(wire: Option<&WireBytes>) -> Option<Decision> {
    let wire = wire?;
    let ratio = wire.request_ratio?;
    let credential = |mode| {
        let carries = |bytes: &&crate::experiments::request_size::findings::Exchange| {
            bytes.mode == mode && bytes.credential_bytes > 0
        };
        wire.exchanges.iter().find(carries).map_or(0, |bytes| bytes.credential_bytes)
    };
    let because = format!(
        "The token's header takes {} bytes, the cookie's {}; the whole request is {} as long.",
        words::count(credential(STATELESS)),
        words::count(credential(STATEFUL)),
        words::times(ratio),
    );
    let verdict = if ratio >= LARGER { Verdict::Supported } else { Verdict::Refuted };
    let effect = Some(Strength::Ratio(Effect {
        to: Yardstick::OtherSide,
        reads: "× the bytes of a session's",
        ratio: Estimate::exact(ratio),
        band: None,
    }));
    Some(Decision { experiment: Experiment::Wire, verdict, effect, because })
}
