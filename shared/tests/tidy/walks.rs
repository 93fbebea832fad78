//! Walks of the contributing page: is every file there that a walk names, and does it hold what the walk says?
//!
//! A file in backticks, then a colon, then what it holds, in backticks too: "`src/a.rs`: `fn b`, `C`".

use crate::source::{Source, below, none};

const PAGE: &str = "docs/src/contributing.md";

/// A walk, and by which words its example is known below which folder.
struct Walk {
    name: &'static str,
    folders: &'static [&'static str],
    example: &'static [&'static str],
}

const WALKS: [Walk; 3] = [
    Walk { name: "Add an experiment", folders: &["loadtest"], example: &["two_tabs", "TwoTabs", "[two-tabs]"] },
    Walk {
        name: "Add a mode",
        folders: &["shared", "loadtest"],
        example: &["SESSION_SQL", "SessionSql", "\"session-sql\"", "Store::Sql", "store/sessions.rs"],
    },
    Walk { name: "Add a fault", folders: &["loadtest"], example: &["Fault::Freeze", "\"freeze\""] },
];

impl Walk {
    fn section(&self, page: &str) -> String {
        let (_, section) = page.split_once(&format!("\n## {}\n", self.name)).expect("the page has each walk");
        section.split("\n## ").next().unwrap_or(section).into()
    }

    /// The sources and plans that know its example.
    fn files(&self) -> Vec<String> {
        let sources = self.folders.iter().flat_map(|folder| [below(folder, ".rs"), below(folder, ".toml")]).flatten();
        let knows = |source: &Source| self.example.iter().any(|word| source.text.contains(word));
        sources.filter(|source| source.path != file!() && knows(source)).map(|source| source.path).collect()
    }
}

#[test]
fn every_file_holds_what_the_page_says() {
    let mut wrong = Vec::new();
    for (file, things) in named(&Source::read(PAGE).text) {
        let text = Source::read(&file).text;
        wrong.extend(
            things.iter().filter(|thing| !text.contains(*thing)).map(|thing| format!("{thing} is not in {file}")),
        );
    }
    none(&wrong, &format!("{PAGE} leads astray"));
}

#[test]
fn every_step_of_a_walk_names_a_file_and_what_it_holds() {
    let page = Source::read(PAGE).text;
    let mut empty = Vec::new();
    for walk in &WALKS {
        let steps = steps(&walk.section(&page));
        assert!(steps.len() > 3, "{:?} has {} steps", walk.name, steps.len());
        let led = |step: &&String| named(step).iter().any(|(_, things)| !things.is_empty());
        empty.extend(steps.iter().filter(|step| !led(step)).map(|step| format!("{}: {step}", walk.name)));
    }
    none(&empty, "these steps lead nowhere");
}

/// A folder that ends in `/` stands for all that is in it.
#[test]
fn a_walk_passes_every_file_that_knows_its_example() {
    let page = Source::read(PAGE).text;
    let mut missed = Vec::new();
    for walk in &WALKS {
        let section = walk.section(&page);
        let spans: Vec<&str> = section.split('`').skip(1).step_by(2).collect();
        let passed = |file: &String| spans.iter().any(|span| file == span || is_folder(span) && file.starts_with(span));
        let files = walk.files();
        missed.extend(files.into_iter().filter(|file| !passed(file)).map(|file| format!("{}: {file}", walk.name)));
    }
    none(&missed, "these files know the example of a walk that does not pass them");
}

/// A whole member or its `src` would pass everything.
fn is_folder(span: &str) -> bool {
    span.ends_with('/') && span.matches('/').count() > 3
}

/// The items of a numbered list, each in one line.
fn steps(section: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    for line in section.lines() {
        if line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok()) {
            steps.push(line.into());
        } else if let (Some(step), true) = (steps.last_mut(), line.starts_with("   ")) {
            step.extend([" ", line.trim()]);
        }
    }
    steps
}

/// Every file that is named, with what is said to be in it.
fn named(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut expected = "";
    for pair in text.split('`').collect::<Vec<_>>().chunks_exact(2) {
        let [before, span] = [pair[0].trim(), pair[1]];
        expected = match found.last_mut() {
            _ if is_file(span) => {
                found.push((span.into(), Vec::new()));
                ":"
            }
            Some((_, things)) if !expected.is_empty() && before == expected => {
                things.push(span.into());
                ","
            }
            _ => "",
        };
    }
    found
}

fn is_file(span: &str) -> bool {
    let ending = [".rs", ".toml", ".py", ".md"].iter().any(|ending| span.ends_with(ending));
    span == "Cargo.toml" || ending && span.contains('/')
}

#[test]
fn a_file_and_what_it_holds_are_read() {
    let text = "First `a/b.rs`: `fn c`, `D`; then\n   `e/f.rs`,\n `F`, or `g/h.rs`: and `H`.";
    let file =
        |name: &str, things: &[&str]| (name.to_owned(), things.iter().map(|thing| (*thing).to_owned()).collect());
    assert_eq!(named(text), [file("a/b.rs", &["fn c", "D"]), file("e/f.rs", &[]), file("g/h.rs", &[])]);
    assert_eq!(steps("1. `a`\n   b\n2. c\n\nd"), ["1. `a` b", "2. c"]);
}
