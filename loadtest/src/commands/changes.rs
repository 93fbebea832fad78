//! Changes between recordings: how are they shown, and where do they go?

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use report::diff::page::Told;

use crate::cli;
use crate::commands::output::{self, Output};

/// As text, unless something else goes to standard output.
///
/// # Errors
/// A file or folder cannot be written to.
pub fn show(told: &Told, asked: &cli::Told, kind: &str, all: bool) -> anyhow::Result<()> {
    let texts = [(asked.markdown.as_deref(), &told.markdown), (asked.json.as_deref(), &told.json)];
    let piped = texts.iter().filter(|(to, _)| *to == Some("-")).count();
    ensure!(piped < 2, "only one of --markdown and --json can be standard output: give the other one a file");
    let page = asked.out.as_deref().map(|folder| write(told, kind, folder)).transpose()?;
    for (to, text) in texts.into_iter().filter(|(to, _)| to.is_some()) {
        Output::open(to)?.write(text)?;
    }
    if piped == 0 {
        output::show(summary(told, kind, all, page));
    }
    Ok(())
}

/// Where the page is.
///
/// # Errors
/// The folder cannot be made or written to.
pub fn write(told: &Told, kind: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let [html, markdown, json] = ["html", "md", "json"].map(|ending| format!("{kind}.{ending}"));
    output::write(folder, &[(&html, &told.html), (&markdown, &told.markdown), (&json, &told.json)])?;
    Ok(folder.join(html))
}

/// What a terminal shows: first what must be known, then the answer, then what moved.
fn summary(told: &Told, kind: &str, all: bool, page: Option<PathBuf>) -> String {
    let mut text: String = told.warnings.iter().fold(String::new(), |text, warning| text + "! " + warning + "\n");
    let (before, after) = if kind == "trend" { ("first", "last") } else { ("A", "B") };
    let moved = told.rows.iter().filter(|row| all || row.moved);
    let rows = moved.map(|row| [&row.what, &row.a, &row.b, &row.change, &row.verdict]);
    text += &output::table(LEAST_COLUMNS, ["", before, after, "change (95 %)", "verdict"], rows);
    if let Some((head, verdicts)) = told.verdicts.split_first() {
        let differ = verdicts.iter().filter(|row| all || !row[3].is_empty());
        text += &output::table(LEAST_COLUMNS, head, differ);
    }
    let page = page.map_or(String::new(), |page| format!("\n{}", page.display()));
    let sentences = told.answer.replace(". ", ".\n");
    let _ = write!(text, "{}.\n{sentences}{page}", told.title); // A String takes whatever is written to it.
    text
}

/// So that a comparison keeps to two lines.
const LEAST_COLUMNS: u16 = 132;
