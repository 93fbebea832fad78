//! `loadtest report`: how does a recording become something to read?

use std::path::Path;

use comfy_table::Table;
use report::Report;
use report::evidence::thresholds::REGRESSION;
use report::wanted::Wanted;

use crate::cli;
use crate::commands::recording_file::{file, read};
use crate::commands::{changes, diff, output, trend};

/// Pages: of one recording, how the servers compare; of two, what changed; of more, how it went.
///
/// # Errors
/// One of them is no recording, or they have nothing in common.
pub fn report(asked: &cli::Report) -> anyhow::Result<()> {
    let last = asked.recordings.last().map(|given| file(given)).unwrap_or_default();
    let folder = asked.out.as_deref().or(last.parent()).unwrap_or(Path::new("."));
    let (kind, told) = match asked.recordings.as_slice() {
        [_] => return render(&last, Some(folder), &asked.numbers.wanted()),
        [a, b] => ("diff", report::diff::page::compare(&diff::between(a, b, REGRESSION)?)),
        several => ("trend", trend::followed(several)?),
    };
    let page = changes::write(&told, kind, folder)?;
    output::show(format_args!("{}. {}\n{}", told.title, told.answer, page.display()));
    Ok(())
}

/// Writes the report into the folder, shows its verdicts, and says where it is.
///
/// # Errors
/// The recording cannot be read, or the folder cannot be written to.
pub fn render(recording: &Path, folder: Option<&Path>, wanted: &Wanted) -> anyhow::Result<()> {
    let report = report::render(&read(recording)?, wanted);
    let folder = folder.unwrap_or(Path::new("."));
    let files = [("report.html", &*report.html), ("report.md", &report.markdown), ("summary.json", &report.summary)];
    output::write(folder, &files)?;
    let verdicts = verdicts(&report).map_or(String::new(), |table| format!("{table}\n"));
    output::show(format_args!("{verdicts}{}", folder.join("report.html").display()));
    Ok(())
}

/// What this run decided; rows of which it knows nothing are in the report.
fn verdicts(report: &Report) -> Option<Table> {
    let mut table = output::table(LEAST_COLUMNS);
    table.set_header(["the textbook says", "verdict", "because"]);
    for claim in report.findings.claims() {
        if let Some(decision) = &claim.decision {
            table.add_row([claim.says, &decision.verdict.to_string(), &decision.because]);
        }
    }
    (!table.is_empty()).then_some(table)
}

/// A sentence in a narrower column cannot be read.
const LEAST_COLUMNS: u16 = 100;
