//! `loadtest report`: how does a recording become something to read?

use std::path::Path;

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
    // What this run decided; rows of which it knows nothing are in the report.
    let decided = report.findings.claims().filter_map(|claim| {
        let decision = claim.decision.as_ref()?;
        Some([claim.says.to_owned(), decision.verdict.to_string(), decision.because.clone()])
    });
    let verdicts = output::table(LEAST_COLUMNS, ["the textbook says", "verdict", "because"], decided);
    output::show(format_args!("{verdicts}{}", folder.join("report.html").display()));
    Ok(())
}

/// A sentence in a narrower column cannot be read.
const LEAST_COLUMNS: u16 = 100;
