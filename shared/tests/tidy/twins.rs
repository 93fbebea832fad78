//! Are the two servers still the same house with another memory?

use crate::source::{Source, none};
use crate::tokens::end_of_group;

/// The files that both servers have; `diff` of each pair is the lesson.
pub(crate) const CORE: [&str; 4] = ["main.rs", "config.rs", "credentials.rs", "drafts.rs"];

/// What one trades for the other: here | there.
const TRADES: [(&str, &str); 5] = [
    ("Tokens", "Sessions"),
    ("Claims", "Remembered"),
    ("SealedDrafts", "SessionDrafts"),
    ("SEAL_SECONDS", "DRAFT"),
    ("bearer", "removal"),
];

/// What only one of them declares, and why the other does not.
const ALONE: [(&str, &str, &str); 1] = [("drafts.rs", "struct Sealed", "a session is somebody's already: it needs no seal that says whose")];

#[test]
fn both_servers_declare_the_same_items_in_the_same_order() {
    let mut wrong = Vec::new();
    for file in CORE {
        let stateless: Vec<String> = items_of("stateless-server", file).iter().map(|item| traded(item)).collect();
        let stateful = items_of("stateful-server", file);
        if stateless != stateful {
            wrong.push(format!("{file}:\n    {}\n    {}", stateless.join(" · "), stateful.join(" · ")));
        }
    }
    none(&wrong, "these pairs went apart (first stateless, its names traded; then stateful)");
}

#[test]
fn what_only_one_server_declares_is_there() {
    for (file, item, _) in ALONE {
        let both = ["stateless-server", "stateful-server"].map(|server| items(&read(server, file).tokens()));
        assert!(both.iter().filter(|items| items.iter().any(|each| each == item)).count() == 1, "{file}: {item}");
    }
}

fn items_of(server: &str, file: &str) -> Vec<String> {
    let alone = |item: &String| ALONE.iter().any(|(where_, name, _)| *where_ == file && name == item);
    items(&read(server, file).tokens()).into_iter().filter(|item| !alone(item)).collect()
}

fn read(server: &str, file: &str) -> Source {
    Source::read(&format!("{server}/src/{file}"))
}

fn traded(item: &str) -> String {
    let trade = |word| TRADES.iter().find(|(here, _)| *here == word).map_or(word, |(_, there)| *there);
    item.split(' ').map(trade).collect::<Vec<_>>().join(" ")
}

/// What a file declares, from top to bottom, methods among it; `use`, `mod` and tests are not part of it.
fn items(tokens: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "#" => at = end_of_group(tokens, at + 1),
            "const" if tokens[at + 1] == "fn" => at += 1,
            kind @ ("fn" | "struct" | "enum" | "trait" | "const" | "static") => {
                found.push(format!("{kind} {}", tokens[at + 1]));
                at = end_of_item(tokens, at);
            }
            "impl" => {
                let body = at + tokens[at..].iter().position(|token| token == "{").unwrap();
                found.push(tokens[at..body].join(" "));
                let end = end_of_group(tokens, body);
                found.extend(items(&tokens[body + 1..end - 1]));
                at = end;
            }
            "use" | "mod" => at = end_of_item(tokens, at),
            _ => at += 1,
        }
    }
    found
}

/// Behind the `;`, or behind the body.
fn end_of_item(tokens: &[String], mut at: usize) -> usize {
    let is_value = ["const", "static", "use"].contains(&tokens[at].as_str());
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => return at + 1,
            "{" if !is_value => return end_of_group(tokens, at),
            "(" | "[" | "{" => at = end_of_group(tokens, at),
            _ => at += 1,
        }
    }
    at
}

#[test]
fn items_are_read_from_top_to_bottom() {
    let tokens = crate::tokens::tokens(
        "use a::{b}; #[x] pub(crate) struct C(D); const E: [u8; 2] = [1; 2]; impl F for C { async fn g(&self) -> H { fn i() {} } } fn j();",
    );
    assert_eq!(items(&tokens), ["struct C", "const E", "impl F for C", "fn g", "fn j"]);
}
