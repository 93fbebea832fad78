//! What became different, from one recording to others?

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use report::diff::judge::THRESHOLD;
use report::diff::page;
use report::diff::page::Told;
use report::diff::trend::trend as follow;
use report::diff::{Diff, Named, diff as compare};
use report::recording::Recording;

use crate::cli;
use crate::commands::report_command;
use crate::commands::report_command::{file, read, table, write};

/// Shows what changed. The exit code is 1 when something got worse, or when B has nothing left to tell it by.
///
/// # Errors
/// One of them is no recording, or they have nothing in common.
pub fn diff(asked: &cli::Diff) -> anyhow::Result<ExitCode> {
    let (a, b) = (file(&asked.a), file(&asked.b));
    let (recorded_a, recorded_b) = (read(&a)?, read(&b)?);
    let (a, b) = (name(&asked.a), name(&asked.b));
    let diff = between((&a, &recorded_a), (&b, &recorded_b), asked.threshold)?;
    let told = page::compare(&diff);
    shown_or_piped(&told, &asked.told, "diff", asked.all)?;
    Ok(if diff.passes() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// # Errors
/// As above.
pub fn trend(asked: &cli::Trend) -> anyhow::Result<()> {
    let told = followed(&asked.recordings)?;
    shown_or_piped(&told, &asked.told, "trend", false)
}

/// Pages: of one recording, how the servers compare; of two, what changed; of more, how it went.
///
/// # Errors
/// As above.
pub fn report(asked: &cli::Report) -> anyhow::Result<()> {
    let last = asked.recordings.last().map(|given| file(given)).unwrap_or_default();
    let folder = asked.out.as_deref().or(last.parent()).unwrap_or(Path::new("."));
    let (kind, told) = match asked.recordings.as_slice() {
        [_] => return report_command::tell(&last, Some(folder), &asked.numbers.wanted()),
        [a, b] => {
            let (recorded_a, recorded_b) = (read(&file(a))?, read(&file(b))?);
            let diff = between((&name(a), &recorded_a), (&name(b), &recorded_b), THRESHOLD)?;
            ("diff", page::compare(&diff))
        }
        several => ("trend", followed(several)?),
    };
    let page = written(&told, kind, folder)?;
    show(&format!("{}. {}\n{}\n", told.title, told.answer, page.display()))
}

fn between(a: (&str, &Recording), b: (&str, &Recording), threshold: f64) -> anyhow::Result<Diff> {
    let named = |(name, recording)| Named { name, recording };
    compare(named(a), named(b), threshold).ok_or_else(|| {
        anyhow!(
            "{} and {} have no figure in common that can be trusted: compare runs of the same plan, and look at the \
             report of each for samples that do not count",
            a.0,
            b.0,
        )
    })
}

fn followed(recordings: &[PathBuf]) -> anyhow::Result<Told> {
    let read = |given: &PathBuf| Ok((name(given), read(&file(given))?));
    let recorded = recordings.iter().map(read).collect::<anyhow::Result<Vec<(String, Recording)>>>()?;
    let named: Vec<Named> = recorded.iter().map(|(name, recording)| Named { name, recording }).collect();
    let trend = follow(&named);
    if trend.lines.is_empty() {
        bail!(
            "these recordings have no main figure in common: they take auth-cost or scale-out, in two of them at least"
        );
    }
    Ok(page::follow(&trend))
}

/// As it was given, without what all of them have.
fn name(given: &Path) -> String {
    let folder = if given.ends_with("recording.jsonl") { given.parent() } else { None };
    let shown = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(given).display().to_string();
    shown.trim_end_matches('/').to_owned()
}

fn shown_or_piped(told: &Told, asked: &cli::Told, kind: &str, all: bool) -> anyhow::Result<()> {
    let texts = [(&asked.markdown, &told.markdown), (&asked.json, &told.json)];
    let piped: Vec<&String> =
        texts.iter().filter(|(to, _)| to.as_deref() == Some("-")).map(|(_, text)| *text).collect();
    for (to, text) in texts {
        if let Some(to) = to.as_deref().filter(|to| *to != "-") {
            fs::write(to, text).with_context(|| format!("cannot write {to}"))?;
        }
    }
    let page = asked.out.as_deref().map(|folder| written(told, kind, folder)).transpose()?;
    match piped.as_slice() {
        [] => show(&shown(told, kind, all, page)),
        [text] => show(text),
        _ => bail!("only one of --markdown and --json can be standard output: give the other one a file"),
    }
}

/// Where the page is.
fn written(told: &Told, kind: &str, folder: &Path) -> anyhow::Result<PathBuf> {
    let name = |ending| format!("{kind}.{ending}");
    let (html, markdown, json) = (name("html"), name("md"), name("json"));
    write(folder, &[(&html, &told.html), (&markdown, &told.markdown), (&json, &told.json)])?;
    Ok(folder.join(html))
}

/// What a terminal shows: first what must be known, then the answer, then what moved.
fn shown(told: &Told, kind: &str, all: bool, page: Option<PathBuf>) -> String {
    let mut text: String = told.warnings.iter().fold(String::new(), |text, warning| text + "! " + warning + "\n");
    let mut table = table();
    if table.width().is_none_or(|columns| columns < LEAST_COLUMNS) {
        table.set_width(LEAST_COLUMNS);
    }
    let (before, after) = if kind == "trend" { ("first", "last") } else { ("A", "B") };
    table.set_header(["", before, after, "change (95 %)", "verdict"]);
    for row in told.rows.iter().filter(|row| all || row.moved) {
        table.add_row([&row.what, &row.a, &row.b, &row.change, &row.verdict]);
    }
    if !table.is_empty() {
        text += &format!("{table}\n");
    }
    text += &verdicts(told, all);
    let page = page.map_or(String::new(), |page| format!("{}\n", page.display()));
    let sentences = told.answer.replace(". ", ".\n");
    let _ = write!(text, "{}.\n{sentences}\n{page}", told.title); // A String takes whatever is written to it.
    text
}

/// Those that differ, or all of them.
fn verdicts(told: &Told, all: bool) -> String {
    let mut table = table();
    let Some((head, rows)) = told.verdicts.split_first() else { return String::new() };
    table.set_header(head);
    for row in rows.iter().filter(|row| all || !row[3].is_empty()) {
        table.add_row(row);
    }
    if table.is_empty() { String::new() } else { format!("{table}\n") }
}

/// So that a comparison keeps to two lines.
const LEAST_COLUMNS: u16 = 132;

/// The terminal may be gone.
fn show(text: &str) -> anyhow::Result<()> {
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}
