//! Output: where do the texts, tables and pages of a subcommand go?

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Row, Table};
use serde::Serialize;

/// Where something goes: to a file, or else to the terminal.
pub struct Output {
    file: Option<File>,
    /// Somebody asked for more than what people read.
    is_json: bool,
}

impl Output {
    /// `FILE|-`, before anything is measured, so that no figure is lost for want of a folder. What the file holds is lost
    /// only when there is something to put in its place.
    ///
    /// # Errors
    /// There can be no such file.
    pub fn open(to: Option<&str>) -> anyhow::Result<Output> {
        let open = |file| {
            let opened = File::options().write(true).create(true).truncate(false).open(file);
            opened.with_context(|| format!("cannot write {file}: is there such a folder?"))
        };
        Ok(Output { file: to.filter(|to| *to != "-").map(open).transpose()?, is_json: to.is_some() })
    }

    /// # Errors
    /// The disk is full, or the terminal is gone.
    pub fn write(self, text: &str) -> anyhow::Result<()> {
        match self.file {
            Some(mut file) => file.set_len(0).and_then(|()| file.write_all(text.as_bytes())),
            None => io::stdout().write_all(text.as_bytes()),
        }
        .context("cannot write what there is to say")
    }

    /// As JSON where that was asked for.
    ///
    /// # Errors
    /// As [`Output::write`].
    pub fn figures(self, figures: &(impl Serialize + Display)) -> anyhow::Result<()> {
        let text = if self.is_json { serde_json::to_string_pretty(figures)? } else { figures.to_string() };
        self.write(&(text + "\n"))
    }
}

/// On the terminal, which may be gone.
pub fn show(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// # Errors
/// The folder cannot be made or written to.
pub fn write(folder: &Path, files: &[(&str, &str)]) -> anyhow::Result<()> {
    make(folder)?;
    for (name, text) in files {
        let file = folder.join(name);
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// # Errors
/// The folder cannot be made.
pub fn make(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// A table as wide as the terminal, and so many columns at least; nothing without a row.
pub fn table<R: Into<Row>>(least_columns: u16, head: impl Into<Row>, rows: impl Iterator<Item = R>) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none_or(|columns| columns < least_columns) {
        table.set_width(least_columns);
    }
    table.set_header(head).add_rows(rows);
    if table.is_empty() { String::new() } else { format!("{table}\n") }
}
