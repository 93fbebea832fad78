//! Findings: what follows from what was seen?
//!
//! Pure: a recording goes in, findings come out, the same ones for ever. Nothing here knows a process, a socket or a
//! clock, and the only randomness is a bootstrap with a fixed seed.

mod ledger;

use crate::evidence::claims::{Claim, LedgerRow};
use crate::evidence::validity::{Evidence, Excluded};
use crate::experiments::ALL;
use crate::experiments::spec::Study;
use crate::recording::Recording;
use crate::wanted::Wanted;

pub struct Findings {
    /// The textbook's table, re-marked.
    pub rows: Vec<LedgerRow>,
    /// Of every experiment, in the order of the report.
    pub(crate) studies: Vec<Study>,
    /// Samples that decided nothing, and why.
    pub excluded: Vec<Excluded>,
}

impl Findings {
    /// What the experiment that finds an `F` found.
    pub fn of<F: 'static>(&self) -> Option<&F> {
        self.studies.iter().find_map(|study| study.found.as_ref()?.downcast_ref())
    }

    /// In the order of the table.
    pub fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.rows.iter().flat_map(|row| &row.claims)
    }
}

/// `wanted` is for whom it is priced; nothing else depends on it.
pub fn findings(recording: &Recording, wanted: &Wanted) -> Findings {
    let evidence = Evidence::partition_valid(recording);
    let studies: Vec<_> = ALL.iter().map(|experiment| experiment.study(&evidence, wanted)).collect();
    let rows = ledger::rows(studies.iter().flat_map(|study| study.claims.clone()).collect());
    Findings { rows, studies, excluded: evidence.excluded }
}
