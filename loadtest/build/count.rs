//! Line counter: what is each line of a Rust file, and what does the file declare?

#[allow(dead_code, reason = "the house rules use all of it")]
#[path = "../../shared/tests/tidy/tokens.rs"]
mod tokens;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;

use tokens::{is_code, pieces};

/// A file. Tests are what stands behind `#[cfg(test)]`, in a file called `tests.rs`, or in a folder of that name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Lines with code that is no test.
    pub(crate) code: Vec<String>,
    /// Lines with nothing but a comment, tests left out; so are they in what follows.
    pub(crate) comments: usize,
    /// Lines of tests, with code or a comment.
    pub(crate) tests: usize,
    pub(crate) types: usize,
    pub(crate) traits: usize,
    pub(crate) settings: usize,
    pub(crate) tasks: usize,
}

/// What of the text is code, and on which lines.
type Tokens<'a> = Vec<(RangeInclusive<usize>, &'a str)>;

pub(crate) fn count(file: &str, text: &str) -> Counted {
    let mut tokens = tokens(text);
    let coded: BTreeSet<usize> = tokens.iter().flat_map(|(lines, _)| lines.clone()).collect();
    let whole = Path::new(file).with_extension("").iter().any(|part| part == "tests");
    let tested = if whole { (0..text.lines().count()).collect() } else { tested(&tokens) };
    tokens.retain(|(lines, _)| !tested.contains(lines.start()));
    let full = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let (tests, rest): (Vec<_>, Vec<_>) = full.partition(|(at, _)| tested.contains(at));
    let (code, comments): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(at, _)| coded.contains(at));
    let of = |kinds: &[&[&str]]| kinds.iter().map(|kind| found(&tokens, kind).count()).sum();
    Counted {
        code: code.into_iter().map(|(_, line)| line.to_owned()).collect(),
        comments: comments.len(),
        tests: tests.len(),
        types: of(&[&["struct"], &["enum"]]),
        traits: of(&[&["trait"]]),
        settings: of(&[&["#", "[", "arg", "("]]),
        tasks: of(&[&["spawn", "("], &["spawn_local", "("]]),
    }
}

fn tokens(text: &str) -> Tokens<'_> {
    let (mut tokens, mut at) = (Tokens::new(), 0);
    for piece in pieces(text) {
        let end = at + piece.matches('\n').count();
        if is_code(piece) {
            tokens.push((at..=end, piece));
        }
        at = end;
    }
    tokens
}

/// Where these stand one after the other.
fn found<'t>(tokens: &'t Tokens, wanted: &'t [&str]) -> impl Iterator<Item = usize> + 't {
    let windows = tokens.windows(wanted.len()).enumerate();
    windows.filter(move |(_, window)| window.iter().map(|(_, token)| token).eq(wanted)).map(|(at, _)| at)
}

/// The lines of each item that is there for tests alone.
fn tested(tokens: &Tokens) -> BTreeSet<usize> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    found(tokens, &MARK).flat_map(|at| *tokens[at].0.start()..=end_of_item(&tokens[at + MARK.len()..])).collect()
}

/// The line of its `;`, or of the brace that closes it.
fn end_of_item(tokens: &[(RangeInclusive<usize>, &str)]) -> usize {
    let mut depth = 0;
    let end = tokens.iter().find(|(_, token)| {
        match *token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        depth == 0 && ["}", ";"].contains(token)
    });
    end.or(tokens.last()).map_or(0, |(lines, _)| *lines.end())
}

/// So many lines both have, in the same order: the longest common subsequence.
pub(crate) fn same(a: &[String], b: &[String]) -> usize {
    let mut longest = vec![0; b.len() + 1];
    for line in a {
        let mut before = 0;
        for (at, other) in b.iter().enumerate() {
            let above = longest[at + 1];
            longest[at + 1] = if line == other { before + 1 } else { above.max(longest[at]) };
            before = above;
        }
    }
    longest[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code, comments, tests.
    #[track_caller]
    fn check(file: &str, text: &str, expected: [usize; 3]) {
        let Counted { code, comments, tests, .. } = count(file, text);
        assert_eq!([code.len(), comments, tests], expected);
    }

    #[test]
    fn a_line_is_code_when_anything_on_it_is() {
        check("a.rs", "//! What?\n\nuse a; // Why.\n/* b\n c */ fn d() {}\n\n/// E.\nfn f() {}\n", [3, 3, 0]);
        check("a.rs", "const A: &str = \"\n// no comment\n\";\n", [3, 0, 0]);
        check("a.rs", "const A: &str = r#\"\"#; // \"\n// b\n", [1, 1, 0]);
    }

    #[test]
    fn tests_count_apart_wherever_they_are() {
        let inside = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    // Why.\n    fn b() { \"}\" }\n}\nfn c() {}\n";
        check("a.rs", inside, [2, 0, 5]);
        check("a.rs", "#[cfg(test)]\nmod tests;\nfn a() {}\n", [1, 0, 2]);
        check("a.rs", "#[cfg(test)]\nconst A: [u8; 2] = [1, 2];\nfn a() {}\n", [1, 0, 2]);
        check("a.rs", "// #[cfg(test)]\nfn a() {}\n", [1, 1, 0]);
        check("store/tests.rs", "//! What?\nfn a() {}\n", [0, 0, 2]);
        check("store/tests/b.rs", "fn a() {}\n", [0, 0, 1]);
        check("contests.rs", "fn a() {}\n", [1, 0, 0]);
    }

    #[test]
    fn what_is_declared_is_counted_once_and_not_where_it_is_only_mentioned() {
        let text = "pub(crate) struct A;\n// struct B;\nenum C {}\npub trait D {}\nstruct E { f: u8 }\n    #[arg(\n        long)]\n\
                    g(\"#[arg(\"); tokio::spawn(h); spawn_blocking(i);\n#[cfg(test)]\nmod tests { struct J; }\nfn structure() {}\n";
        let Counted { types, traits, settings, tasks, .. } = count("a.rs", text);
        assert_eq!([types, traits, settings, tasks], [3, 1, 1, 1]);
    }

    #[test]
    fn twins_are_compared_line_by_line_whatever_their_comments_say() {
        let here = count("x.rs", "// One.\nuse a;\nuse b;\n\nfn c() {}\n").code;
        let there = count("x.rs", "use a;\nuse d;\nuse e;\nfn c() {}\n// Two.\n").code;
        assert_eq!([here.len(), there.len(), same(&here, &there)], [3, 4, 2]);
    }
}
