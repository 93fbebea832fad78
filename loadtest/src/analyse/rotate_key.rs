//! Does anybody notice a new key?

use serde::Serialize;

use super::claims::{Decision, Share, Strength};
use super::sides::{STATEFUL, STATELESS};
use super::verdict::Verdict;
use crate::recording::{Drill, Experiment, Fault, Mode, Recording};
use crate::words;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RotateKey {
    pub arms: Vec<Arm>,
}

/// One fleet that was given a new key in one way; all repetitions together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Arm {
    pub mode: Mode,
    pub fault: Fault,
    /// Who had to give a password again.
    pub logged_out: Share,
    /// Who was refused once, and had a new credential without a password.
    pub renewed: u64,
    /// Requests that were refused with 401.
    pub unauthorized: u64,
    pub failed: Share,
    /// Before: requests that did not get what they asked for, while nobody changed anything. None: nobody looked.
    pub noticed_before: Option<u64>,
    pub unproved: Vec<String>,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<RotateKey> {
    let drills: Vec<&Drill> = recording.drills(Experiment::RotateKey).collect();
    let mut kinds: Vec<(Mode, Fault)> = Vec::new();
    for drill in drills.iter().filter(|drill| drill.fault != Fault::None) {
        if !kinds.contains(&(drill.mode, drill.fault)) {
            kinds.push((drill.mode, drill.fault));
        }
    }
    let arms: Vec<Arm> = kinds.iter().map(|kind| arm(*kind, &drills)).collect();
    (!arms.is_empty()).then_some(RotateKey { arms })
}

fn arm((mode, fault): (Mode, Fault), drills: &[&Drill]) -> Arm {
    let of = |fault: Fault| drills.iter().copied().filter(move |drill| (drill.mode, drill.fault) == (mode, fault));
    let sum = |count: fn(&Drill) -> u64| of(fault).map(count).sum::<u64>();
    let share = |reads, hits, of| Share { reads, hits, of };
    let noticed = of(Fault::None).map(|drill| drill.ended.failed() + drill.ended.unauthorized);
    let unproved = of(fault).flat_map(|drill| &drill.proofs).filter(|proof| !proof.holds);
    Arm {
        mode,
        fault,
        logged_out: share("people were logged out", sum(|drill| drill.audit.logged_out), sum(|d| d.people.into())),
        renewed: sum(|drill| drill.audit.renewed),
        unauthorized: sum(|drill| drill.ended.unauthorized),
        failed: share("requests failed", sum(|drill| drill.ended.failed()), sum(|drill| drill.ended.all())),
        noticed_before: of(Fault::None).next().map(|_| noticed.sum()),
        unproved: unproved.map(|proof| proof.says.clone()).collect(),
    }
}

/// "A new signing key is a burden that tokens bring with them": do they lose people where sessions do not?
pub(super) fn stateless(found: Option<&RotateKey>) -> Option<Decision> {
    let found = found?;
    let ways = [Fault::Rotate, Fault::RotateAtOnce];
    let pairs = ways.map(|way| Some((found.arm(STATELESS, way)?, found.arm(STATEFUL, way)?)));
    let pairs: Vec<(&Arm, &Arm)> = pairs.into_iter().flatten().collect();
    let (token, _) = pairs.last()?;
    let told = pairs.iter().map(|(token, session)| {
        let (way, refused) = (words::capital(words::rotation(token.fault)), token.renewed_told());
        format!("{way}: {} with a token{refused}, {} with a session.", token.lost_told(), session.lost_told())
    });
    let told = told.collect::<Vec<_>>().join(" ");
    let loses = |arm: &Arm| arm.logged_out.hits > 0;
    let only_tokens = pairs.iter().any(|(token, session)| loses(token) && !loses(session));
    let only_sessions = pairs.iter().any(|(token, session)| !loses(token) && loses(session));
    let distrusted = pairs.iter().flat_map(|(token, session)| [token, session]).find_map(|arm| arm.distrusted());
    let (verdict, because) = match distrusted {
        Some(why) => (Verdict::Inconclusive, why),
        None if only_tokens && only_sessions => (Verdict::Depends, told),
        None if only_tokens => (Verdict::Supported, told),
        None => (Verdict::Refuted, told),
    };
    let effect = Some(Strength::Share(token.logged_out.clone()));
    Some(Decision { experiment: Experiment::RotateKey, verdict, effect, because })
}

impl RotateKey {
    fn arm(&self, mode: Mode, fault: Fault) -> Option<&Arm> {
        self.arms.iter().find(|arm| (arm.mode, arm.fault) == (mode, fault))
    }
}

impl Arm {
    fn lost_told(&self) -> String {
        format!("{} of {} logged out", words::count(self.logged_out.hits), words::count(self.logged_out.of))
    }

    fn renewed_told(&self) -> String {
        match self.renewed {
            0 => String::new(),
            renewed => format!(" ({} renewed it without a password)", words::count(renewed)),
        }
    }

    /// A sentence why nothing follows from it.
    fn distrusted(&self) -> Option<String> {
        if let Some(says) = self.unproved.first() {
            return Some(format!("This should have been so, and was not: {says}."));
        }
        match self.noticed_before {
            None => Some("Nobody looked whether the fleet answers while its key stays.".into()),
            Some(0) => None,
            Some(noticed) => Some(format!(
                "Already while the key stayed, {} requests failed or were refused.",
                words::count(noticed)
            )),
        }
    }
}
