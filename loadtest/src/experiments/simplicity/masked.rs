//! What of a Rust file is neither comment nor the inside of a string?

/// The same lines: comments are blank, and what stands in quotes is a row of quotes.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let (length, mask) = next(rest, sign);
        let (piece, after) = rest.split_at(length);
        match mask {
            None => masked.push_str(piece),
            Some(mask) => masked.extend(piece.chars().map(|sign| if sign == '\n' { sign } else { mask })),
        }
        rest = after;
    }
    masked
}

const COMMENT: Option<char> = Some(' ');
const QUOTED: Option<char> = Some('"');

/// How long the next piece is, and what shall stand in its place.
fn next(rest: &str, sign: char) -> (usize, Option<char>) {
    match sign {
        '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), COMMENT),
        '/' if rest.starts_with("/*") => (nested(rest), COMMENT),
        '"' => (quoted(rest, 1, '"'), QUOTED),
        '\'' if is_character(rest) => (quoted(rest, 1, '\''), QUOTED),
        sign if is_name(sign) => named(rest),
        sign => (sign.len_utf8(), None),
    }
}

/// A name, or a string that begins with letters: `b"…"`, `br#"…"#`.
fn named(rest: &str) -> (usize, Option<char>) {
    let name = rest.find(|sign| !is_name(sign)).unwrap_or(rest.len());
    let behind = &rest[name..];
    let raw = behind.trim_start_matches('#');
    match &rest[..name] {
        "b" | "c" if behind.starts_with('"') => (quoted(rest, name + 1, '"'), QUOTED),
        "b" if is_character(behind) => (quoted(rest, name + 1, '\''), QUOTED),
        "r" | "br" | "cr" if raw.starts_with('"') => {
            let end = format!("\"{}", "#".repeat(behind.len() - raw.len()));
            let open = rest.len() - raw.len() + 1;
            (rest[open..].find(&end).map_or(rest.len(), |at| open + at + end.len()), QUOTED)
        }
        _ => (name, None),
    }
}

fn is_name(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// `'a'` and `'\n'`, but not the lifetime `'a`.
fn is_character(rest: &str) -> bool {
    let mut signs = rest.chars();
    let (quote, first, second) = (signs.next(), signs.next(), signs.next());
    quote == Some('\'') && (first == Some('\\') || second == Some('\''))
}

/// Up to this sign and with it, unless a backslash stands before it.
fn quoted(rest: &str, start: usize, end: char) -> usize {
    let mut escaped = false;
    for (at, sign) in rest[start..].char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            sign if sign == end => return start + at + sign.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// A comment in which others may stand.
fn nested(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(masked(text), expected);
    }

    #[test]
    fn comments_are_blank_and_quotes_are_quotes() {
        check("a // b\nc", "a     \nc");
        check("a /* b /* c */ d\n */ e", "a               \n    e");
        check(r#"f("// no", '"', 'x', '\'')"#, r#"f(""""""", """, """, """")"#);
        check(r##"g(r#"a"b//"#, b"c", b'd')"##, r##"g("""""""""", """", """")"##);
        check("h(\"a\nb\")", "h(\"\"\n\"\")");
    }

    #[test]
    fn lifetimes_and_names_that_end_like_a_string_begins_are_code() {
        check("fn i<'a>(j: &'a str) { for r in br {} }", "fn i<'a>(j: &'a str) { for r in br {} }");
        check("k!(r, 'l)", "k!(r, 'l)");
    }

    #[test]
    fn what_is_never_closed_ends_with_the_file() {
        check("a \"b", "a \"\"");
        check("a /* b", "a     ");
    }
}
