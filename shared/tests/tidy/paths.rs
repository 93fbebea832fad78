//! Paths in Rust code: which ones does a file name?

/// Every `a::b::c` of the code, the trees of `use` written out: `use a::{b, c::d}` names `a::b` and `a::c::d`.
pub(crate) fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_name(&tokens[at]) && (at == 0 || tokens[at - 1] != "::") {
            at = tree(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads one path or tree that begins at `at`; returns where it ends.
fn tree(tokens: &[String], mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") if path.len() > before.len() || !before.is_empty() => return group(tokens, at + 1, &path, found),
            Some(name) if is_name(name) || name == "*" && !path.is_empty() => path.push(name.into()),
            _ => return at.max(1),
        }
        at += 1;
        if tokens.get(at).map(String::as_str) != Some("::") {
            found.push(path);
            return at;
        }
        at += 1;
    }
}

fn group(tokens: &[String], mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "}" => return at + 1,
            "," | "*" => at += 1,
            _ => at = tree(tokens, at, before, found).max(at + 1),
        }
    }
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|sign: char| sign.is_alphabetic() || sign == '_')
}

#[test]
fn trees_are_written_out() {
    let tokens = crate::tokens::tokens("use a::{self, b, c::{d, e}}; use super::j::*; fn f() { g::h(i) }");
    let found: Vec<String> =
        paths(&tokens).iter().map(|path| path.join("::")).filter(|path| path.contains(':')).collect();
    assert_eq!(found, ["a::self", "a::b", "a::c::d", "a::c::e", "super::j::*", "g::h"]);
}
