//! Experiment specification: what does the report know of an experiment, and how are all of them asked alike?

use std::any::Any;

use serde::Serialize;
use serde_json::{Value, json};

use crate::article::Section;
use crate::evidence::claims::{Claim, Decision};
use crate::evidence::sides::Side;
use crate::evidence::validity::Evidence;
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
    fn study(&'static self, evidence: &Evidence, wanted: &Wanted) -> Study;
    /// None: that is not what this experiment finds.
    fn section(&self, found: &dyn Any) -> Option<Section>;
}

/// What came of an experiment in one recording.
pub(crate) struct Study {
    pub(crate) experiment: &'static dyn AnyExperiment,
    /// Each as the experiment lists it, decided or not.
    pub(crate) claims: Vec<Claim>,
    /// What was found, for programs; null where nothing was.
    pub(crate) summary: Value,
    /// An `F`. None: nothing was found.
    pub(crate) found: Option<Box<dyn Any>>,
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

    fn study(&'static self, evidence: &Evidence, wanted: &Wanted) -> Study {
        let (found, was_tried) = ((self.find)(evidence, wanted), evidence.was_tried(self.name));
        let claim = |ClaimSpec { key, of, says, decide }: &ClaimSpec<F>| {
            let undecided = || was_tried.then(|| Decision::undecided(TOO_FEW_VALID));
            let decision = found.as_ref().and_then(decide).or_else(undecided);
            Claim { key, of: *of, says, experiment: self.name, decision }
        };
        let (claims, summary) = (self.claims.iter().map(claim).collect(), json!(found));
        Study { experiment: self, claims, summary, found: found.map(|found| Box::new(found) as Box<dyn Any>) }
    }

    fn section(&self, found: &dyn Any) -> Option<Section> {
        found.downcast_ref().map(self.section)
    }
}

const TOO_FEW_VALID: &str =
    "It was tried, and too few samples came of it that can be trusted; the others are listed below.";
