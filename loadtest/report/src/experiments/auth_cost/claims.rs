//! Claims of `auth-cost`: does a token spare its server the lookup, CPU and waiting?

use crate::evidence::claims::{Decision, Effect, Strength, Yardstick};
use crate::evidence::metric::Metric;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::{FEWEST_BLOCKS, NO_CALLS};
use crate::evidence::verdict;
use crate::evidence::verdict::{Comparison, Verdict};
use crate::experiments::auth_cost::findings::{Arm, AuthCost, Effect as Measured};
use crate::recording::Workload;
use crate::words;
use crate::words::number;

/// "The stateless side has the lower value", over all workloads that bring a credential.
pub(crate) fn lower(auth: &AuthCost, metric: Metric) -> Option<Decision> {
    let of_metric = |effect: &&Measured| effect.metric == metric && effect.workload != Workload::Anonymous;
    let effects: Vec<&Measured> = auth.effects.iter().filter(of_metric).collect();
    let first = effects.first()?;
    let answers: Vec<Comparison> = effects.iter().map(|effect| effect.comparison).collect();
    let reads = match metric {
        Metric::FleetCpu => "× the CPU of a session",
        _ => "× the p99 of a session",
    };
    Some(Decision {
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
pub(crate) fn lookups(auth: &AuthCost) -> Option<Decision> {
    let arm = |mode| auth.arms.iter().find(|arm: &&Arm| arm.mode == mode && arm.workload == Workload::Whoami);
    let (stateless, stateful) = (arm(STATELESS)?.store_calls, arm(STATEFUL)?.store_calls);
    let verdict = if stateless < NO_CALLS && stateful >= NO_CALLS { Verdict::Supported } else { Verdict::Refuted };
    let because = format!(
        "The stateless fleet has no Redis to ask: {} calls a request. The stateful one's counted {}.",
        number(stateless),
        number(stateful),
    );
    Some(Decision { verdict, effect: None, because })
}
