//! How does it look in a pull request?

use crate::article::{Figure, Table};
use crate::diff::page::story::{Changed, Chapter, Story};
use crate::page::markdown::{bullets, push, render};

/// The answer and what moved in the open; all the rest behind a triangle.
pub(crate) fn text(story: &Story) -> String {
    let mut text = format!("## {}\n\n{}\n\n", story.title, story.kicker);
    for warning in &story.warnings {
        push(&mut text, format_args!("> **{warning}**\n\n"));
    }
    push(&mut text, format_args!("{}\n\n", story.answer));
    if !story.changed.is_empty() {
        push(&mut text, format_args!("{}\n", changed(story)));
    }
    push(&mut text, format_args!("{}\n", words(&story.sides)));
    if !story.verdicts.rows.is_empty() {
        fold(&mut text, "The textbook, marked twice", &words(&story.verdicts));
    }
    for chapter in &story.chapters {
        fold(&mut text, &format!("{}: {}", chapter.kicker, chapter.title), &figures(chapter));
    }
    fold(&mut text, "How it was compared", &appendix(story));
    text
}

fn changed(story: &Story) -> String {
    let mut table = Table::new(["What moved", "Verdict", "Change (95 %)", "From A to B", "Because"]);
    let row = |one: &Changed| {
        vec![one.what.clone(), format!("**{}**", one.verdict), one.how.clone(), one.values.clone(), one.because.clone()]
    };
    table.rows = story.changed.iter().map(row).collect();
    words(&table)
}

/// Of words, not of figures.
fn words(table: &Table) -> String {
    render(table).replace("---:", "---")
}

fn figures(chapter: &Chapter) -> String {
    let one = |figure: &Figure| format!("#### {}\n\n{}\n\n{}\n", figure.title, figure.caption, render(&figure.table));
    chapter.figures.iter().map(one).collect()
}

fn appendix(story: &Story) -> String {
    let mut text = String::new();
    bullets(&mut text, "The method", story.method.iter().map(String::as_str));
    bullets(&mut text, "What it does not show", story.not_shown.iter().copied());
    let different = if story.setups.rows.is_empty() { "Nothing.\n".into() } else { words(&story.setups) };
    push(&mut text, format_args!("### What else was different\n\n{different}\n"));
    push(&mut text, format_args!("### To run them again\n\n```\n{}\n```\n", story.commands));
    text
}

/// GitHub reads Markdown again behind an empty line.
fn fold(text: &mut String, title: &str, inside: &str) {
    push(text, format_args!("<details><summary>{title}</summary>\n\n{inside}\n</details>\n\n"));
}
