//! HTML pages: how does an article look in a browser?

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::article::{Appendix, Article, Chapter, Figure, Table};
use crate::page::claims_table;

const STYLE: &str = include_str!("style.css");
/// Whom this is about. Plain text, so that it can stand in Markdown as well.
pub(crate) const SIDES: &str = "Two servers run the same application. The stateless one knows a caller by a signed token \
    (JWT) that comes with each request, and remembers nobody. The stateful one finds the caller's session in Redis, by a \
    cookie. What a textbook says of both was put to the test.";
/// A table of so many letters across fits beside its picture.
const BESIDE: usize = 68;

pub(crate) fn page(article: &Article) -> String {
    let title = format!("{} {}", article.title, article.kicker);
    sheet(
        &title,
        html! {
            (opening(article))
            @for one in &article.chapters { (chapter(one)) }
            (appendix(&article.appendix))
        },
    )
}

/// One file that asks for no other.
pub(crate) fn sheet(title: &str, content: Markup) -> String {
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
            p.sides { (SIDES) }
            @for answer in &article.answer { p.answer { (answer) } }
            @if let Some(figures) = &article.figures { p.figures { (figures) } }
            @for warning in &article.warnings { p.warning { (warning) } }
            (claims_table::table(&article.claims))
        }
    }
}

fn chapter(chapter: &Chapter) -> Markup {
    html! {
        section id=(chapter.name) {
            p.kicker { (chapter.name) }
            h2 { (chapter.title) }
            p.prediction { b { "What people predict. " } (chapter.prediction) }
            (claims_table::decided(&chapter.claims))
            @for one in &chapter.figures { (figure(one)) }
            div.notes {
                @for (title, sentences) in &chapter.notes { (bullets(title, sentences.iter().map(String::as_str))) }
            }
        }
    }
}

pub(crate) fn figure(figure: &Figure) -> Markup {
    let class = if figure.picture.is_some() && figure.table.letters() <= BESIDE { "pair narrow" } else { "pair" };
    html! {
        figure {
            figcaption { h3 { (figure.title) } (figure.caption) }
            div class=(class) {
                @if let Some(picture) = &figure.picture {
                    div.picture.wide[picture.is_wide()] { (picture.draw()) }
                }
                div.scroll { (table(&figure.table, "")) }
            }
        }
    }
}

pub(crate) fn table(table: &Table, class: &str) -> Markup {
    html! {
        table class=[(!class.is_empty()).then_some(class)] {
            thead { tr { @for cell in &table.head { th scope="col" { (cell) } } } }
            tbody { @for row in &table.rows { tr { @for cell in row { td { (cell) } } } } }
        }
    }
}

pub(crate) fn bullets<'a>(title: &str, items: impl Iterator<Item = &'a str>) -> Markup {
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
