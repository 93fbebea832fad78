//! Login list cases: where is a user logged in, and how does that end?

use anyhow::{Context, Result};
use serde_json::json;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::fates::befalls;
use crate::contract::visitor::{Person, Visitor};
use shared::api::credential::OpenLogin;
use shared::api::paths;
use shared::api::problem::{Code, Problem};

pub(super) async fn open_logins_are_listed_newest_first(client: &Client) -> Result<()> {
    let (phone, laptop) = two_logins(client).await?;
    let (first, second) = (current(&phone).await?, current(&laptop).await?);
    let agents = [&first, &second].map(|login| login.user_agent.as_deref());
    same("GET /api/sessions", &[Some("phone"), Some("laptop")], &agents)?;
    let seen = list(&laptop).await?;
    let both = [first, second].iter().all(|login| seen.iter().any(|other| other.id == login.id));
    holds("GET /api/sessions", "both logins", &seen, both)?;
    same("GET /api/sessions", &1, &seen.iter().filter(|login| login.current).count())?;
    for login in &seen {
        let [created, last_seen, expires]: [jiff::Timestamp; 3] =
            [login.created_at.parse()?, login.last_seen_at.parse()?, login.expires_at.parse()?];
        let is_in_order = created <= last_seen && last_seen <= expires && jiff::Timestamp::now() < expires;
        holds("GET /api/sessions", "a login that began, was seen and ends, in this order", login, is_in_order)?;
    }
    let begun: Vec<jiff::Timestamp> = seen.iter().map(|login| Ok(login.created_at.parse()?)).collect::<Result<_>>()?;
    holds("GET /api/sessions", "the newest first", &begun, begun.is_sorted_by(|one, next| one >= next))
}

pub(super) async fn a_login_keeps_its_id_when_it_is_renewed(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(2)).await?;
    let before = current(&visitor).await?;
    visitor.refresh().await?.has_status(200)?;
    let after = current(&visitor).await?;
    let lasting = |login: OpenLogin| (login.id, login.created_at, login.user_agent);
    same("GET /api/sessions after a refresh", &lasting(before), &lasting(after))
}

pub(super) async fn ending_one_login_spares_the_other(client: &Client) -> Result<()> {
    let (phone, laptop) = two_logins(client).await?;
    let copy = phone.copy();
    let ended = current(&phone).await?.id;
    laptop.delete(&path(&ended)).await?.has_status(204)?;
    befalls(client, &copy, client.promises.copied_credential).await?;
    copy.copy().refresh().await?.refused(Code::CredentialRejected)?;
    let left = list(&laptop).await?;
    holds("GET /api/sessions", "the login no more", &left, left.iter().all(|login| login.id != ended))?;
    laptop.delete(&path(&ended)).await?.refused(Code::NotFound)?;
    laptop.refresh().await?.has_status(200).map(drop)
}

pub(super) async fn ending_ones_own_login_is_a_logout(client: &Client) -> Result<()> {
    let (visitor, other) = two_logins(client).await?;
    let copy = visitor.copy();
    visitor.delete(&path(&current(&visitor).await?.id)).await?.has_status(204)?;
    same("DELETE /api/sessions/{id}", &None, &visitor.kept().cookie)?; // Whoever was given a cookie has it taken back.
    befalls(client, &copy, client.promises.copied_credential).await?;
    copy.copy().refresh().await?.refused(Code::CredentialRejected)?;
    other.refresh().await?.has_status(200).map(drop)
}

pub(super) async fn ending_all_logins_ends_all_of_them(client: &Client) -> Result<()> {
    let (phone, laptop) = two_logins(client).await?;
    let copies = [phone.copy(), laptop.copy()];
    laptop.delete(paths::SESSIONS).await?.has_status(204)?;
    same("DELETE /api/sessions", &None, &laptop.kept().cookie)?;
    for copy in copies {
        befalls(client, &copy, client.promises.copied_credential).await?;
        copy.copy().refresh().await?.refused(Code::CredentialRejected)?;
    }
    let again = laptop.neighbour().logged_in(Person::Visitor(2)).await?;
    same("GET /api/sessions after all were ended", &1, &list(&again).await?.len())
}

/// Else the ids of somebody else's logins could be found out.
pub(super) async fn the_logins_of_others_read_as_absent(client: &Client) -> Result<()> {
    let victim = client.log_in(Person::Visitor(2)).await?;
    let attacker = victim.neighbour().logged_in(Person::Visitor(3)).await?;
    let hers = current(&victim).await?.id;
    let attempt = async |id: &str| {
        let problem = attacker.delete(&path(id)).await?.refused(Code::NotFound)?;
        anyhow::Ok(Problem { request_id: String::new(), ..problem })
    };
    let of_nobody = attempt(&"0".repeat(hers.len())).await?;
    same("DELETE /api/sessions/{id} of somebody else", &of_nobody, &attempt(&hers).await?)?;
    for id in ["x", "0", "..", "*", "a%3Ab", "%7B1003%7D", "%00", &"x".repeat(1000)] {
        attempt(id).await?;
    }
    victim.refresh().await?.has_status(200)?;
    attacker.whoami().await.map(drop)
}

/// The id of a login is in lists and logs, and must open nothing.
pub(super) async fn the_id_of_a_login_is_no_credential(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(2)).await?;
    let id = current(&visitor).await?.id;
    let thief = visitor.neighbour();
    let cookie = visitor.kept().cookie.and_then(|cookie| Some(format!("{}={id}", cookie.split_once('=')?.0)));
    thief.keep(|kept| (kept.access_token, kept.cookie) = (Some(id.clone()), cookie));
    thief.get(paths::WHOAMI).await?.refused(Code::CredentialRejected)?;
    thief.post(paths::REFRESH, &json!({ "refreshToken": id })).await?.refused(Code::CredentialRejected)?;
    visitor.refresh().await?.has_status(200).map(drop)
}

/// The same person twice, where both can be seen: with a phone, and then with a laptop.
async fn two_logins(client: &Client) -> Result<(Visitor, Visitor)> {
    let phone = client.nobody();
    let laptop = phone.neighbour();
    for (visitor, agent) in [(&phone, "phone"), (&laptop, "laptop")] {
        let claim = json!({ "username": "visitor-2", "password": "visitor" });
        let request = visitor.request("POST", paths::LOGIN).header("user-agent", agent);
        request.json(&claim).send().await?.has_status(200)?;
    }
    Ok((phone, laptop))
}

async fn list(visitor: &Visitor) -> Result<Vec<OpenLogin>> {
    visitor.get(paths::SESSIONS).await?.json(200)
}

async fn current(visitor: &Visitor) -> Result<OpenLogin> {
    let mut logins = list(visitor).await?.into_iter();
    logins.find(|login| login.current).context("no login in GET /api/sessions is the current one")
}

fn path(id: &str) -> String {
    paths::SESSION.replace("{id}", id)
}
