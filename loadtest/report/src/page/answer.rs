//! What is the plain answer?

use crate::evidence::claims::{Decision, Pair, Ruling, Strength, Unit, says};
use crate::evidence::interval::Estimate;
use crate::evidence::metric::Metric;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::verdict::{Comparison, Verdict};
use crate::experiments::auth_cost::findings::{AuthCost, Effect};
use crate::experiments::revocation::findings::{Arm, Revocation};
use crate::findings::Findings;
use crate::recording::{Experiment, Workload};
use crate::words;

/// What became of the textbook's claims, in one sentence or two.
pub(crate) fn plain(findings: &Findings) -> String {
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

/// What the verdicts come to, as far as they were reached: what a token buys, and what that costs. None: not far enough.
pub(crate) fn in_short(findings: &Findings) -> Option<String> {
    let claims = || findings.claims.iter().flat_map(|row| &row.claims);
    let holds = |says: &str| {
        claims().any(|claim| {
            claim.says == says && matches!(&claim.ruling, Ruling::Decided(one) if one.verdict == Verdict::Supported)
        })
    };
    let lookup = holds(says::NO_LOOKUP).then_some("a question to the session store with every request");
    let memory = holds(says::NO_MEMORY).then_some("memory for every login");
    let spared: Vec<String> = lookup.into_iter().chain(memory).map(str::to_owned).collect();
    let outlives = holds(says::OUTLIVES);
    let price = match (outlives, holds(says::AT_ONCE)) {
        (true, true) => "it cannot be taken back before it expires, unless the store is asked after all",
        (true, false) => "it cannot be taken back before it expires",
        (false, _) => return None,
    };
    (!spared.is_empty()).then(|| format!("In short: a token spares its server {}; {price}.", words::list(&spared)))
}

/// The figures that everybody asks for first. None: nothing of it was measured.
pub(crate) fn figures(findings: &Findings) -> Option<String> {
    let sentences = [
        findings.auth_cost.as_ref().and_then(cpu),
        findings.revocation.as_ref().and_then(exposure),
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

fn exposure(revocation: &Revocation) -> Option<String> {
    let (token, session) = (revocation.longest_lived(STATELESS)?, revocation.longest_lived(STATEFUL)?);
    let told = |arm: &Arm| match arm.median.value {
        0.0 => "was not let in again".to_owned(),
        value => format!("was still let in for {}", words::micros(value * 1e6)),
    };
    Some(format!(
        "After a logout, a copy of a token that lives {} {}; a copy of a session {}.",
        words::lifetime(token.lifetime),
        told(token),
        told(session),
    ))
}

fn memory(Pair { unit, stateless, stateful, .. }: &Pair) -> String {
    let told = |estimate: &Estimate| match estimate.value {
        0.0 => "none that could be measured".to_owned(),
        value => words::amount(*unit, &Estimate::exact(value)),
    };
    format!(
        "Of the server's memory a login takes {} with a token and {} with a session.",
        told(stateless),
        told(stateful)
    )
}

fn cpu(auth: &AuthCost) -> Option<String> {
    let effect = effect(auth, Metric::FleetCpu)?;
    let ratio = words::times(effect.ratio.value);
    Some(match effect.comparison {
        Comparison::Lower | Comparison::Higher => format!(
            "Merely to know who is calling, the stateless server needed {ratio} the CPU of the stateful one and its Redis; \
             the more a request does besides, the less that matters."
        ),
        Comparison::Same => {
            "Merely to know who is calling costs both servers the same CPU: the difference is noise.".into()
        }
        Comparison::Unclear | Comparison::Unknown => format!(
            "Merely to know who is calling may cost the stateless server {ratio} the CPU of the stateful one, but this run \
             is too short to be sure."
        ),
    })
}

fn effect(auth: &AuthCost, metric: Metric) -> Option<&Effect> {
    auth.effects.iter().find(|effect| effect.workload == Workload::Whoami && effect.metric == metric)
}

fn size(ratio: f64) -> String {
    format!("A request that carries a token is {} as long as one that carries a cookie.", words::times(ratio))
}
