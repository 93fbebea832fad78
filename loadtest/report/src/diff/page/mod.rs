//! Comparison pages: how is it told what changed?
//!
//! Pure, like the report: two recordings, or more, in; HTML, Markdown and JSON out.

mod answer;
mod compare;
mod label;
mod setups;
mod trend;

use serde_json::{Value, json};

use crate::article::Article;
use crate::diff::judge::Change;
use crate::diff::trend::Trend;
use crate::diff::{Diff, Row};
use crate::page::markdown::Form;
use crate::page::{html, markdown, summary};
use crate::recording::Mode;

/// The same story three times, and what a terminal shows of it.
#[derive(Debug, Clone)]
pub struct Told {
    /// One file without script, in the looks of the report.
    pub html: String,
    /// Short enough to be pasted into a pull request; what did not change is folded away.
    pub markdown: String,
    pub json: String,
    /// What a reader must know before the figures.
    pub warnings: Vec<String>,
    /// The verdict in three words, then the plain answer.
    pub title: String,
    pub answer: String,
    pub rows: Vec<Line>,
    /// Claim, verdict in A, verdict in B, whether they differ, experiment; a head first.
    pub verdicts: Vec<Vec<String>>,
}

/// One comparison, in words.
#[derive(Debug, Clone)]
pub struct Line {
    /// Which arm, and which metric.
    pub what: String,
    pub a: String,
    pub b: String,
    /// B over A, with its interval; net of the machine where a control ran beside it.
    pub change: String,
    pub verdict: String,
    /// Whether it got better or worse, or nobody can tell any more.
    pub moved: bool,
}

pub fn compare(diff: &Diff) -> Told {
    told(compare::article(diff), json!(diff), Some(diff))
}

pub fn follow(trend: &Trend) -> Told {
    told(trend::article(trend), json!(trend), trend.all.as_ref())
}

fn line(row: &Row) -> Line {
    Line {
        what: format!("{}: {}", row.arm.experiment.name(), label::what(row)),
        a: label::value(row, row.a),
        b: label::value(row, row.b),
        change: label::effect(row.telling()),
        verdict: label::verdict(row),
        moved: matches!(row.change, Change::Worse | Change::Better | Change::CannotBeTold)
            && row.arm.mode != Mode::Bare,
    }
}

fn told(article: Article, json: Value, diff: Option<&Diff>) -> Told {
    let answer = article.answer.join(" ");
    let verdicts = label::verdicts(diff.into_iter().flat_map(|diff| &diff.verdicts));
    Told {
        html: html::page(&article),
        markdown: markdown::text(&article, Form::Folded),
        json: summary::text(json!({ "format": 1, "title": article.title, "answer": answer, "found": json })),
        warnings: article.warnings,
        title: article.title,
        answer,
        rows: diff.into_iter().flat_map(|diff| &diff.rows).map(line).collect(),
        verdicts: [verdicts.head].into_iter().chain(verdicts.rows).collect(),
    }
}
