//! Claims: what can become of a sentence of the textbook?
//!
//! A row of the textbook's comparison table holds one or more claims that a measurement can contradict. Each ends in a
//! decision with a verdict, or says that nothing in this recording decides it.

use serde::Serialize;

use crate::evidence::interval::{Estimate, Interval, wilson};
use crate::evidence::noise::Band;
use crate::evidence::sides::Side;
use crate::evidence::verdict::Verdict;
use crate::recording::Experiment;
use crate::words;

/// A row of the textbook's table, re-marked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerRow {
    pub aspect: &'static str,
    pub stateless: &'static str,
    pub stateful: &'static str,
    /// The row in words that a measurement can contradict.
    pub claims: Vec<Claim>,
}

impl Claim {
    /// None: its experiment was not part of this run.
    pub fn decision(&self) -> Option<&Decision> {
        match &self.outcome {
            ClaimOutcome::Decided(decision) => Some(decision),
            ClaimOutcome::NotMeasured => None,
        }
    }

    pub fn verdict(&self) -> Option<Verdict> {
        self.decision().map(|decision| decision.verdict)
    }
}

impl LedgerRow {
    /// What is claimed of one side.
    pub fn of(&self, side: Side) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(move |claim| claim.of == side)
    }

    pub fn says_of(&self, side: Side) -> &'static str {
        match side {
            Side::Stateless => self.stateless,
            Side::Stateful => self.stateful,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// Stays when the sentence is reworded: `token-outlives-logout`.
    pub key: &'static str,
    /// In whose column of the table it stands.
    pub of: Side,
    pub says: &'static str,
    /// That decides it.
    pub experiment: Experiment,
    pub outcome: ClaimOutcome,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ClaimOutcome {
    Decided(Decision),
    /// Its experiment was not part of this run.
    NotMeasured,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    pub verdict: Verdict,
    /// What decided, when it is a figure.
    pub effect: Option<Strength>,
    /// One or two sentences with the figures.
    pub because: String,
}

/// How much of it there is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Strength {
    Ratio(Effect),
    Share(Share),
    Pair(Pair),
    Cases(Cases),
}

/// How often something happened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// "forged tokens were accepted".
    pub reads: &'static str,
    pub hits: u64,
    pub of: u64,
}

/// How often something happened, in cases that come out differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cases {
    /// "people were logged out".
    pub reads: &'static str,
    pub cases: Vec<Case>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    /// "session in memory".
    pub label: String,
    pub hits: u64,
    pub of: u64,
}

/// The same figure on either side.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    /// "bytes a login".
    pub reads: &'static str,
    pub unit: Unit,
    pub stateless: Estimate,
    pub stateful: Estimate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    Seconds,
    Bytes,
    Count,
    /// Of one: 0.25 is 25 %.
    Share,
}

/// What a ratio is a ratio to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Yardstick {
    /// Stateless over stateful.
    OtherSide,
    /// The stateless side over what it could be at best.
    Ideal,
    /// A server with a setting over the same server without it.
    Without,
}

/// A ratio, where 1 is no difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    pub to: Yardstick,
    /// "× the CPU of a session".
    pub reads: &'static str,
    pub ratio: Estimate,
    pub band: Option<Band>,
}

impl Decision {
    pub(crate) fn new(verdict: Verdict, effect: Strength, because: String) -> Decision {
        Decision { verdict, effect: Some(effect), because }
    }

    /// It was tried, and this is why nothing follows.
    pub(crate) fn undecided(because: impl Into<String>) -> Decision {
        Decision { verdict: Verdict::Inconclusive, effect: None, because: because.into() }
    }
}

impl Strength {
    pub(crate) fn ratio(to: Yardstick, reads: &'static str, ratio: Estimate, band: Option<Band>) -> Strength {
        Strength::Ratio(Effect { to, reads, ratio, band })
    }

    pub(crate) fn pair(reads: &'static str, unit: Unit, stateless: Estimate, stateful: Estimate) -> Strength {
        Strength::Pair(Pair { reads, unit, stateless, stateful })
    }

    /// A row for each that was tried.
    pub(crate) fn cases(
        reads: &'static str,
        cases: impl IntoIterator<Item = (impl Into<String>, Option<Share>)>,
    ) -> Strength {
        let tried = cases.into_iter().filter_map(|(label, share)| Some((label.into(), share?)));
        let cases = tried.map(|(label, Share { hits, of, .. })| Case { label, hits, of }).collect();
        Strength::Cases(Cases { reads, cases })
    }
}

impl Share {
    /// Of all of them together. None: there is none.
    pub(crate) fn sum(shares: impl IntoIterator<Item = Share>) -> Option<Share> {
        let add = |a: Share, b: Share| Share { hits: a.hits + b.hits, of: a.of + b.of, ..a };
        shares.into_iter().reduce(add)
    }

    /// Whether it surely is more than this, or surely less. None: too few to say.
    pub(crate) fn is_above(&self, line: f64) -> Option<bool> {
        self.interval()?.is_above(line)
    }

    /// 0.25; nothing of nothing is nothing.
    pub(crate) fn value(&self) -> f64 {
        self.hits as f64 / self.of.max(1) as f64
    }

    /// "3 of 200".
    pub(crate) fn told(&self) -> String {
        words::counted(self.hits, self.of)
    }

    /// None when nothing was tried.
    pub fn interval(&self) -> Option<Interval> {
        wilson(self.hits, self.of)
    }
}
