//! What is each line of a file, and what do its lines declare?

use std::path::Path;

use crate::experiments::simplicity::masked::masked;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    /// Nothing but.
    Comment,
    /// Code or comment of a test.
    Test,
    Empty,
}

pub(super) struct Line {
    pub(super) kind: Kind,
    /// Without comments, and without what stands in quotes.
    masked: String,
}

/// Outside of tests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) types: u64,
    pub(super) traits: u64,
    pub(super) settings: u64,
    pub(super) tasks: u64,
}

/// Tests are what stands behind `#[cfg(test)]`, in a file called `tests.rs`, or in a folder of that name.
pub(super) fn lines(file: &str, text: &str) -> Vec<Line> {
    let masked = masked(text);
    let whole = Path::new(file).with_extension("").iter().any(|part| part == "tests");
    let tests = if whole { vec![(0, usize::MAX)] } else { tested(&masked) };
    let kind = |number: usize, line: &str, masked: &str| match (line.trim(), masked.trim()) {
        ("", _) => Kind::Empty,
        _ if tests.iter().any(|(first, last)| (*first..=*last).contains(&number)) => Kind::Test,
        (_, "") => Kind::Comment,
        _ => Kind::Code,
    };
    let pairs = text.lines().zip(masked.lines()).enumerate();
    pairs
        .map(|(number, (line, masked))| Line { kind: kind(number, line, masked), masked: masked.trim().into() })
        .collect()
}

/// First and last line of each item that is there for tests alone, counted from 0.
fn tested(masked: &str) -> Vec<(usize, usize)> {
    const MARK: &str = "#[cfg(test)]";
    let line_of = |at: usize| masked[..at].matches('\n').count();
    masked.match_indices(MARK).map(|(at, _)| (line_of(at), line_of(end_of_item(masked, at + MARK.len())))).collect()
}

/// Its `;`, or the brace that closes it.
fn end_of_item(masked: &str, from: usize) -> usize {
    let mut depth = 0;
    for (at, sign) in masked[from..].char_indices() {
        match sign {
            '{' | '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '}' if depth == 1 => return from + at,
            '}' => depth -= 1,
            ';' if depth == 0 => return from + at,
            _ => {}
        }
    }
    masked.len()
}

pub(super) fn declared(lines: &[Line]) -> Declared {
    let code = || lines.iter().filter(|line| line.kind == Kind::Code).map(|line| &*line.masked);
    let begin =
        |words: &[&str]| code().filter(|line| words.iter().any(|word| undecorated(line).starts_with(word))).count();
    let hold = |words: &[&str]| {
        code().map(|line| words.iter().map(|word| line.matches(word).count()).sum::<usize>()).sum::<usize>()
    };
    Declared {
        types: begin(&["struct ", "enum "]) as u64,
        traits: begin(&["trait "]) as u64,
        settings: hold(&["#[arg("]) as u64,
        tasks: hold(&["spawn(", "spawn_local("]) as u64,
    }
}

/// Without `pub` or `pub(crate)`.
fn undecorated(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else { return line };
    match rest.strip_prefix('(').and_then(|scope| scope.split_once(')')) {
        Some((_, behind)) => behind.trim_start(),
        None => rest.trim_start(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code, comments, tests.
    #[track_caller]
    fn check(file: &str, text: &str, expected: [usize; 3]) {
        let lines = lines(file, text);
        let kinds = [Kind::Code, Kind::Comment, Kind::Test];
        assert_eq!(kinds.map(|kind| lines.iter().filter(|line| line.kind == kind).count()), expected);
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
        let expected = Declared { types: 3, traits: 1, settings: 1, tasks: 1 };
        assert_eq!(declared(&lines("a.rs", text)), expected);
    }
}
