//! Does every file answer one question, and is it finished?

use crate::source::{all_rust, none};

const LONGEST: usize = 300;

/// What announces work that is put off; written in halves, or this file would announce it too.
const PUT_OFF: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];

#[test]
fn every_file_opens_with_the_question_it_answers() {
    let without = all_rust().into_iter().filter(|source| !opens_with_a_question(&source.text));
    none(&without.map(|source| source.path).collect::<Vec<_>>(), "these do not open with `//! …?`");
}

fn opens_with_a_question(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let sentence = first.strip_prefix("//! ").and_then(|line| line.split_once('?'));
    sentence.is_some_and(|(question, _)| !question.contains(". "))
}

#[test]
fn no_file_is_longer_than_a_reading() {
    let long = all_rust().into_iter().map(|source| (source.text.lines().count(), source.path));
    let long: Vec<_> =
        long.filter(|(lines, _)| *lines > LONGEST).map(|(lines, path)| format!("{path}: {lines}")).collect();
    none(&long, "these are longer than 300 lines");
}

#[test]
fn nothing_is_put_off() {
    let mut found = Vec::new();
    for source in all_rust() {
        let lines = source.text.lines().enumerate().filter(|(_, line)| PUT_OFF.iter().any(|word| line.contains(word)));
        found.extend(lines.map(|(at, line)| format!("{}:{}: {}", source.path, at + 1, line.trim())));
    }
    none(&found, "these announce work that is not done");
}

#[test]
fn no_test_is_skipped() {
    let skipping = all_rust()
        .into_iter()
        .filter(|source| source.tokens().windows(3).any(|attribute| attribute == ["#", "[", "ignore"]));
    none(&skipping.map(|source| source.path).collect::<Vec<_>>(), "these skip a test");
}
