//! Same contract: is it one contract that both servers keep?

use anyhow::Result;
use serde_json::Value;

use crate::contract::client::Client;
use crate::contract::expect::mismatch;
use crate::contract::variant::Variant;
use shared::api::paths;
use shared::modes::Mode;

/// Compares what both servers publish and answer where no credential is involved.
///
/// # Errors
/// The first place where they differ beyond what is declared.
pub async fn compare(one: &str, other: &str) -> Result<()> {
    for path in [paths::OPENAPI, paths::ANONYMOUS, "/problems/draft_rejected", "/nothing"] {
        let (one, other) = (published(one, path).await?, published(other, path).await?);
        if let Some((place, one, other)) = difference(&one, &other, String::new()) {
            return Err(mismatch(&format!("GET {path} on both, at {place}"), one.to_string(), other.to_string()));
        }
    }
    Ok(())
}

/// A body without the declared differences.
async fn published(replica: &str, path: &str) -> Result<Value> {
    let client = Client::new(vec![replica.to_owned()], Variant::plain(Mode::Jwt)?.promises);
    let body = client.nobody().get(path).await?.body;
    let mut document = serde_json::from_str(&body).unwrap_or(Value::String(body));
    for declared in ["/info/title", "/components/securitySchemes", "/paths/~1.well-known~1jwks.json", "/requestId"] {
        if let Some(difference) = document.pointer_mut(declared) {
            *difference = Value::Null;
        }
    }
    Ok(document)
}

/// The first place where two documents differ, and what is there.
fn difference<'a>(one: &'a Value, other: &'a Value, place: String) -> Option<(String, &'a Value, &'a Value)> {
    const ABSENT: &Value = &Value::Null;
    match (one, other) {
        (Value::Object(ones), Value::Object(others)) => ones.keys().chain(others.keys()).find_map(|key| {
            let (one, other) = (ones.get(key).unwrap_or(ABSENT), others.get(key).unwrap_or(ABSENT));
            difference(one, other, format!("{place}/{key}"))
        }),
        (Value::Array(ones), Value::Array(others)) if ones.len() == others.len() => ones
            .iter()
            .zip(others)
            .enumerate()
            .find_map(|(at, (one, other))| difference(one, other, format!("{place}/{at}"))),
        _ => (one != other).then_some((place, one, other)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_found_and_named() {
        let one = json!({ "a": [1, { "b": 2 }], "c": 3 });
        assert!(difference(&one, &one, String::new()).is_none());
        let changed = json!({ "a": [1, { "b": 4 }], "c": 3 });
        let (place, seen, other) = difference(&one, &changed, String::new()).expect("one value differs");
        assert_eq!((place.as_str(), seen, other), ("/a/1/b", &json!(2), &json!(4)));
        let nothing = json!({});
        let (place, ..) = difference(&nothing, &one, String::new()).expect("all is missing");
        assert_eq!(place, "/a");
    }
}
