//! How does a comparison of recordings look on a page?

use maud::{Markup, html};

use crate::chart::Draw;
use crate::diff::judge::Change;
use crate::diff::page::label;
use crate::diff::page::story::{Changed, Chapter, Story};
use crate::page::html::{bullets, figure, sheet, table};

pub(crate) fn page(story: &Story) -> String {
    let title = format!("{} – {}", story.title, story.kicker);
    sheet(
        &title,
        html! {
            (opening(story))
            @if !story.verdicts.rows.is_empty() {
                section {
                    h2 { "The textbook, marked twice" }
                    div.scroll { (table(&story.verdicts, "words")) }
                }
            }
            @for one in &story.chapters { (chapter(one)) }
            (appendix(story))
        },
    )
}

fn opening(story: &Story) -> Markup {
    html! {
        header {
            p.kicker { (story.kicker) }
            h1 { (story.title) }
            @for warning in &story.warnings { p.warning { (warning) } }
            p.answer { (story.answer) }
            @if !story.changed.is_empty() { (changes(&story.changed)) }
            figure { div.scroll { (table(&story.sides, "words")) } }
        }
    }
}

fn changes(changed: &[Changed]) -> Markup {
    html! {
        table.claims.changes {
            thead {
                tr {
                    th { "What moved" }
                    th.verdict { "Verdict" }
                    th.effect { "Change, 95 % interval" }
                    th.values { "From A to B" }
                }
            }
            tbody { @for one in changed { (change(one)) } }
        }
    }
}

fn change(changed: &Changed) -> Markup {
    html! {
        tr {
            td { (changed.what) span.because { (changed.because) } }
            td.verdict { (badge(changed.change, &changed.verdict)) }
            td.effect {
                b { (changed.how) }
                @if let Some(mark) = &changed.mark { (mark.draw()) }
            }
            td.values { (changed.values) }
        }
    }
}

/// A sign and a word beside the colour, for eyes and printers that have none.
fn badge(change: Change, verdict: &str) -> Markup {
    let sign = match change {
        Change::Worse => "▼",
        Change::Better => "▲",
        _ => "?",
    };
    html! { span class={ "badge " (label::side(change)) } { (sign) " " (verdict) } }
}

fn chapter(chapter: &Chapter) -> Markup {
    html! {
        section {
            p.kicker { (chapter.kicker) }
            h2 { (chapter.title) }
            @for one in &chapter.figures { (figure(one)) }
        }
    }
}

fn appendix(story: &Story) -> Markup {
    html! {
        section {
            h2 { "How it was compared" }
            div.notes {
                (bullets("The method", story.method.iter().map(String::as_str)))
                (bullets("What it does not show", story.not_shown.iter().copied()))
            }
            figure {
                figcaption { h3 { "What else was different" } @if story.setups.rows.is_empty() { "Nothing." } }
                @if !story.setups.rows.is_empty() { div.scroll { (table(&story.setups, "words")) } }
            }
            figure { figcaption { h3 { "To run them again" } } pre { (story.commands) } }
        }
    }
}
