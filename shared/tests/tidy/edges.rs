//! Who depends on whom, and who must not?

use std::process::Command;

use crate::paths::paths;
use crate::source::{Source, below, none, root};

/// What a pure function of a recording may not know: processes, sockets, files, clocks, threads and the crates that have them.
const IMPURE: [&str; 14] = [
    "std::env",
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "jiff::Timestamp::now",
    "Timestamp::now",
    "hyper",
    "redis",
    "rustix",
    "tokio",
];

#[test]
fn the_words_need_serde_alone() {
    let foreign: Vec<String> = dependencies("shared").into_iter().filter(|name| name != "serde").collect();
    for source in below("shared/src/api", ".rs") {
        names_none_of(&source.path, &without_server_attributes(&source.tokens()), &foreign);
    }
}

/// The crates that a package may name.
fn dependencies(package: &str) -> Vec<String> {
    let manifest = Source::read(&format!("{package}/Cargo.toml")).text;
    let lines =
        manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1).take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split(['.', ' ']).next()).filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(|name| name.replace('-', "_")).collect();
    assert!(names.len() > 1, "{package} has more dependencies than these: {names:?}");
    names
}

/// What `#[cfg_attr(feature = "server", …)]` adds, a client does not get.
fn without_server_attributes(tokens: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "cfg_attr" {
            at = crate::tokens::end_of_group(tokens, at + 1);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

#[test]
fn the_words_pull_in_no_server() {
    let crates = tree(&["--package", "shared", "--no-default-features"]);
    absent(&crates, &["actix", "sqlx", "tokio", "hyper"]);
}

#[test]
fn the_load_test_pulls_in_no_server() {
    absent(&tree(&["--package", "loadtest"]), &["actix", "sqlx"]);
}

#[test]
fn the_report_pulls_in_nothing_that_runs() {
    absent(&tree(&["--package", "report"]), &["hyper", "nix", "redis", "reqwest", "rustix", "tokio"]);
}

#[test]
fn the_report_is_a_function_of_the_recording() {
    for source in
        below("loadtest/report/src", ".rs").iter().filter(|source| !source.path.ends_with("recording/file.rs"))
    {
        names_none_of(&source.path, &source.tokens(), &IMPURE.map(str::to_owned));
    }
}

#[track_caller]
fn names_none_of(file: &str, tokens: &[String], forbidden: &[String]) {
    let named = paths(tokens).into_iter().filter(|path| path.len() > 1).map(|path| path.join("::"));
    let named =
        named.filter(|path| forbidden.iter().any(|word| path == word || path.starts_with(&format!("{word}::"))));
    none(&named.collect::<Vec<_>>(), &format!("{file} knows what it must not"));
}

/// The crates that a package is built of, as `cargo tree` resolves them for this package alone.
fn tree(package: &[&str]) -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = cargo.args(package).current_dir(root()).output().expect("cargo runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let crates: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    assert!(crates.iter().any(|name| name.starts_with("serde ")), "a tree without serde is not ours: {crates:?}");
    crates
}

#[track_caller]
fn absent(crates: &[String], forbidden: &[&str]) {
    let found = crates.iter().filter(|name| forbidden.iter().any(|word| name.starts_with(word)));
    none(&found.cloned().collect::<Vec<_>>(), "these came in");
}
