//! JSON body: is it JSON, is it of the right shape, and can its values be?

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::error::Refused;
use crate::extract::checked;
use crate::limits::JSON_DEPTH;
use shared::api::problem::{Code, FieldError};

/// Reads and checks a body.
///
/// # Errors
/// `MalformedBody` for what is not JSON, `InvalidValues` for JSON that does not fit, naming the first field that does not
/// or every field whose value cannot be.
pub(super) fn read<T: DeserializeOwned + Serialize + garde::Validate<Context = ()>>(body: &[u8]) -> Result<T, Refused> {
    if depth(body) > JSON_DEPTH {
        return Err(Refused::saying(
            Code::MalformedBody,
            format!("The body is nested deeper than {JSON_DEPTH} levels."),
        ));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let parent = error.path().to_string();
        misfit(body, if parent == "." { "" } else { &parent }, error.inner())
    })?;
    json.end().map_err(|error| malformed(&error))?;
    same_shape(body, &value)?;
    checked(value)
}

/// A wrong type is a wrong value only if the rest is JSON at all.
fn misfit(body: &[u8], parent: &str, error: &serde_json::Error) -> Refused {
    if !error.is_data() {
        return malformed(error);
    }
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(body) {
        return malformed(&error);
    }
    let message = plain(error);
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let field = match missing {
        Some(missing) if parent.is_empty() => missing.to_owned(),
        Some(missing) => format!("{parent}.{missing}"),
        None => parent.to_owned(),
    };
    Refused::invalid(vec![FieldError { field, message }])
}

/// serde also takes an array for a struct, and an object for a word of a list. The contract has no such bodies: what was
/// understood must look like what was sent.
fn same_shape(body: &[u8], understood: &impl Serialize) -> Result<(), Refused> {
    let sent: Value = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
    let understood = serde_json::to_value(understood).map_err(Refused::internal)?;
    match bent(&sent, &understood, String::new()) {
        Some(field) => Err(Refused::invalid(vec![FieldError { field, message: "is of the wrong type".into() }])),
        None => Ok(()),
    }
}

/// The path of the first value that was taken for something of another type.
fn bent(sent: &Value, understood: &Value, path: String) -> Option<String> {
    match (sent, understood) {
        (Value::Array(sent), Value::Array(understood)) => {
            let mut pairs = sent.iter().zip(understood).enumerate();
            pairs.find_map(|(at, (sent, understood))| bent(sent, understood, format!("{path}[{at}]")))
        }
        (Value::Object(sent), Value::Object(understood)) => understood.iter().find_map(|(name, understood)| {
            let dot = if path.is_empty() { "" } else { "." };
            bent(sent.get(name).unwrap_or(understood), understood, format!("{path}{dot}{name}"))
        }),
        (Value::Array(_) | Value::Object(_), _) => Some(path),
        _ => None,
    }
}

fn malformed(error: &serde_json::Error) -> Refused {
    Refused::saying(Code::MalformedBody, format!("The body is not JSON: {error}."))
}

/// The message without its place in the text, for the field is named already, and without our own names of types.
fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    match message.split_once("expected struct ") {
        Some((found, _)) => format!("{found}expected an object"),
        None => message.to_owned(),
    }
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
    use shared::api::checkout::StartCheckout;

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
        check("{}", Code::InvalidValues, &["items"]);
        check(r#"{"items": [{"productId": 1}]}"#, Code::InvalidValues, &["items[0].quantity"]);
        check(r#"{"items": [], "more": 1}"#, Code::InvalidValues, &["more"]);
        check(r#"{"items": 1}"#, Code::InvalidValues, &["items"]);
        check(r#"{"items": [{"productId": 1, "quantity": 1.5}]}"#, Code::InvalidValues, &["items[0].quantity"]);
        let both = &["items[0].productId", "items[0].quantity"];
        check(r#"{"items": [{"productId": 0, "quantity": 101}]}"#, Code::InvalidValues, both);
    }

    #[test]
    fn a_list_is_no_object() {
        check("[]", Code::InvalidValues, &[""]);
        check(r#"[[{"productId": 1, "quantity": 1}]]"#, Code::InvalidValues, &[""]);
        check(r#"{"items": [{"productId": 1, "quantity": 1}, [1, 1]]}"#, Code::InvalidValues, &["items[1]"]);
    }

    #[test]
    fn brackets_in_strings_are_text() {
        assert_eq!(depth(br#"{"a": "[[[\"[["}"#), 1);
        assert_eq!(depth(b"[[],[[]]]"), 3);
    }
}
