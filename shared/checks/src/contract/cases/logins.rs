//! Login cases: how does a user become known, stay known, and stop being known?

use anyhow::Result;
use serde_json::json;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::fates::befalls;
use crate::contract::notes::Kept;
use crate::contract::visitor::Person;
use shared::api::account::{Role, User, Whoami};
use shared::api::credential::{Credential, LoggedIn};
use shared::api::meta::{CredentialKind, Holder};
use shared::api::paths;
use shared::api::problem::{Code, Problem};
use shared::modes::promises::Copied;

pub(super) async fn a_login_says_who_it_is_for(client: &Client) -> Result<()> {
    let visitor = client.nobody();
    let given = visitor.log_in(Person::John).await?;
    let john = User { id: 123, username: "john".into(), roles: vec![Role::User, Role::Admin] };
    same("POST /login", &john, &given.user)?;
    let expires: jiff::Timestamp = given.expires_at.parse()?;
    holds("POST /login", "an expiry in the future", &given.expires_at, expires > jiff::Timestamp::now())?;
    if let Credential::Bearer { token_type, expires_in, refresh_expires_in, .. } = given.credential {
        same("POST /login", "Bearer", token_type.as_str())?;
        holds("POST /login", "a refresh token that lives longer", refresh_expires_in, refresh_expires_in > expires_in)?;
    }
    let whoami: Whoami = visitor.get(paths::WHOAMI).await?.json(200)?;
    same("GET /api/whoami", &john, &whoami.user)
}

pub(super) async fn a_wrong_password_is_401_and_so_is_an_unknown_user(client: &Client) -> Result<()> {
    let attempt = async |username: &str| {
        let answer = client.nobody().log_in_as(username, "wrong").await?;
        holds(&answer.to, "no cookie", &answer.headers, !answer.headers.has("set-cookie"))?;
        let problem = answer.refused(Code::WrongPassword)?;
        anyhow::Ok((Problem { request_id: String::new(), ..problem }, answer.body.len()))
    };
    let (person, _) = client.somebody_new().await?; // Wrong passwords are counted.
    let nobody = format!("nobody-{:x}", fastrand::u64(..));
    same("POST /login", &attempt(&person.username()).await?, &attempt(&nobody).await?)
}

pub(super) async fn two_logins_are_two_credentials(client: &Client) -> Result<()> {
    let (one, other) = (client.log_in(Person::Visitor(1)).await?, client.log_in(Person::Visitor(1)).await?);
    let differ = proof(&one.kept()) != proof(&other.kept());
    holds("POST /login", "another credential each time", "the same one twice", differ)?;
    one.log_out().await?.has_status(204)?;
    other.whoami().await.map(drop)
}

/// Session fixation: somebody who planted a credential must not be logged in with it.
pub(super) async fn a_login_takes_no_credential_that_the_client_made_up(client: &Client) -> Result<()> {
    let victim = client.nobody();
    let planted =
        Kept { access_token: Some("planted".into()), cookie: Some("sessionId=planted".into()), ..Kept::default() };
    victim.keep(|kept| *kept = planted);
    let attacker = victim.copy();
    victim.log_in(Person::Visitor(1)).await?;
    victim.whoami().await?;
    attacker.get(paths::WHOAMI).await?.refused(Code::CredentialRejected).map(drop)
}

pub(super) async fn a_login_never_reuses_the_credential_before_it(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    let before = visitor.copy();
    visitor.log_in(Person::Jane).await?;
    same("GET /api/whoami", "jane", visitor.whoami().await?.username.as_str())?;
    let answer = before.get(paths::WHOAMI).await?;
    holds(&answer.to, "the old credential is not jane's", &answer.body, !answer.body.contains("\"jane\""))
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

pub(super) async fn a_refresh_gives_a_new_credential_for_the_same_user(client: &Client) -> Result<()> {
    let jane = client.log_in(Person::Jane).await?;
    let before = jane.kept();
    let given: LoggedIn = jane.refresh().await?.json(200)?;
    same("POST /refresh", "jane", given.user.username.as_str())?;
    holds("POST /refresh", "another credential", "the same one", proof(&before) != proof(&jane.kept()))?;
    holds("POST /refresh", "another refresh token", "the same one", rotated(&before, &jane.kept()))?;
    same("GET /api/whoami", &given.user, &jane.whoami().await?)
}

pub(super) async fn a_refresh_without_a_credential_is_401(client: &Client) -> Result<()> {
    client.nobody().request("POST", paths::REFRESH).send().await?.refused(Code::CredentialMissing)?;
    let forger = client.nobody();
    forger.keep(|kept| kept.cookie = Some("sessionId=forged".into()));
    for forged in ["forged".to_owned(), format!("\0.{}", "A".repeat(86)), format!("{0}.{0}", "0".repeat(32))] {
        let body = json!({ "refreshToken": forged });
        forger.post(paths::REFRESH, &body).await?.refused(Code::CredentialRejected)?;
    }
    Ok(())
}

pub(super) async fn a_logout_is_204_also_twice_and_for_nobody(client: &Client) -> Result<()> {
    client.nobody().log_out().await?.has_status(204)?;
    let visitor = client.log_in(Person::Visitor(1)).await?;
    let copy = visitor.copy();
    let answer = visitor.log_out().await?;
    answer.has_status(204)?;
    same(&answer.to, &None, &visitor.kept().cookie)?; // Whoever was given a cookie has it taken back.
    let again = copy.log_out().await?;
    again.has_status(204)?;
    same(&again.to, &None, &copy.kept().cookie)
}

pub(super) async fn after_a_logout_nobody_can_refresh(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    let copy = visitor.copy();
    visitor.log_out().await?.has_status(204)?;
    copy.refresh().await?.refused(Code::CredentialRejected).map(drop)
}

/// Two tabs: one renews while the other logs out. Whoever came first, nobody stays logged in.
pub(super) async fn a_logout_beside_a_refresh_ends_both(client: &Client) -> Result<()> {
    for _ in 0..20 {
        let renewing = client.log_in(Person::Visitor(1)).await?;
        let leaving = renewing.copy();
        let (renewed, left) = tokio::join!(renewing.refresh(), leaving.log_out());
        left?.has_status(204)?;
        if renewed?.status == 200 {
            renewing.refresh().await?.refused(Code::CredentialRejected)?;
        }
    }
    Ok(())
}

/// Whoever logs out while a write is under way is logged out: the write must not bring the login back.
pub(super) async fn a_logout_in_the_middle_of_a_request_is_a_logout(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    visitor.start_checkout().await?;
    let (late, copy) = (visitor.copy(), visitor.copy());
    let half = late.address("Bath").begin().await?;
    visitor.log_out().await?.has_status(204)?;
    let answer = half.finish().await?;
    match client.promises.copied_credential {
        Copied::LivesToItsExpiry => drop(answer.has_status(200)?),
        // A token is looked at when the request begins; a session also when it is written.
        Copied::DiesWithinASecond if client.promises.draft == Holder::Client => {
            holds(&answer.to, "200 or 401", answer.status, [200, 401].contains(&answer.status))?;
        }
        Copied::DiesWithinASecond | Copied::DiesAtOnce => drop(answer.refused(Code::CredentialRejected)?),
    }
    for survivor in [late, copy] {
        if survivor.kept().cookie.is_some() || survivor.kept().access_token.is_some() {
            befalls(client, &survivor, client.promises.copied_credential).await?;
            survivor.refresh().await?.refused(Code::CredentialRejected)?;
        }
    }
    Ok(())
}

/// Whatever proves who somebody is.
fn proof(kept: &Kept) -> (Option<&String>, Option<&String>) {
    (kept.access_token.as_ref(), kept.cookie.as_ref())
}

/// Refresh tokens are good for one refresh, where there are any.
fn rotated(before: &Kept, after: &Kept) -> bool {
    before.refresh_token.is_none() || before.refresh_token != after.refresh_token
}
