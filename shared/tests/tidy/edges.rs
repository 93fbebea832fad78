//! Dependencies between crates: who depends on whom, and who must not?

use std::collections::BTreeSet;
use std::process::Command;

use crate::paths::paths;
use crate::source::{Source, below, members, none, root};

/// What must not come into a package, whoever needs it there. A word stands for `word-…` as well.
const ABSENT: [(&str, &[&str]); 6] = [
    ("report", &["checks", "hyper", "load", "nix", "redis", "reqwest", "rig", "rustix", "tokio", "wire"]),
    ("wire", &SERVER),
    ("rig", &SERVER),
    ("checks", &SERVER),
    ("load", &SERVER),
    ("loadtest", &SERVER),
];

/// What a server is made of; an instrument that had it would measure itself with it.
const SERVER: [&str; 5] = ["actix", "mimalloc", "server", "sqlx", "tracing-subscriber"];

/// What a pure function of a recording may not know, and cargo cannot keep away: processes, sockets, files, clocks, threads.
const IMPURE: [&str; 12] = [
    "std::env",
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "time::Instant",
    "time::SystemTime",
    "Timestamp::now",
    "Zoned::now",
];

const MOST_MEMBERS: usize = 11;

#[test]
fn the_models_need_serde_alone() {
    assert_eq!(tree("shared", &["--depth", "1"]), ["serde", "shared"].map(str::to_owned).into());
}

#[test]
fn nothing_comes_in_that_must_stay_out() {
    let mut wrong = Vec::new();
    for (package, words) in ABSENT {
        let crates = tree(package, &[]);
        assert!(crates.contains("serde"), "a tree without serde is not ours: {crates:?}");
        let found = crates.iter().filter(|name| words.iter().any(|word| is_or_begins(name, word)));
        wrong.extend(found.map(|name| format!("{package}: {name}")));
    }
    none(&wrong, "these came in");
}

fn is_or_begins(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The crates that a package is built of, as `cargo tree` resolves them for this package alone.
fn tree(package: &str, more: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = cargo.args(["--package", package]).args(more).current_dir(root()).output();
    let output = output.expect("cargo runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let crates = String::from_utf8(output.stdout).expect("crates have plain names");
    crates.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_report_is_a_function_of_the_recording() {
    for source in below("loadtest/report/src", ".rs") {
        let named = paths(&source.tokens()).into_iter().filter(|path| path.len() > 1).map(|path| path.join("::"));
        let has = |path: &str, word: &str| format!("::{path}::").contains(&format!("::{word}::"));
        let impure = |path: &String| IMPURE.iter().any(|word| has(path, word));
        none(&named.filter(impure).collect::<Vec<_>>(), &format!("{} knows what it must not", source.path));
    }
}

#[test]
fn the_book_says_why_each_member_exists() {
    let members = members();
    assert!(members.len() <= MOST_MEMBERS, "at most {MOST_MEMBERS} members, and these are {}", members.len());
    let real: Vec<String> = members.iter().map(|member| format!("{member}: {}", edges(member).join(" "))).collect();
    assert_eq!(
        table(),
        real,
        "the table of members in the book (left) is not Cargo.toml's list, or their edges, (right)"
    );
}

/// The members that a member depends on, in the order of the workspace.
fn edges(member: &str) -> Vec<String> {
    let manifest = Source::read(&format!("{member}/Cargo.toml")).text;
    let (_, dependencies) = manifest.split_once("\n[dependencies]\n").expect("every member depends on something");
    let named: Vec<&str> = dependencies
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ']).next())
        .collect();
    let is_named = |folder: &String| folder.split('/').next_back().is_some_and(|name| named.contains(&name));
    members().into_iter().filter(is_named).collect()
}

/// What the book says of each member: its folder, and the members that it depends on.
fn table() -> Vec<String> {
    let page = Source::read("docs/src/architecture.md").text;
    let (_, section) = page.split_once("\n## The members\n").expect("the book has a section about the members");
    let (section, _) = section.split_once("\n## ").expect("a section follows");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")).map(|row| {
        let cells: Vec<&str> = row.split(" | ").collect();
        let needs: Vec<&str> = cells[1].split('`').skip(1).step_by(2).collect();
        format!("{}: {}", cells[0].trim_end_matches('`'), needs.join(" "))
    });
    rows.collect()
}
