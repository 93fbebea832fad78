//! The report as a page: how is it told?
//!
//! First an article is composed, without a thought for its looks; then it is dressed as HTML, Markdown or JSON.

pub(crate) mod answer;
pub(crate) mod appendix;
pub(crate) mod claims_table;
pub(crate) mod compose;
pub(crate) mod html;
pub(crate) mod markdown;
pub(crate) mod summary;
