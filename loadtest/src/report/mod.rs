//! How is it told?
//!
//! Pure: a recording in; HTML, Markdown and JSON out. First an article is composed, without a thought for its looks;
//! then it is dressed.

mod article;
mod chart;
mod compose;
pub mod diff;
mod html;
mod ledger;
mod markdown;
pub mod omission;
mod summary;

use crate::analyse::cost::Wanted;
use crate::analyse::{Findings, findings};
use crate::recording::Recording;

/// The same story three times.
#[derive(Debug, Clone)]
pub struct Report {
    /// One file without script, that works offline, on a phone, in the dark and on paper.
    pub html: String,
    pub markdown: String,
    /// JSON, for programs.
    pub summary: String,
    /// For whoever wants to print the verdicts elsewhere.
    pub findings: Findings,
}

/// `wanted` is for whom the bill is made out.
pub fn render(recording: &Recording, wanted: &Wanted) -> Report {
    let findings = findings(recording, wanted);
    let article = compose::article(recording, &findings);
    Report {
        html: html::page(&article),
        markdown: markdown::text(&article),
        summary: summary::json(recording, &findings),
        findings,
    }
}
