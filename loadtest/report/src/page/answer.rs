//! Answer of a report: what is it in a few sentences?

use crate::evidence::claims::{Claim, Pair, Strength};
use crate::evidence::interval::Estimate;
use crate::evidence::metric::Metric;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::verdict::{Comparison, Verdict};
use crate::experiments::auth_cost::{AuthCost, Effect};
use crate::experiments::request_size::WireBytes;
use crate::experiments::revocation::{Arm, Revocation};
use crate::findings::Findings;
use crate::format;
use crate::recording::Workload;

/// What became of the textbook's claims, in one sentence or two.
pub(crate) fn plain(findings: &Findings) -> String {
    let of = |wanted: Verdict| findings.claims().filter(|claim| claim.verdict() == Some(wanted)).count();
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
    let (all, missing) = (findings.claims().count(), findings.claims().filter(|one| one.verdict().is_none()).count());
    let first = format!(
        "The textbook makes {all} claims about stateless and stateful servers that a measurement can contradict."
    );
    match (told.is_empty(), missing) {
        (true, _) => format!("{first} None was measured in this run."),
        (false, 0) => format!("{first} Of these, {}.", format::list(&told)),
        (false, missing) => {
            format!("{first} Of the {} that were measured, {}; {missing} were not.", all - missing, format::list(&told))
        }
    }
}

/// What the verdicts come to, as far as they were reached: what a token buys, and what that costs. None: not far enough.
pub(crate) fn in_short(findings: &Findings) -> Option<String> {
    let holds = |key: &str| claim(findings, key).is_some_and(|claim| claim.verdict() == Some(Verdict::Supported));
    let lookup = holds("token-needs-no-lookup").then_some("a question to the session store with every request");
    let memory = holds("login-takes-no-memory-without-a-session").then_some("memory for every login");
    let spared: Vec<String> = lookup.into_iter().chain(memory).map(str::to_owned).collect();
    let outlives = holds("token-outlives-logout");
    let price = match (outlives, holds("ending-a-token-at-once-costs-a-session")) {
        (true, true) => "it cannot be taken back before it expires, unless the store is asked after all",
        (true, false) => "it cannot be taken back before it expires",
        (false, _) => return None,
    };
    (!spared.is_empty()).then(|| format!("In short: a token spares its server {}; {price}.", format::list(&spared)))
}

/// The figures that everybody asks for first. None: nothing of it was measured.
pub(crate) fn figures(findings: &Findings) -> Option<String> {
    let sentences = [
        findings.of().and_then(cpu),
        findings.of().and_then(exposure),
        claim(findings, "session-takes-memory-while-it-lasts").and_then(memory),
        findings.of::<WireBytes>().and_then(|wire| wire.request_ratio).map(size),
    ];
    let told = sentences.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!told.is_empty()).then_some(told)
}

fn claim<'a>(findings: &'a Findings, key: &str) -> Option<&'a Claim> {
    findings.claims().find(|claim| claim.key == key)
}

fn exposure(revocation: &Revocation) -> Option<String> {
    let (token, session) = (revocation.longest_lived(STATELESS)?, revocation.longest_lived(STATEFUL)?);
    let told = |arm: &Arm| match arm.median.value {
        0.0 => "was not let in again".to_owned(),
        value => format!("was still let in for {}", format::micros(value * 1e6)),
    };
    Some(format!(
        "After a logout, a copy of a token that lives {} {}; a copy of a session {}.",
        format::lifetime(token.lifetime),
        told(token),
        told(session),
    ))
}

fn memory(decided: &Claim) -> Option<String> {
    let Strength::Pair(Pair { unit, stateless, stateful, .. }) = decided.decision.as_ref()?.effect.as_ref()? else {
        return None;
    };
    let told = |estimate: &Estimate| match estimate.value {
        0.0 => "none that could be measured".to_owned(),
        value => unit.told(&Estimate::exact(value)),
    };
    Some(format!(
        "Of the server's memory a login takes {} with a token and {} with a session.",
        told(stateless),
        told(stateful)
    ))
}

fn cpu(auth: &AuthCost) -> Option<String> {
    let effect = effect(auth, Metric::FleetCpu)?;
    let ratio = format::times(effect.ratio.value);
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
    format!("A request that carries a token is {} as long as one that carries a cookie.", format::times(ratio))
}
