//! Recording in, report out: what was seen, what follows from it, and how is it told?
//!
//! Pure: nothing here knows a process, a socket or a clock, so a recording renders the same for ever. Cargo holds that:
//! no crate that opens any of them is among the dependencies.

pub mod article;
pub mod chart;
pub mod diff;
pub mod evidence;
pub mod experiments;
pub mod findings;
pub mod format;
pub mod labels;
pub mod omission;
pub mod page;
pub mod recording;
pub mod wanted;

use findings::{Findings, findings};
use page::markdown::Form;
use page::{compose, html, markdown, summary};
use recording::Recording;
use wanted::Wanted;

/// The same story three times.
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
        markdown: markdown::text(&article, Form::Page),
        summary: summary::json(recording, &findings),
        findings,
    }
}
