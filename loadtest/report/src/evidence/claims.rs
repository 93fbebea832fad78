//! Claims: what can become of a sentence of the textbook?
//!
//! A row of the textbook's comparison table holds one or more claims that a measurement can contradict. Each ends in a
//! decision with a verdict, or says that nothing in this recording decides it.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};

use crate::evidence::interval::{Estimate, Interval, wilson};
use crate::evidence::noise::Band;
use crate::evidence::sides::Side;
use crate::evidence::verdict::Verdict;
use crate::format::{count, counted, micros, number, percent};
use crate::recording::Experiment;

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
    pub fn verdict(&self) -> Option<Verdict> {
        self.decision.as_ref().map(|decision| decision.verdict)
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
    /// None: its experiment was not part of this run.
    #[serde(rename = "outcome", serialize_with = "outcome")]
    pub decision: Option<Decision>,
}

fn outcome<S: Serializer>(decision: &Option<Decision>, to: S) -> Result<S::Ok, S::Error> {
    match decision {
        Some(decision) => BTreeMap::from([("decided", decision)]).serialize(to),
        None => "notMeasured".serialize(to),
    }
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
        counted(self.hits, self.of)
    }

    /// None when nothing was tried.
    pub fn interval(&self) -> Option<Interval> {
        wilson(self.hits, self.of)
    }
}

impl Unit {
    /// With its unit, and its interval where there is more than one value in it.
    pub fn told(self, estimate: &Estimate) -> String {
        let told = |value: f64| match self {
            _ if value == 0.0 => "0".to_owned(),
            Unit::Seconds => micros(value * 1e6),
            Unit::Bytes => format!("{}\u{a0}bytes", number(value)),
            Unit::Count if value.fract() == 0.0 => count(value as u64),
            Unit::Count => number(value),
            Unit::Share => percent(value),
        };
        estimate.told(told)
    }
}

/// "3 of 200 (0.5 %–4.3 %)".
impl Display for Share {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        to.write_str(&counted(self.hits, self.of))?;
        match self.interval() {
            Some(Interval { low, high }) => write!(to, " ({}–{})", percent(low), percent(high)),
            None => Ok(()),
        }
    }
}

/// In one line.
impl Display for Strength {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        match self {
            Strength::Ratio(effect) => write!(to, "{} {}", effect.ratio, effect.reads),
            Strength::Share(share) => write!(to, "{share} {}", share.reads),
            Strength::Cases(Cases { reads, cases }) => {
                let told = cases.iter().map(|case| format!("{} {}", counted(case.hits, case.of), case.label));
                write!(to, "{}: {reads}", told.collect::<Vec<_>>().join(", "))
            }
            Strength::Pair(Pair { reads, unit, stateless, stateful }) => {
                write!(to, "{} stateless, {} stateful: {reads}", unit.told(stateless), unit.told(stateful))
            }
        }
    }
}
