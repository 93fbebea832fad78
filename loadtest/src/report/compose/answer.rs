//! What is the plain answer?

use crate::analyse::Findings;
use crate::analyse::auth_cost::{AuthCost, Effect};
use crate::analyse::claims::{Decision, Pair, Ruling, Strength, Unit};
use crate::analyse::interval::Estimate;
use crate::analyse::measure::Metric;
use crate::analyse::verdict::{Comparison, Verdict};
use crate::recording::{Experiment, Workload};
use crate::words;

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
        pair(findings, Experiment::Revocation, Unit::Seconds).map(exposure),
        pair(findings, Experiment::Memory, Unit::Bytes).map(memory),
        findings.wire.as_ref().and_then(|wire| wire.request_ratio).map(size),
    ];
    let told = sentences.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!told.is_empty()).then_some(told)
}

/// What decided a claim of this experiment, in this unit.
fn pair(findings: &Findings, experiment: Experiment, unit: Unit) -> Option<&Pair> {
    let claims = findings.claims.iter().flat_map(|row| &row.claims);
    claims.into_iter().find_map(|claim| match &claim.ruling {
        Ruling::Decided(Decision { experiment: by, effect: Some(Strength::Pair(pair)), .. })
            if *by == experiment && pair.unit == unit =>
        {
            Some(pair)
        }
        _ => None,
    })
}

fn exposure(Pair { unit, stateless, stateful, .. }: &Pair) -> String {
    let told = |estimate: &Estimate| match estimate.value {
        0.0 => "not at all".to_owned(),
        value => format!("for {}", words::amount(*unit, &Estimate::exact(value))),
    };
    format!(
        "After a logout, a copy of the token was still let in {}, which is the rest of its life, and a copy of the \
         session {}.",
        told(stateless),
        told(stateful),
    )
}

fn memory(Pair { unit, stateless, stateful, .. }: &Pair) -> String {
    let told = |estimate: &Estimate| words::amount(*unit, &Estimate::exact(estimate.value));
    format!("A login takes {} of memory with a token and {} with a session.", told(stateless), told(stateful))
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

fn effect(auth: &AuthCost, metric: Metric) -> Option<&Effect> {
    auth.effects.iter().find(|effect| effect.workload == Workload::Whoami && effect.metric == metric)
}

fn size(ratio: f64) -> String {
    format!("A request that carries a token is {} as long as one that carries a cookie.", words::times(ratio))
}
