//! Source files and workspace members: what do they say?

use std::fs;
use std::path::{Path, PathBuf};

use crate::tokens::tokens;

/// A file, by its path from the root of the repository.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn read(path: &str) -> Source {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Source { path: path.into(), text }
    }

    pub(crate) fn tokens(&self) -> Vec<String> {
        tokens(&self.text)
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("every package has a folder in the workspace").into()
}

/// The folders of the packages in this workspace.
pub(crate) fn members() -> Vec<String> {
    let manifest = Source::read("Cargo.toml").text;
    let (_, list) = manifest.split_once("\nmembers = [").expect("a workspace lists its members");
    let (list, _) = list.split_once(']').expect("the list ends");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// All files below `folder` with one of these endings, in the order of their names. There is at least one.
#[track_caller]
pub(crate) fn below(folder: &str, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root(), Path::new(folder), ending, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no {ending} below {folder}: this test looks at nothing");
    found.iter().map(|path| Source::read(path)).collect()
}

pub(crate) fn all_rust() -> Vec<Source> {
    ["shared", "stateless-server", "stateful-server", "loadtest"]
        .iter()
        .flat_map(|folder| below(folder, ".rs"))
        .collect()
}

fn collect(root: &Path, folder: &Path, ending: &str, found: &mut Vec<String>) {
    let entries = fs::read_dir(root.join(folder)).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a folder that was opened can be read");
        let path = folder.join(entry.file_name());
        let name = path.to_str().expect("names here are UTF-8").to_owned();
        if entry.path().is_dir() {
            collect(root, &path, ending, found);
        } else if name.ends_with(ending) {
            found.push(name);
        }
    }
}

/// Fails with everything that is wrong, not with the first of it.
#[track_caller]
pub(crate) fn none(wrong: &[String], promise: &str) {
    assert!(wrong.is_empty(), "{promise}:\n  {}", wrong.join("\n  "));
}
