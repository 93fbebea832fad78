//! How is it told what changed?
//!
//! Pure, like the report: two recordings, or more, in; HTML, Markdown and JSON out.

mod answer;
mod html;
mod label;
mod markdown;
mod reasons;
mod setups;
mod story;
mod trend;

use serde_json::{Value, json};

use crate::diff::judge::Change;
use crate::diff::trend::Trend;
use crate::diff::{Diff, Row};
use crate::page::summary;
use crate::recording::Mode;
use story::Story;

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
    told(&story::of(diff), json!(diff), diff.rows.iter().map(line).collect())
}

pub fn follow(trend: &Trend) -> Told {
    let all = trend.all.iter().flat_map(|diff| diff.rows.iter().map(line));
    told(&trend::story(trend), json!(trend), all.collect())
}

fn line(row: &Row) -> Line {
    Line {
        what: format!("{}: {}", row.arm.experiment.name(), label::what(row)),
        a: label::value(row, row.a),
        b: label::value(row, row.b),
        change: row.telling().map_or("–".into(), |effect| label::change(effect.ratio)),
        verdict: label::verdict(row),
        moved: matches!(row.change, Change::Worse | Change::Better | Change::CannotBeTold)
            && row.arm.mode != Mode::Bare,
    }
}

fn told(story: &Story, json: Value, rows: Vec<Line>) -> Told {
    Told {
        html: html::page(story),
        markdown: markdown::text(story),
        json: summary::text(json!({ "format": 1, "title": story.title, "answer": story.answer, "found": json })),
        warnings: story.warnings.clone(),
        title: story.title.clone(),
        answer: story.answer.clone(),
        rows,
        verdicts: [&story.verdicts.head].into_iter().chain(&story.verdicts.rows).cloned().collect(),
    }
}
