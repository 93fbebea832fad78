//! HTML pages: how does an article look in a browser?

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::article::{Appendix, Article, Cells, Chapter, Figure, Notes, Table};
use crate::page::claims_table;

const STYLE: &str = include_str!("style.css");
/// A table of so many letters across fits beside its picture.
const BESIDE: usize = 68;

/// One file that asks for no other.
pub(crate) fn page(article: &Article) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (article.title) " " (article.kicker) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (opening(article))
                    @for one in &article.chapters { (chapter(one)) }
                    (appendix(&article.appendix))
                }
            }
        }
    };
    page.into_string()
}

fn opening(article: &Article) -> Markup {
    html! {
        header {
            p.kicker { (article.kicker) }
            h1 { (article.title) }
            @if let Some(about) = article.about { p.sides { (about) } }
            @for answer in &article.answer { p.answer { (answer) } }
            @if let Some(figures) = &article.figures { p.figures { (figures) } }
            @for warning in &article.warnings { p.warning { (warning) } }
            @if !article.claims.is_empty() { (claims_table::table(&article.claims)) }
            @for one in &article.opening { (figure(one)) }
        }
    }
}

fn chapter(chapter: &Chapter) -> Markup {
    html! {
        section id=(chapter.name) {
            p.kicker { (chapter.name) }
            h2 { (chapter.title) }
            @if let Some(prediction) = chapter.prediction { p.prediction { b { "What people predict. " } (prediction) } }
            (claims_table::decided(&chapter.claims))
            @for one in &chapter.figures { (figure(one)) }
            (notes(&chapter.notes))
        }
    }
}

fn figure(figure: &Figure) -> Markup {
    let Figure { title, caption, picture, table } = figure;
    let class = if picture.is_some() && table.letters() <= BESIDE { "pair narrow" } else { "pair" };
    html! {
        figure {
            @if !title.is_empty() || !caption.is_empty() {
                figcaption { @if !title.is_empty() { h3 { (title) } } (caption) }
            }
            div class=(class) {
                @if let Some(picture) = picture { div.picture.wide[picture.is_wide()] { (picture.draw()) } }
                @if !table.head.is_empty() { div.scroll { (cells(table)) } }
            }
        }
    }
}

fn cells(table: &Table) -> Markup {
    let class = match table.cells {
        Cells::Figures => None,
        Cells::Words => Some("words"),
        Cells::Verdicts => Some("words verdicts"),
    };
    html! {
        table class=[class] {
            thead { tr { @for cell in &table.head { th scope="col" { (cell) } } } }
            tbody { @for row in &table.rows { tr { @for cell in row { td { (cell) } } } } }
        }
    }
}

fn notes(notes: &[Notes]) -> Markup {
    html! {
        div.notes {
            @for (title, sentences) in notes.iter().filter(|(_, sentences)| !sentences.is_empty()) {
                div { h3 { (title) } ul { @for sentence in sentences { li { (sentence) } } } }
            }
        }
    }
}

fn appendix(appendix: &Appendix) -> Markup {
    let (title, commands) = &appendix.commands;
    html! {
        section id=(appendix.name) {
            h2 { (appendix.title) }
            @if !appendix.facts.is_empty() {
                dl { @for (name, value) in &appendix.facts { dt { (name) } dd { (value) } } }
            }
            (notes(&appendix.notes))
            (figure(&appendix.list))
            figure { figcaption { h3 { (title) } } pre { (commands) } }
        }
    }
}
