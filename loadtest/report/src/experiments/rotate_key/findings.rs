//! Findings of `rotate-key`: does a user notice a new key?

use serde::Serialize;

use crate::evidence::claims::{Decision, Pair, Strength, Unit};
use crate::evidence::interval::Estimate;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::verdict::Verdict;
use crate::experiments::faults::summary::{Drilled, drilled};
use crate::recording::{Experiment, Fault, Mode, Recording};
use crate::words;
use crate::words::count;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RotateKey {
    /// The controls among them.
    pub drills: Vec<Drilled>,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<RotateKey> {
    let drills = drilled(recording.drills(Experiment::RotateKey));
    (!drills.is_empty()).then_some(RotateKey { drills })
}

impl RotateKey {
    fn of(&self, mode: Mode, fault: Fault) -> Option<&Drilled> {
        self.drills.iter().find(|drill| drill.is(mode, fault))
    }
}

/// "A new signing key is a burden that tokens bring with them": do they lose people where sessions do not?
pub(crate) fn stateless(found: &RotateKey) -> Option<Decision> {
    let ways = [Fault::Rotate, Fault::RotateAtOnce];
    let pair = |way| Some((found.of(STATELESS, way)?, found.of(STATEFUL, way)?));
    let pairs: Vec<(&Drilled, &Drilled)> = ways.into_iter().filter_map(pair).collect();
    let (token, session) = pairs.last()?;
    let told = pairs.iter().map(|(token, session)| told(token, session)).collect::<Vec<_>>().join(" ");
    let loses = |drill: &Drilled| drill.audit.logged_out > 0;
    let only_tokens = pairs.iter().any(|(token, session)| loses(token) && !loses(session));
    let only_sessions = pairs.iter().any(|(token, session)| !loses(token) && loses(session));
    let distrusted = pairs.iter().find_map(|(token, session)| token.distrusted.clone().or(session.distrusted.clone()));
    let (verdict, because) = match distrusted {
        Some(why) => (Verdict::Inconclusive, why),
        None if only_tokens && only_sessions => (Verdict::Depends, told),
        None if only_tokens => (Verdict::Supported, told),
        None => (Verdict::Refuted, told),
    };
    let effect = Some(Strength::Pair(Pair {
        reads: "people logged out by a new key",
        unit: Unit::Share,
        stateless: share(token),
        stateful: share(session),
    }));
    Some(Decision { verdict, effect, because })
}

fn share(drill: &Drilled) -> Estimate {
    let logged_out = drill.logged_out();
    let value = logged_out.hits as f64 / logged_out.of.max(1) as f64;
    Estimate { value, interval: logged_out.interval(), blocks: drill.repeats as usize }
}

/// "Carelessly: 0 of 8 people with a token were logged out (8 renewed theirs), and 8 of 8 with a session."
fn told(token: &Drilled, session: &Drilled) -> String {
    let renewed = match token.audit.renewed {
        0 => String::new(),
        some => format!(" ({} were refused and renewed it without a password)", count(some)),
    };
    let lost = |drill: &Drilled| format!("{} of {}", count(drill.audit.logged_out), count(drill.people));
    format!(
        "{}: of those with a token {} people were logged out{renewed}, of those with a session {}.",
        words::capital(words::rotation(token.fault)),
        lost(token),
        lost(session)
    )
}
