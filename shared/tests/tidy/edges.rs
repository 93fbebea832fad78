//! Who depends on whom, and who must not?

use std::process::Command;

use crate::paths::paths;
use crate::source::{Source, below, none, root};

/// What a pure function of a recording may not know: processes, sockets, files, clocks, threads and the crates that have them.
const IMPURE: [&str; 15] = [
    "std::env", "std::fs", "std::net", "std::os", "std::process", "std::thread", "std::time::Instant",
    "std::time::SystemTime", "jiff::Timestamp::now", "Timestamp::now", "hyper", "procfs", "redis", "rustix", "tokio",
];

#[test]
fn the_words_need_serde_alone() {
    let mut foreign = Vec::new();
    for source in below("shared/src/api", ".rs") {
        for path in paths(&without_server_attributes(&source.tokens())) {
            let near = ["std", "serde", "super", "self"].contains(&path[0].as_str()) || path.starts_with(&words(["crate", "api"]));
            if path.len() > 1 && path[0].starts_with(char::is_lowercase) && !near {
                foreign.push(format!("{} names {}", source.path, path.join("::")));
            }
        }
    }
    none(&foreign, "`shared::api` depends on serde alone");
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
fn the_load_test_never_reaches_the_server_side() {
    names_none_of(&below("loadtest", ".rs"), &["shared::server"]);
}

#[test]
fn analysis_and_report_are_functions_of_the_recording() {
    names_none_of(&below("loadtest/src/analyse", ".rs"), &IMPURE);
    names_none_of(&below("loadtest/src/report", ".rs"), &IMPURE);
}

#[track_caller]
fn names_none_of(sources: &[Source], forbidden: &[&str]) {
    let mut found = Vec::new();
    for source in sources {
        let named = paths(&source.tokens()).into_iter().filter(|path| path.len() > 1).map(|path| path.join("::"));
        let named = named.filter(|path| forbidden.iter().any(|word| path == word || path.starts_with(&format!("{word}::"))));
        found.extend(named.map(|path| format!("{} names {path}", source.path)));
    }
    none(&found, "these know what they must not");
}

/// The crates that a package is built of, as `cargo tree` resolves them for this package alone.
fn tree(package: &[&str]) -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = cargo.args(package).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let crates: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert!(crates.iter().any(|name| name.starts_with("serde ")), "a tree without serde is not ours: {crates:?}");
    crates
}

#[track_caller]
fn absent(crates: &[String], forbidden: &[&str]) {
    let found = crates.iter().filter(|name| forbidden.iter().any(|word| name.starts_with(word)));
    none(&found.cloned().collect::<Vec<_>>(), "these came in");
}

fn words<const N: usize>(path: [&str; N]) -> [String; N] {
    path.map(str::to_owned)
}
