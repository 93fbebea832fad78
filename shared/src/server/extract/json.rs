//! Is this JSON, is it of the right shape, and can its values be?

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::Path;

use super::checked;
use crate::api::problem::{Code, FieldError};
use crate::server::error::Refused;
use crate::server::limits::JSON_DEPTH;

/// Reads and checks a body.
///
/// # Errors
/// `MalformedBody` for what is not JSON, `InvalidValues` for JSON that does not fit, naming the first field that does not
/// or every field whose value cannot be.
pub(super) fn read<T: DeserializeOwned + garde::Validate<Context = ()>>(body: &[u8]) -> Result<T, Refused> {
    if depth(body) > JSON_DEPTH {
        return Err(Refused::saying(Code::MalformedBody, format!("The body is nested deeper than {JSON_DEPTH} levels.")));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().clone();
        misfit(body, &path, error.into_inner())
    })?;
    json.end().map_err(|error| malformed(&error))?;
    checked(value)
}

/// A wrong type is a wrong value only if the rest is JSON at all.
fn misfit(body: &[u8], path: &Path, error: serde_json::Error) -> Refused {
    if !error.is_data() {
        return malformed(&error);
    }
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(body) {
        return malformed(&error);
    }
    let whole = path.iter().next().is_none();
    let field = if whole { String::new() } else { path.to_string() };
    Refused::invalid(vec![FieldError { field, message: plain(&error) }])
}

fn malformed(error: &serde_json::Error) -> Refused {
    Refused::saying(Code::MalformedBody, format!("The body is not JSON: {error}."))
}

/// The message without its place in the text: the field is named already.
fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    message.strip_suffix(&place).unwrap_or(&message).to_owned()
}

/// How many arrays and objects are open at once, at most. Looks at brackets outside of strings only.
fn depth(body: &[u8]) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for &byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                open += 1;
                deepest = deepest.max(open);
            }
            b']' | b'}' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::checkout::StartCheckout;

    #[track_caller]
    fn check(body: &str, code: Code, fields: &[&str]) {
        let refused = read::<StartCheckout>(body.as_bytes()).expect_err(body);
        assert_eq!(refused.code, code, "{body}: {refused}");
        assert_eq!(refused.errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), fields, "{body}");
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        check("", Code::MalformedBody, &[]);
        check("{", Code::MalformedBody, &[]);
        check(r#"{"items": []} x"#, Code::MalformedBody, &[]);
        check(r#"{"items": 1, }"#, Code::MalformedBody, &[]);
        check(&"[".repeat(100_000), Code::MalformedBody, &[]);
        check(&format!("{}{}", "[".repeat(33), "]".repeat(33)), Code::MalformedBody, &[]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        check("[]", Code::InvalidValues, &["items"]);
        check("{}", Code::InvalidValues, &[""]);
        check(r#"{"items": 1}"#, Code::InvalidValues, &["items"]);
        check(r#"{"items": [{"productId": 1, "quantity": 1.0}]}"#, Code::InvalidValues, &["items[0].quantity"]);
        check(r#"{"items": [{"productId": 0, "quantity": 101}]}"#, Code::InvalidValues, &["items[0].product_id", "items[0].quantity"]);
    }

    #[test]
    fn brackets_in_strings_are_text() {
        assert_eq!(depth(br#"{"a": "[[[\"[["}"#), 1);
        assert_eq!(depth(b"[[],[[]]]"), 3);
    }
}
