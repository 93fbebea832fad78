//! Experiment specification: what does the report know of an experiment, and how are all of them asked alike?

use std::any::Any;

use serde::Serialize;
use serde_json::{Value, json};

use crate::article::Section;
use crate::evidence::claims::{Claim, Decision};
use crate::evidence::sides::Side;
use crate::evidence::validity::Evidence;
use crate::evidence::verdict::Verdict;
use crate::recording::Experiment;
use crate::wanted::Wanted;

/// All there is to know of an experiment that finds an `F`.
pub(crate) struct ExperimentSpec<F: 'static> {
    pub(crate) name: Experiment,
    pub(crate) question: &'static str,
    /// What people usually expect.
    pub(crate) prediction: &'static str,
    pub(crate) claims: &'static [ClaimSpec<F>],
    /// None: it was not tried, or nothing of it can be trusted.
    pub(crate) find: fn(&Evidence, &Wanted) -> Option<F>,
    pub(crate) section: fn(&F) -> Section,
}

/// A sentence that a measurement can contradict.
pub(crate) struct ClaimSpec<F> {
    key: &'static str,
    of: Side,
    says: &'static str,
    decide: fn(&F) -> Option<Decision>,
}

/// The key is never reworded: tests, pages and programs know the claim by it. `of` is the side in whose column it stands.
/// `decide` answers None where what it takes was not measured.
pub(crate) const fn claim<F>(
    key: &'static str,
    of: Side,
    says: &'static str,
    decide: fn(&F) -> Option<Decision>,
) -> ClaimSpec<F> {
    ClaimSpec { key, of, says, decide }
}

/// An experiment, whatever it finds.
pub(crate) trait AnyExperiment: Sync {
    fn name(&self) -> Experiment;
    fn question(&self) -> &'static str;
    fn prediction(&self) -> &'static str;
    fn study(&'static self, evidence: &Evidence, wanted: &Wanted) -> Box<dyn Study>;
}

/// What came of an experiment in one recording.
pub(crate) trait Study {
    fn experiment(&self) -> &'static dyn AnyExperiment;
    /// Each as the experiment lists it, decided or not.
    fn claims(&self) -> Vec<Claim>;
    /// None: nothing was found.
    fn section(&self) -> Option<Section>;
    /// For programs; null where nothing was found.
    fn summary(&self) -> Value;
    /// An `F`, or nothing.
    fn found(&self) -> Option<&dyn Any>;
}

impl<F: Serialize> AnyExperiment for ExperimentSpec<F> {
    fn name(&self) -> Experiment {
        self.name
    }

    fn question(&self) -> &'static str {
        self.question
    }

    fn prediction(&self) -> &'static str {
        self.prediction
    }

    fn study(&'static self, evidence: &Evidence, wanted: &Wanted) -> Box<dyn Study> {
        Box::new(Found { spec: self, found: (self.find)(evidence, wanted), was_tried: evidence.was_tried(self.name) })
    }
}

struct Found<F: 'static> {
    spec: &'static ExperimentSpec<F>,
    found: Option<F>,
    was_tried: bool,
}

impl<F: Serialize> Study for Found<F> {
    fn experiment(&self) -> &'static dyn AnyExperiment {
        self.spec
    }

    fn claims(&self) -> Vec<Claim> {
        let claim = |ClaimSpec { key, of, says, decide }: &ClaimSpec<F>| {
            let decision = self.found.as_ref().and_then(decide).or_else(|| self.was_tried.then(distrusted));
            Claim { key, of: *of, says, experiment: self.spec.name, decision }
        };
        self.spec.claims.iter().map(claim).collect()
    }

    fn section(&self) -> Option<Section> {
        self.found.as_ref().map(self.spec.section)
    }

    fn summary(&self) -> Value {
        json!(self.found)
    }

    fn found(&self) -> Option<&dyn Any> {
        self.found.as_ref().map(|found| found as &dyn Any)
    }
}

fn distrusted() -> Decision {
    let because =
        "It was tried, and too few samples came of it that can be trusted; the others are listed below.".into();
    Decision { verdict: Verdict::Inconclusive, effect: None, because }
}
