//! How does the article look on a page?

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::article::{Appendix, Article, Figure, Picture, Section, Table};
use super::chart;
use crate::analyse::claims::{Claim, Decision, Effect, Row, Ruling, Strength};
use crate::analyse::verdict::Verdict;
use crate::words;

const STYLE: &str = include_str!("style.css");
/// A table of so many letters across fits beside its picture.
const BESIDE: usize = 68;

pub(super) fn page(article: &Article) -> String {
    let title = format!("{} {}", article.title, article.kicker);
    sheet(
        &title,
        html! {
            (opening(article))
            @for one in &article.sections { (section(one)) }
            (appendix(&article.appendix))
        },
    )
}

/// One file that asks for no other.
pub(super) fn sheet(title: &str, content: Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (content) } }
        }
    };
    page.into_string()
}

fn opening(article: &Article) -> Markup {
    html! {
        header {
            p.kicker { (article.kicker) }
            h1 { (article.title) }
            p.answer { (article.answer) }
            @for warning in &article.warnings { p.warning { (warning) } }
            (claims(&article.claims))
        }
    }
}

fn claims(rows: &[Row]) -> Markup {
    html! {
        table.claims {
            thead {
                tr {
                    th { "Claim, and what decided it" }
                    th.verdict { "Verdict" }
                    th.effect { "Effect, 95 % interval" }
                    th.by { "Experiment" }
                }
            }
            @for row in rows {
                tbody {
                    (aspect(row))
                    @if row.waits_for().is_none() { @for one in &row.claims { (claim(one)) } }
                }
            }
        }
    }
}

/// What the textbook says. A row that waits for one experiment says so at once.
fn aspect(row: &Row) -> Markup {
    let waits = row.waits_for();
    html! {
        tr.aspect {
            th colspan=(if waits.is_some() { 1 } else { 4 }) {
                b { (row.aspect) }
                span { i { "stateless: " } (row.stateless) }
                @if row.stateful != "–" { span { i { "stateful: " } (row.stateful) } }
            }
            @if let Some(experiment) = waits {
                td.verdict colspan="2" { (waiting()) }
                td.by { (experiment) }
            }
        }
    }
}

fn claim(claim: &Claim) -> Markup {
    match &claim.ruling {
        Ruling::NotMeasured { experiment } => html! {
            tr { td { (claim.says) } td.verdict colspan="2" { (waiting()) } td.by { (experiment) } }
        },
        Ruling::Decided(decision) => decided(claim.says, decision),
    }
}

fn decided(says: &str, Decision { experiment, verdict, effect, because }: &Decision) -> Markup {
    let name = words::experiment(*experiment);
    html! {
        tr {
            td { (says) span.because { (because) } }
            td.verdict { (badge(*verdict)) }
            td.effect { @if let Some(effect) = effect { (strength(effect)) } }
            td.by { a href={ "#" (name) } { (name) } }
        }
    }
}

fn waiting() -> Markup {
    html! { span.badge.waiting { "not measured in this run" } }
}

/// A sign and a word beside the colour, for eyes and printers that have none.
fn badge(verdict: Verdict) -> Markup {
    let sign = match verdict {
        Verdict::Supported => "✓",
        Verdict::Refuted => "✕",
        Verdict::Depends => "◐",
        Verdict::Inconclusive => "?",
    };
    html! { span class={ "badge " (verdict) } { (sign) " " (verdict) } }
}

fn strength(strength: &Strength) -> Markup {
    match strength {
        Strength::Ratio(effect) => ratio(effect),
        Strength::Share(share) => html! {
            b { (words::share(share)) }
            (chart::tiny_share(share))
            small { (share.reads) }
        },
        Strength::Pair(pair) => html! {
            (chart::tiny_pair(pair))
            small { (pair.reads) }
        },
    }
}

fn ratio(effect: &Effect) -> Markup {
    html! {
        b { (effect.ratio) }
        (chart::tiny(effect))
        small { (effect.reads) @if let Some(band) = effect.band { ", noise " (band) } }
    }
}

fn section(section: &Section) -> Markup {
    html! {
        section id=(words::experiment(section.about)) {
            p.kicker { (words::experiment(section.about)) }
            h2 { (words::question(section.about)) }
            p.prediction { b { "What people predict. " } (words::prediction(section.about)) }
            @for one in &section.figures { (figure(one)) }
            div.notes {
                (bullets("How it was measured", section.measured.iter().map(String::as_str)))
                (bullets("What it does not show", section.not_shown.iter().copied()))
                (bullets("Noted while it ran", section.notes.iter().map(String::as_str)))
            }
        }
    }
}

pub(super) fn figure(figure: &Figure) -> Markup {
    let class = if figure.picture.is_some() && figure.table.letters() <= BESIDE { "pair narrow" } else { "pair" };
    html! {
        figure {
            figcaption { h3 { (figure.title) } (figure.caption) }
            div class=(class) {
                @if let Some(picture) = &figure.picture {
                    div.picture.wide[matches!(picture, Picture::Curves(_) | Picture::Grid(_))] { (chart::picture(picture)) }
                }
                div.scroll { (table(&figure.table, "")) }
            }
        }
    }
}

pub(super) fn table(table: &Table, class: &str) -> Markup {
    html! {
        table class=[(!class.is_empty()).then_some(class)] {
            thead { tr { @for cell in &table.head { th scope="col" { (cell) } } } }
            tbody { @for row in &table.rows { tr { @for cell in row { td { (cell) } } } } }
        }
    }
}

pub(super) fn bullets<'a>(title: &str, items: impl Iterator<Item = &'a str>) -> Markup {
    let items: Vec<&str> = items.collect();
    html! {
        @if !items.is_empty() {
            div { h3 { (title) } ul { @for item in items { li { (item) } } } }
        }
    }
}

fn appendix(appendix: &Appendix) -> Markup {
    html! {
        section id="machine" {
            h2 { "The machine, the method, and how to run it again" }
            dl { @for (name, value) in &appendix.machine { dt { (name) } dd { (value) } } }
            div.notes {
                (bullets("The method", appendix.method.iter().copied()))
                (bullets("Caveats", appendix.caveats.iter().map(String::as_str)))
            }
            figure {
                figcaption { h3 { "Samples that do not count" } @if appendix.excluded.rows.is_empty() { "None." } }
                @if !appendix.excluded.rows.is_empty() { div.scroll { (table(&appendix.excluded, "words")) } }
            }
            figure { figcaption { h3 { "To run it again" } } pre { (appendix.command) } }
        }
    }
}
