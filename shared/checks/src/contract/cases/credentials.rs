//! Credential cases: what is a credential, to those who only look at it?

use anyhow::Result;
use serde_json::Value;

use crate::contract::client::Client;
use crate::contract::expect::holds;
use crate::contract::visitor::Person;
use shared::api::meta::{CredentialKind, Meta};
use shared::api::paths;
use shared::api::problem::Code;

/// RFC 7518, section 6: what only whoever signs may know.
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

pub(super) async fn public_keys_are_published_where_there_are_any(client: &Client) -> Result<()> {
    let answer = client.nobody().get(paths::JWKS).await?;
    if client.promises.credential == CredentialKind::Cookie {
        return answer.refused(Code::NotFound).map(drop);
    }
    let set: Value = answer.json(200)?;
    let keys = set["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
    let meta: Meta = client.nobody().get(paths::META).await?.json(200)?;
    let has_public_half = meta.options.get("algorithm").is_some_and(|algorithm| algorithm != "hs256");
    holds(&answer.to, "the keys, if they have public halves", &set, has_public_half != keys.is_empty())?;
    for key in keys {
        let is_named = ["kty", "kid", "alg", "use"].iter().all(|field| key[*field].is_string());
        holds(&answer.to, "a key with its kid, alg and use", key, is_named)?;
        holds(&answer.to, "nothing private", key, PRIVATE.iter().all(|field| key.get(field).is_none()))?;
    }
    Ok(())
}

/// Whoever can plant a second cookie must not choose who somebody is.
pub(super) async fn two_cookies_of_one_name_are_none(client: &Client) -> Result<()> {
    let (jane, john) = (client.log_in(Person::Jane).await?, client.log_in(Person::John).await?);
    let hers = jane.kept().cookie.unwrap_or_else(|| "sessionId=planted".into());
    let his = john.kept().cookie.unwrap_or_else(|| "sessionId=another".into());
    let name = hers.split('=').next().unwrap_or_default();
    for cookies in [format!("{hers}; {his}"), format!("{hers}; {name}=planted"), format!("{name}=; {hers}")] {
        let asking = jane.copy();
        asking.keep(|kept| kept.cookie = Some(cookies));
        let answer = asking.request("GET", paths::WHOAMI).send().await?;
        match client.promises.credential {
            CredentialKind::Bearer => answer.has_status(200)?, // No cookie counts.
            CredentialKind::Cookie => answer.has_status(401)?,
        };
    }
    Ok(())
}
