//! Reference pair: do the core files of both servers still declare the same items?

use crate::source::{Source, none};
use crate::tokens::end_of_group;

/// The files that both servers have; `diff` of each pair is the lesson.
pub(crate) const CORE: [&str; 4] = ["main.rs", "config.rs", "credentials.rs", "drafts.rs"];

/// What one trades for the other: here | there.
const TRADES: [(&str, &str); 5] = [
    ("Tokens", "Sessions"),
    ("SignedDrafts", "SessionDrafts"),
    ("keys", "cookie"),
    ("families", "sessions"),
    ("denylist", "csrf"),
];

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

fn items_of(server: &str, file: &str) -> Vec<String> {
    items(&Source::read(&format!("{server}/src/{file}")).tokens())
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
                let body = at + tokens[at..].iter().position(|token| token == "{").expect("an impl has a body");
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
