//! Recording files: which one does a path on the command line stand for, and what is it called?

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use report::recording::{Recording, Unreadable};

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
pub fn read(given: &Path) -> anyhow::Result<Recording> {
    let file = file(given);
    let bytes = std::fs::read(&file).map_err(Unreadable::from);
    bytes.and_then(|bytes| Recording::read(&bytes)).map_err(|why| anyhow!("{}: {why}", file.display()))
}

/// As it was given, without what all of them have.
pub fn name(given: &Path) -> String {
    let folder = if given.ends_with("recording.jsonl") { given.parent() } else { None };
    let shown = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(given).display().to_string();
    shown.trim_end_matches('/').to_owned()
}
