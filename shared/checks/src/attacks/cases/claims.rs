//! Token claims: is a signature enough, whatever it signs?

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, refused, tokens};
use crate::attacks::forge::Parts;
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;

/// The claims that an access token must have (RFC 9068, section 2.2), and our own.
const REQUIRED: [&str; 10] = ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "sid", "username", "roles"];
const DATES: [&str; 3] = ["exp", "iat", "nbf"];
/// That of which the bearer is recognised; `username` is shown and no more.
const TEXTS: [&str; 5] = ["iss", "aud", "sub", "jti", "sid"];
/// Seconds: far more than clocks differ, and far less than a token lives.
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// All that a row does to the claims: each of them makes one token.
type Forge = fn(&Parts) -> Vec<String>;
/// What the signed claims say, the rule that it is about, and how it is made.
type Row = (&'static str, &'static str, Forge);

/// Nobody believes these.
const REFUSED: &[Row] = &[
    ("one required claim missing, each in turn", "RFC 9068 2.2, 4", |parts| {
        REQUIRED.map(|name| parts.claims.without(name).to_string()).into()
    }),
    ("one required claim `null`, each in turn", "RFC 9068 2.2", |parts| {
        REQUIRED.map(|name| with(parts, name, Value::Null)).into()
    }),
    ("a date as text, true, a list, a fraction, negative, 0, 10^30", "RFC 7519 2 (NumericDate)", |parts| {
        let odd = |name: &'static str| {
            let now = parts.claims.number("iat");
            let text =
                [json!(parts.claims.number(name).to_string()), json!(true), json!([now]), json!(now as f64 + 0.5)];
            let numbers = if name == "exp" { vec![json!(-1), json!(0), json!(1e30)] } else { vec![json!(1e30)] };
            text.into_iter().chain(numbers).map(move |value| with(parts, name, value))
        };
        DATES.into_iter().flat_map(odd).collect()
    }),
    ("a text as a number, a list, an object, empty", "RFC 7519 4.1; RFC 9068 2.2", |parts| {
        let odd = |name: &'static str| {
            [json!(1), json!([parts.claims.get(name)]), json!({}), json!("")].map(|value| with(parts, name, value))
        };
        let named = [json!(1), json!(["x"]), json!({})].map(|value| with(parts, "username", value));
        TEXTS.into_iter().flat_map(odd).chain(named).collect()
    }),
    ("one claim twice, same or other", "RFC 7519 4; RFC 8725 2.6", |parts| {
        let claims = parts.claims.to_string();
        let twice = |more: String| format!("{},{more}}}", claims.trim_end_matches('}'));
        vec![
            twice(format!("\"sub\":{}", json!(parts.claims.get("sub")))),
            twice("\"sub\":\"123\"".into()),
            twice("\"roles\":[\"admin\"]".into()),
            twice(format!("\"exp\":{}", parts.claims.number("exp"))),
        ]
    }),
    ("expired, a minute ago and long ago", "RFC 7519 4.1.4", |parts| {
        let ended = |ago| {
            let (begin, end) = (now() - ago - MINUTE, now() - ago);
            parts.claims.with("exp", end).with("iat", begin).with("nbf", begin).to_string()
        };
        vec![ended(10), ended(MINUTE), ended(365 * DAY)]
    }),
    ("not valid yet", "RFC 7519 4.1.5", |parts| {
        vec![with(parts, "nbf", json!(now() + MINUTE)), with(parts, "nbf", json!(now() + 365 * DAY))]
    }),
    ("issued in the future", "RFC 7519 4.1.6", |parts| {
        let times = [now() + MINUTE, now() + 10 * MINUTE];
        times.map(|time| parts.claims.with("iat", time).with("exp", time + MINUTE).to_string()).into()
    }),
    ("valid for more than a day", "OWASP ASVS 9.2.1", |parts| {
        [DAY + MINUTE, 30 * DAY, 36_500 * DAY]
            .map(|span| with(parts, "exp", json!(parts.claims.number("iat") + span)))
            .into()
    }),
    ("of another issuer, or for another audience", "RFC 8725 3.8, 3.9; OWASP ASVS 9.2.3", |parts| {
        let issuer = ["http://localhost/", "http://LOCALHOST", "https://localhost", "http://localhost.example.com"];
        let issuers = issuer.map(|other| with(parts, "iss", json!(other)));
        let audiences = ["stateful-server", "", "*", "stateless-server "].map(|other| with(parts, "aud", json!(other)));
        issuers.into_iter().chain(audiences).collect()
    }),
    ("for several audiences, ours among them", "RFC 7519 4.1.3; RFC 9068 3", |parts| {
        vec![with(parts, "aud", json!([parts.claims.get("aud"), "other"])), with(parts, "aud", json!([]))]
    }),
    ("a `sub` that is no id of ours", "RFC 9068 2.2", |parts| {
        ["x", " 123", "123 ", "1e3", "0x7b", "99999999999999999999"].map(|sub| with(parts, "sub", json!(sub))).into()
    }),
    ("roles of unknown words, in another case, as a text", "RFC 9068 2.2.3.1", |parts| {
        [json!(["root"]), json!(["user", "root"]), json!(["Admin"]), json!("admin"), json!({ "admin": true })]
            .map(|roles| with(parts, "roles", roles))
            .into()
    }),
    ("claims that are a list, a text, nothing, or nested without end", "RFC 7519 7.2", |_| {
        ["[]", "\"x\"", "", "null", "{", &format!("{{\"x\":{}", "[".repeat(3000))].map(str::to_owned).into()
    }),
];

const ACCEPTED: &[Row] = &[
    ("further claims that nobody knows", "RFC 7519 4", |parts| {
        vec![with(parts, "scope", json!("everything")), with(parts, "admin", json!(true))]
    }),
    ("as a check: the claims as they were, and the `sub` of nobody", "RFC 9068 2.2", |parts| {
        vec![parts.claims.to_string(), with(parts, "sub", json!("999999"))]
    }),
];

pub(super) fn group() -> Group {
    let all = REFUSED.iter().map(|row| (row, refused(401))).chain(ACCEPTED.iter().map(|row| (row, Cell::Accepted)));
    let case =
        |((stimulus, source, forge), cell): (&Row, Cell)| rule(source, tokens(cell)).by(stated).case(*stimulus, *forge);
    Group::new("claims", "Is a signature enough, whatever it signs?", all.map(case))
}

async fn stated(target: &Target, forge: Forge) -> Result<Cell> {
    let login = target.newcomer().await?;
    let parts = Parts::of(login.secret())?;
    let signer = target.signer.as_ref().context("the rig knows no key of this mode")?;
    let signed = forge(&parts).into_iter().map(|claims| signer.sign(&parts.head_text, &claims));
    let requests: Vec<_> = signed.map(|token| login.forged(&token).whoami()).collect();
    verdict(&target.send_all(&requests).await?)
}

fn with(parts: &Parts, name: &str, value: Value) -> String {
    parts.claims.with(name, value).to_string()
}

/// Seconds since 1970.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}
