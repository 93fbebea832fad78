//! Walks of the contributing page: is every file there that a walk names, and does it hold what the walk says?
//!
//! A file in backticks, then a colon, then what it holds, in backticks too: "`src/a.rs`: `fn b`, `C`".

use crate::source::{Source, none};

const PAGE: &str = "docs/src/contributing.md";
const WALKS: [&str; 3] = ["Add an experiment", "Add a mode", "Add a fault"];

#[test]
fn every_file_holds_what_the_page_says() {
    let mut wrong = Vec::new();
    for (file, things) in named(&Source::read(PAGE).text) {
        let text = Source::read(&file).text;
        wrong.extend(things.iter().filter(|thing| !text.contains(*thing)).map(|thing| format!("{thing} is not in {file}")));
    }
    none(&wrong, &format!("{PAGE} leads astray"));
}

#[test]
fn every_step_of_a_walk_names_a_file_and_what_it_holds() {
    let page = Source::read(PAGE).text;
    let mut empty = Vec::new();
    for walk in WALKS {
        let (_, section) = page.split_once(&format!("\n## {walk}\n")).unwrap_or_else(|| panic!("no walk {walk:?}"));
        let steps = steps(section.split("\n## ").next().unwrap_or(section));
        assert!(steps.len() > 3, "{walk:?} has {} steps", steps.len());
        let led = |step: &&String| named(step).iter().any(|(_, things)| !things.is_empty());
        empty.extend(steps.iter().filter(|step| !led(step)).map(|step| format!("{walk}: {step}")));
    }
    none(&empty, "these steps lead nowhere");
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
            Some((_, things)) if !expected.is_empty() && before == expected => {
                things.push(span.into());
                ","
            }
            _ if is_file(span) => {
                found.push((span.into(), Vec::new()));
                ":"
            }
            _ => "",
        };
    }
    found
}

fn is_file(span: &str) -> bool {
    [".rs", ".toml", ".sql", ".py", ".md", ".lua"].iter().any(|ending| span.ends_with(ending)) && !span.contains('<')
}

#[test]
fn a_file_and_what_it_holds_are_read() {
    let text = "First `a/b.rs`: `fn c`, `D`; then\n   `e.rs`,\n `F`, or `g.rs`: and `H`.";
    let file = |name: &str, things: &[&str]| (name.to_owned(), things.iter().map(|thing| (*thing).to_owned()).collect());
    assert_eq!(named(text), [file("a/b.rs", &["fn c", "D"]), file("e.rs", &[]), file("g.rs", &[])]);
    assert_eq!(steps("1. `a`\n   b\n2. c\n\nd"), ["1. `a` b", "2. c"]);
}
