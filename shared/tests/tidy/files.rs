//! Source files: does each answer one question, and is it finished?

use crate::source::{Source, all_rust, none};

const LONGEST: usize = 300;

/// What announces work that is put off; written in halves, or this file would announce it too.
const PUT_OFF: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];

/// A noun phrase begins with none of these, and is no longer than this.
const ASKING: [&str; 19] = [
    "are", "can", "did", "do", "does", "for", "from", "how", "if", "in", "is", "may", "what", "when", "where", "which",
    "who", "whose", "why",
];
const LONGEST_PHRASE: usize = 8;

#[test]
fn every_file_opens_with_its_subject_and_the_question_it_answers() {
    let wrong = all_rust().into_iter().filter(|source| !opens_as_it_should(&source.text));
    none(&wrong.map(|source| source.path).collect::<Vec<_>>(), "these do not open with `//! Noun phrase: question?`");
}

/// `//! Checkout state machine: what may happen to a checkout?`
fn opens_as_it_should(text: &str) -> bool {
    let Some((subject, asked)) = question(text).and_then(|line| line.split_once(": ")) else { return false };
    let words: Vec<&str> = subject.split(' ').collect();
    let is_noun_phrase = !ASKING.contains(&words[0].to_lowercase().as_str()) && words.len() <= LONGEST_PHRASE;
    is_noun_phrase && !subject.contains(['?', ';']) && !asked.contains(". ") && asked.split(' ').count() > 1
}

/// The first line, up to the mark at its end.
fn question(text: &str) -> Option<&str> {
    text.lines().next()?.strip_prefix("//! ")?.strip_suffix('?')
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
    let ignores = |source: &Source| {
        let tokens = source.tokens();
        // Up to the bracket that ends an attribute, also `cfg_attr(…, ignore)`.
        let mut attributes =
            tokens.split(|token| *token == "#").skip(1).filter(|rest| rest.first().is_some_and(|token| token == "["));
        attributes.any(|rest| rest.iter().take_while(|token| **token != "]").any(|token| *token == "ignore"))
    };
    let skipping = all_rust().into_iter().filter(ignores);
    none(&skipping.map(|source| source.path).collect::<Vec<_>>(), "these skip a test");
}
