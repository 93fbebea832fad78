//! Rust tokens: of what words does a file consist, comments and the insides of strings left out?

/// Names, numbers and lifetimes whole, `::` whole, every other sign alone; a string or character becomes `""`.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let code = pieces(text).filter(|piece| is_code(piece));
    code.map(|piece| if is_string(piece) { "\"\"" } else { piece }.to_owned()).collect()
}

/// All of it, in pieces that are a token, a comment, or a blank.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let length = length_of_next(rest, rest.chars().next()?);
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(piece)
    })
}

pub(crate) fn is_code(piece: &str) -> bool {
    !piece.starts_with(char::is_whitespace) && !piece.starts_with("//") && !piece.starts_with("/*")
}

/// Where the bracket that opens at `at` is closed, and one further.
pub(crate) fn end_of_group(tokens: &[String], at: usize) -> usize {
    let mut depth = 0;
    for (offset, token) in tokens[at..].iter().enumerate() {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + offset + 1;
        }
    }
    tokens.len()
}

fn length_of_next(rest: &str, sign: char) -> usize {
    match sign {
        '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
        '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
        '"' => quoted(rest, 1, '"'),
        'b' if rest.starts_with("b\"") => quoted(rest, 2, '"'),
        'r' | 'b' if raw_hashes(rest).is_some() => raw(rest),
        '\'' if is_character(rest) => quoted(rest, 1, '\''),
        '\'' => 1 + word(&rest[1..]),
        ':' if rest.starts_with("::") => 2,
        sign if is_name(sign) => word(rest),
        sign => sign.len_utf8(),
    }
}

fn is_string(token: &str) -> bool {
    token.ends_with('"') || (token.ends_with('\'') && token.len() > 1) || raw_hashes(token).is_some()
}

fn is_name(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

fn word(rest: &str) -> usize {
    rest.find(|sign| !is_name(sign)).unwrap_or(rest.len())
}

/// `'a'` and `'\n'`, but not the lifetime `'a`.
fn is_character(rest: &str) -> bool {
    let mut signs = rest.chars().skip(1);
    matches!((signs.next(), signs.next()), (Some('\\'), _) | (Some(_), Some('\'')))
}

fn quoted(rest: &str, start: usize, end: char) -> usize {
    let mut escaped = false;
    for (at, sign) in rest[start..].char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            sign if sign == end => return start + at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// How many `#` guard the raw string that begins here, if one does.
fn raw_hashes(rest: &str) -> Option<usize> {
    let guards = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = guards.len() - guards.trim_start_matches('#').len();
    guards[hashes..].starts_with('"').then_some(hashes)
}

fn raw(rest: &str) -> usize {
    let end = format!("\"{}", "#".repeat(raw_hashes(rest).unwrap_or(0)));
    let open = rest.find('"').map_or(rest.len(), |at| at + 1);
    rest[open..].find(&end).map_or(rest.len(), |at| open + at + end.len())
}

#[test]
fn comments_and_strings_are_left_out_and_lifetimes_are_not_characters() {
    let text = "use a::b; // c\n/* d */ fn e<'f>(g: &'f str) { h(\"i\\\"\", 'j', '\\'', r#\"k\"k\"#) }";
    let expected = "use a :: b ; fn e < 'f > ( g : & 'f str ) { h ( \"\" , \"\" , \"\" , \"\" ) }";
    assert_eq!(tokens(text).join(" "), expected);
}
