//! Rules for every response: what is true of each answer, whatever was asked?

use anyhow::Result;
use wire::request::Request;

use crate::contract::expect::{holds, mismatch};
use crate::contract::response::CheckedResponse;
use shared::api::paths;
use shared::api::problem::Problem;

/// Checks the rules that hold for every response of the contract.
pub(super) fn check(request: &Request, answer: &CheckedResponse) -> Result<()> {
    for name in ["x-request-id", "x-served-by", "server-timing"] {
        holds(&answer.to, &format!("{name} on every answer"), &answer.headers, !answer.header(name).is_empty())?;
    }
    answer.has_header("x-content-type-options", "nosniff")?;
    let server = answer.header("server");
    holds(&answer.to, "no server version", server, !server.contains(|letter: char| letter.is_ascii_digit()))?;
    for part in ["auth", "state", "sql"] {
        let (spent, timing) = (duration(answer, part), answer.header("server-timing"));
        holds(&answer.to, &format!("Server-Timing with {part};dur="), timing, spent.is_some())?;
    }
    if request.headers.has("authorization") || request.headers.has("cookie") {
        private(request.path.split('?').next().unwrap_or_default(), answer)?;
    }
    if answer.status >= 400 {
        problem(&request.method, answer)?;
    }
    Ok(())
}

/// Milliseconds that the answer says it spent on a part.
pub(super) fn duration(answer: &CheckedResponse, part: &str) -> Option<f64> {
    let mut parts = answer.header("server-timing").split(", ").filter_map(|entry| entry.split_once(";dur="));
    parts.find(|(name, _)| *name == part)?.1.parse().ok()
}

/// What is one person's is in nobody's cache; what is everybody's may be. Only these two say so.
fn private(path: &str, answer: &CheckedResponse) -> Result<()> {
    let cacheable = answer.status < 400 && (path.starts_with(paths::PRODUCTS) || path == paths::DATA);
    if cacheable || path == paths::ANONYMOUS || path.starts_with(paths::DOCS) {
        return Ok(());
    }
    answer.has_header("cache-control", "private, no-store").map(drop)
}

/// RFC 9457, whoever raised the error.
fn problem(method: &str, answer: &CheckedResponse) -> Result<()> {
    answer.has_header("content-type", "application/problem+json")?;
    if method == "HEAD" {
        return Ok(());
    }
    let problem: Problem =
        serde_json::from_str(&answer.body).map_err(|_| answer.unexpected("a problem with all its fields"))?;
    let word = serde_json::to_value(problem.code)?;
    let word = word.as_str().unwrap_or_default();
    let is_consistent = problem.status == answer.status
        && problem.status == problem.code.status()
        && problem.r#type == format!("/problems/{word}")
        && problem.title == problem.code.title()
        && problem.request_id == answer.header("x-request-id")
        && !problem.detail.is_empty();
    holds(&answer.to, "a problem that agrees with its answer", (answer.status, &answer.body), is_consistent)?;
    let names_fields = !problem.errors.is_empty();
    holds(&answer.to, "errors on 422 alone", &answer.body, names_fields == (answer.status == 422))?;
    let advice = match answer.status {
        401 => "www-authenticate",
        405 => "allow",
        429 | 503 => "retry-after",
        _ => return Ok(()),
    };
    match answer.header(advice) {
        "" => Err(mismatch(&answer.to, format!("{advice} on {}", answer.status), format!("{:?}", answer.headers))),
        _ => Ok(()),
    }
}
