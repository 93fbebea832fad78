//! What is the plain answer?

use crate::analyse::Findings;
use crate::analyse::auth_cost::{AuthCost, Effect};
use crate::analyse::claims::Ruling;
use crate::analyse::measure::Metric;
use crate::analyse::scale_out::ScaleOut;
use crate::analyse::sides::{STATEFUL, STATELESS};
use crate::analyse::step::Step;
use crate::analyse::verdict::{Comparison, Verdict};
use crate::recording::{Mode, Workload};
use crate::words::{self, percent};

/// What became of the textbook's claims, in one sentence or two.
pub(super) fn plain(findings: &Findings) -> String {
    let rulings = || findings.claims.iter().flat_map(|row| &row.claims).map(|claim| &claim.ruling);
    let of = |wanted: Verdict| rulings().filter(|r| matches!(r, Ruling::Decided(d) if d.verdict == wanted)).count();
    let told: Vec<String> = [
        (Verdict::Supported, "held", "held"),
        (Verdict::Refuted, "did not", "did not"),
        (Verdict::Depends, "depends on how the servers are used", "depend on how the servers are used"),
        (Verdict::Inconclusive, "could not be decided here", "could not be decided here"),
    ]
    .into_iter()
    .filter(|(verdict, ..)| of(*verdict) > 0)
    .map(|(verdict, one, many)| format!("{} {}", of(verdict), if of(verdict) == 1 { one } else { many }))
    .collect();
    let (all, missing) = (rulings().count(), rulings().filter(|r| matches!(r, Ruling::NotMeasured { .. })).count());
    let first = format!(
        "The textbook makes {all} claims about stateless and stateful servers that a measurement can contradict."
    );
    match (told.is_empty(), missing) {
        (true, _) => format!("{first} None was measured in this run."),
        (false, 0) => format!("{first} Of these, {}.", words::list(&told)),
        (false, missing) => {
            format!("{first} Of the {} that were measured, {}; {missing} were not.", all - missing, words::list(&told))
        }
    }
}

/// The figures that everybody asks for first. None: nothing of it was measured.
pub(super) fn figures(findings: &Findings) -> Option<String> {
    let sentences = [
        findings.auth_cost.as_ref().and_then(cpu),
        findings.auth_cost.as_ref().and_then(latency),
        findings.scale_out.as_ref().and_then(scaling),
        findings.wire.as_ref().and_then(|wire| wire.request_ratio).map(size),
    ];
    let told = sentences.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!told.is_empty()).then_some(told)
}

fn cpu(auth: &AuthCost) -> Option<String> {
    let effect = effect(auth, Metric::FleetCpu)?;
    Some(match effect.comparison {
        Comparison::Lower | Comparison::Higher => format!(
            "To answer a caller whom it knows, the stateless server needed {} the CPU of the stateful one and its \
             Redis.",
            words::times(effect.ratio.value),
        ),
        Comparison::Same => {
            "To answer a caller whom it knows costs both servers the same CPU: the difference is noise.".into()
        }
        Comparison::Unclear | Comparison::Unknown => format!(
            "To answer a caller whom it knows may cost the stateless server {} the CPU of the stateful one, but this \
             run is too short to be sure.",
            words::times(effect.ratio.value),
        ),
    })
}

fn latency(auth: &AuthCost) -> Option<String> {
    let at = |mode: Mode, share: f64| {
        let arm = auth.arms.iter().find(|arm| arm.mode == mode && arm.workload == Workload::Whoami)?;
        arm.latency(share).map(words::micros)
    };
    let noise = |metric: Metric| match effect(auth, metric)?.comparison {
        Comparison::Lower | Comparison::Higher => Some("more than noise explains"),
        _ => Some("a difference that noise alone could make"),
    };
    Some(format!(
        "Half of the answers came within {} with a token and {} with a session, {}; 99 of 100 within {} and {}, {}.",
        at(STATELESS, 0.5)?,
        at(STATEFUL, 0.5)?,
        noise(Metric::P50)?,
        at(STATELESS, 0.99)?,
        at(STATEFUL, 0.99)?,
        noise(Metric::P99)?,
    ))
}

fn effect(auth: &AuthCost, metric: Metric) -> Option<&Effect> {
    auth.effects.iter().find(|effect| effect.workload == Workload::Whoami && effect.metric == metric)
}

fn scaling(scale: &ScaleOut) -> Option<String> {
    let steps = |mode: Mode| scale.curves.iter().find(|curve| curve.mode == mode).map(|curve| curve.steps.as_slice());
    let (stateless, stateful) = (steps(STATELESS)?, steps(STATEFUL)?);
    let replicas = stateless.last()?.replicas.min(stateful.last()?.replicas);
    let end = |steps: &[Step]| {
        let step = steps.iter().find(|step| step.replicas == replicas)?;
        Some((step.of_ideal?.value, step.outside_limit()))
    };
    let ((stateless, one), (stateful, other)) = (end(stateless)?, end(stateful)?);
    let bench = one.or(other).map_or(String::new(), |component| format!(", with {component} as the limit"));
    let (stateless, stateful) = (percent(stateless), percent(stateful));
    Some(format!(
        "At {replicas} replicas the stateless fleet reached {stateless} of its ideal throughput and the stateful one \
         {stateful}{bench}."
    ))
}

fn size(ratio: f64) -> String {
    format!("A request that carries a token is {} as long as one that carries a cookie.", words::times(ratio))
}
