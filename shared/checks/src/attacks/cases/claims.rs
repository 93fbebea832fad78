//! Token claims: is a signature enough, whatever it signs?

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::attacks::case::{Case, Group};
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

/// What the signed claims say, and the rule by which nobody believes them.
const REFUSED: &[(&str, &str, Forge)] = &[
    ("one required claim missing, each in turn", "RFC 9068 2.2, 4", |parts| {
        REQUIRED.map(|name| changed(parts, |claims| drop(claims.remove(name)))).into()
    }),
    ("one required claim `null`, each in turn", "RFC 9068 2.2", |parts| {
        REQUIRED.map(|name| with(parts, name, Value::Null)).into()
    }),
    ("a date as text, true, a list, a fraction, negative, 0, 10^30", "RFC 7519 2 (NumericDate)", |parts| {
        let odd = |name: &'static str| {
            let now = parts.number("iat");
            let text = [json!(parts.number(name).to_string()), json!(true), json!([now]), json!(now as f64 + 0.5)];
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
        let claims = parts.claims();
        let twice = |more: String| format!("{},{more}}}", claims.trim_end_matches('}'));
        vec![
            twice(format!("\"sub\":{}", json!(parts.claims.get("sub")))),
            twice("\"sub\":\"123\"".into()),
            twice("\"roles\":[\"admin\"]".into()),
            twice(format!("\"exp\":{}", parts.number("exp"))),
        ]
    }),
    ("expired, a minute ago and long ago", "RFC 7519 4.1.4", |parts| {
        let ended = |ago| {
            changed(parts, |claims| {
                claims.insert("exp".into(), json!(now() - ago));
                claims.insert("iat".into(), json!(now() - ago - MINUTE));
                claims.insert("nbf".into(), json!(now() - ago - MINUTE));
            })
        };
        vec![ended(10), ended(MINUTE), ended(365 * DAY)]
    }),
    ("not valid yet", "RFC 7519 4.1.5", |parts| {
        vec![with(parts, "nbf", json!(now() + MINUTE)), with(parts, "nbf", json!(now() + 365 * DAY))]
    }),
    ("issued in the future", "RFC 7519 4.1.6", |parts| {
        let times = [now() + MINUTE, now() + 10 * MINUTE];
        times
            .map(|time| {
                changed(parts, |claims| {
                    drop((claims.insert("iat".into(), json!(time)), claims.insert("exp".into(), json!(time + MINUTE))))
                })
            })
            .into()
    }),
    ("valid for more than a day", "OWASP ASVS 9.2.1", |parts| {
        [DAY + MINUTE, 30 * DAY, 36_500 * DAY].map(|span| with(parts, "exp", json!(parts.number("iat") + span))).into()
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

const ACCEPTED: &[(&str, &str, Forge)] = &[
    ("further claims that nobody knows", "RFC 7519 4", |parts| {
        vec![with(parts, "scope", json!("everything")), with(parts, "admin", json!(true))]
    }),
    ("as a check: the claims as they were, and the `sub` of nobody", "RFC 9068 2.2", |parts| {
        vec![parts.claims(), with(parts, "sub", json!("999999"))]
    }),
];

pub(super) fn group() -> Group {
    let case = |expected: Cell| {
        move |(stimulus, source, forge): &'static (&'static str, &'static str, Forge)| {
            Case::new(*stimulus, source, tokens(expected.clone()), async move |target| stated(target, *forge).await)
        }
    };
    let (bad, good) = (REFUSED.iter().map(case(refused(401))), ACCEPTED.iter().map(case(Cell::Accepted)));
    Group::new("claims", "Is a signature enough, whatever it signs?", bad.chain(good))
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
    changed(parts, |claims| drop(claims.insert(name.into(), value)))
}

fn changed(parts: &Parts, change: impl FnOnce(&mut Map<String, Value>)) -> String {
    let mut claims = parts.claims.clone();
    change(&mut claims);
    Value::Object(claims).to_string()
}

/// Seconds since 1970.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}
