//! CSRF promise: what can another site do with the browser of a user who is logged in?

use anyhow::Result;
use serde_json::{Value, json};

use crate::contract::client::Client;
use crate::contract::expect::holds;
use crate::contract::visitor::{Person, Visitor};
use shared::api::paths;
use shared::api::problem::Code;
use shared::modes::promises::CrossSite;

/// What a browser says of the page that asks (Fetch Metadata, section 2.4), or nothing, as older ones do.
const FETCH_SITES: [Option<&str>; 6] =
    [None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site"), Some("nonsense")];

/// What it says of that page's origin (RFC 6454, section 7); `{own}` is the server's.
const ORIGINS: [Option<&str>; 6] = [
    None,
    Some("{own}"),
    Some("null"),
    Some("https://elsewhere.example"),
    Some("{own}.elsewhere.example"),
    Some("http://127.0.0.1:1"),
];

/// Each thing that a browser can say about who asks, with each request that changes something, and with some that do not.
pub(super) async fn answered(client: &Client, promised: CrossSite) -> Result<()> {
    let visitor = client.log_in_at(0, Person::Visitor(3)).await?;
    let own = visitor.replicas[0].clone();
    for site in FETCH_SITES {
        for origin in ORIGINS {
            let says_own = site.is_some_and(|site| ["same-origin", "none"].contains(&site));
            let is_own = match (site, origin) {
                (Some(_), None | Some("{own}" | "null")) => says_own,
                (Some(_), Some(_)) if says_own => continue, // No browser contradicts itself.
                (Some(_), Some(_)) => false,
                (None, Some(origin)) => origin == "{own}",
                (None, None) => true, // No browser says neither.
            };
            let origin = origin.map(|origin| origin.replace("{own}", &own));
            let passes = is_own || promised == CrossSite::NothingToRide;
            changes(client, &visitor, (site, origin.as_deref()), passes).await?;
        }
    }
    Ok(())
}

/// What the browser says: of the site, and of the origin.
type Said<'a> = (Option<&'a str>, Option<&'a str>);

async fn changes(client: &Client, visitor: &Visitor, said: Said<'_>, passes: bool) -> Result<()> {
    let nobody = client.nobody_at(0);
    let login = json!({ "username": "visitor-3", "password": "visitor" });
    let preferences = json!({ "theme": "dark", "language": "en", "timezone": "UTC" });
    let requests: [(&Visitor, &str, &str, Option<Value>, u16); 6] = [
        (&nobody, "POST", paths::LOGOUT, None, 204),
        (&nobody, "POST", paths::LOGIN, Some(login), 200),
        (visitor, "PUT", paths::PREFERENCES, Some(preferences), 200),
        (visitor, "GET", paths::WHOAMI, None, 200),
        (visitor, "HEAD", paths::WHOAMI, None, 200),
        (visitor, "GET", paths::PRODUCTS, None, 200),
    ];
    for (who, method, path, body, status) in requests {
        let safe = ["GET", "HEAD"].contains(&method);
        let mut request = who.copy().request(method, path);
        for (name, value) in [("sec-fetch-site", said.0), ("origin", said.1)] {
            request = value.into_iter().fold(request, |request, value| request.header(name, value));
        }
        let request = body.iter().fold(request, |request, body| request.json(body));
        let answer = request.send().await?;
        if passes || safe {
            answer.has_status(status)?;
        } else {
            holds(&format!("{} of {said:?}", answer.to), "403", answer.status, answer.status == 403)?;
            answer.refused(Code::CrossSite)?;
            holds(&answer.to, "no cookie", &answer.headers, !answer.headers.has("set-cookie"))?;
        }
    }
    Ok(())
}
