//! How does a recording become something to read?

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use report::recording::Recording;
use report::wanted::Wanted;
use report::{Report, render};

/// A folder stands for the recording in it, compressed or not.
pub fn file(given: &Path) -> PathBuf {
    let compressed = given.join("recording.jsonl.gz");
    match given.is_dir() {
        true if compressed.is_file() => compressed,
        true => given.join("recording.jsonl"),
        false => given.to_owned(),
    }
}

/// # Errors
/// A sentence that names the file.
pub fn read(recording: &Path) -> anyhow::Result<Recording> {
    Recording::read(recording).map_err(|why| anyhow!("{}: {why}", recording.display()))
}

/// Writes the report into the folder, shows its verdicts, and says where it is.
///
/// # Errors
/// The recording cannot be read, or the folder cannot be written to.
pub fn tell(recording: &Path, folder: Option<&Path>, wanted: &Wanted) -> anyhow::Result<()> {
    let report = render(&read(recording)?, wanted);
    let folder = folder.unwrap_or(Path::new("."));
    let files = [("report.html", &report.html), ("report.md", &report.markdown), ("summary.json", &report.summary)];
    write(folder, &files)?;
    let verdicts = verdicts(&report).map_or(String::new(), |table| format!("{table}\n"));
    let page = folder.join("report.html");
    let _ = writeln!(std::io::stdout(), "{verdicts}{}", page.display()); // The terminal may be gone.
    Ok(())
}

/// # Errors
/// The folder cannot be made or written to.
pub fn write(folder: &Path, files: &[(&str, &String)]) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (name, text) in files {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// What this run decided; rows of which it knows nothing are in the report.
fn verdicts(report: &Report) -> Option<Table> {
    let mut table = table();
    table.set_header(["the textbook says", "verdict", "because"]);
    for claim in report.findings.claims() {
        if let Some(decision) = claim.decision() {
            table.add_row([claim.says, &decision.verdict.to_string(), &decision.because]);
        }
    }
    (!table.is_empty()).then_some(table)
}

/// As wide as the terminal.
pub fn table() -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none_or(|columns| columns < LEAST_COLUMNS) {
        table.set_width(LEAST_COLUMNS);
    }
    table
}

/// A sentence in a narrower column cannot be read.
const LEAST_COLUMNS: u16 = 100;
