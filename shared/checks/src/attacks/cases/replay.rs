//! Replay: how long does a copy of a credential open anything?
//!
//! The question that tells the two memories apart: who remembers can forget on purpose.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, Expected, asked, refused};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::login::Login;
use wire::request::Request;
use wire::response::Response;

const LOGOUT: &str = "OWASP ASVS 7.4.1";
const OTHERS: &str = "OWASP ASVS 7.5.2";
pub(super) const OUTLIVES: &str = "A copy of a token outlives whatever should have ended it, until it expires.";

pub(super) fn group() -> Group {
    let lives = asked(Cell::Accepted, refused(401));
    let after = |source| rule(source, lives.clone()).by(copied);
    let reassigned = Expected { cookie: refused(403), ..lives.clone() };
    let cases = [
        rule(LOGOUT, Cell::Accepted).by(copied).case("a copy, used before the logout", Ending::None),
        after(LOGOUT).case("a copy, used after the logout", Ending::Logout).weak(OUTLIVES),
        after(OTHERS).case("a copy, used after its login was ended from another one", Ending::One).weak(OUTLIVES),
        after(OTHERS).case("a copy, used after all logins were ended", Ending::All).weak(OUTLIVES),
        after("OWASP ASVS 7.4.3").case("a copy, used after the password was changed", Ending::Password).weak(OUTLIVES),
        rule("OWASP ASVS 8.3.2", reassigned)
            .case("a copy, used as an admin after that role was taken away", reassigned_to_less)
            .weak(OUTLIVES),
        rule(OTHERS, refused(401)).case("the public id of a login, used as a credential", by_public_id),
        rule("OWASP API1:2023", refused(404))
            .case("another's login, ended by its public id: it lives on", ended_by_another),
    ];
    Group::new("replay", "How long does a copy of a credential open anything?", cases)
}

/// What ends the login of which somebody has a copy.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    None,
    Logout,
    /// From another login of the same user.
    One,
    All,
    Password,
}

/// A copy of a credential is tried on every replica after this ending.
///
/// # Errors
/// The login or its ending fails, or the replicas differ.
pub async fn copied(target: &Target, ending: Ending) -> Result<Cell> {
    let owner = target.newcomer().await?;
    let copy = owner.clone();
    target.send_everywhere(&copy.whoami()).await?; // Each replica has met it, and may remember.
    end(target, &owner, ending).await?;
    verdict(&told_everywhere(target, &copy).await?)
}

/// What each replica says, a second later at most: so long one that keeps a near cache may not know yet.
async fn told_everywhere(target: &Target, copy: &Login) -> Result<Vec<Response>> {
    let deadline = Instant::now() + LAG;
    loop {
        let answers = target.send_everywhere(&copy.whoami()).await?;
        let known = target.is_known_everywhere_at_once() || answers.iter().all(|answer| answer.status == 401);
        if known || Instant::now() > deadline {
            return Ok(answers);
        }
    }
}

/// As long as [`shared::modes::promises::Copied::DiesWithinASecond`] says.
const LAG: Duration = Duration::from_secs(1);

async fn end(target: &Target, owner: &Login, ending: Ending) -> Result<()> {
    let other = async || target.log_in(&owner.username, "visitor").await;
    let request = match ending {
        Ending::None => return Ok(()),
        Ending::Logout => owner.log_out(),
        Ending::One => end_login(&public_id(target, owner).await?).by(&other().await?),
        Ending::All => Request::new("DELETE", paths::SESSIONS).by(&other().await?),
        Ending::Password => {
            let change = json!({ "current": "visitor", "new": "a horse and a battery" });
            Request::put(paths::PASSWORD).by(&other().await?).json(&change)
        }
    };
    done(&target.send(&request).await?, 204)
}

/// Of the login that asks, as its user's list has it.
async fn public_id(target: &Target, login: &Login) -> Result<String> {
    let logins = target.send(&Request::get(paths::SESSIONS).by(login)).await?.json(200)?;
    let own = logins.as_array().and_then(|logins| logins.iter().find(|login| login["current"] == true));
    Ok(own.and_then(|login| login["id"].as_str()).context("the login is not on the list")?.to_owned())
}

fn end_login(id: &str) -> Request {
    Request::new("DELETE", &paths::SESSION.replace("{id}", id))
}

async fn by_public_id(target: &Target) -> Result<Cell> {
    let owner = target.newcomer().await?;
    let id = public_id(target, &owner).await?;
    let guessed = [id.clone(), format!("{}-{id}", owner.id), format!("{id}-1")];
    let mut requests: Vec<_> = guessed.iter().map(|secret| owner.forged(secret).whoami()).collect();
    if owner.refresh.is_some() {
        let renewing = [id.clone(), format!("{id}."), format!("{id}.{id}")];
        requests.extend(renewing.map(|refresh| Login { refresh: Some(refresh), ..owner.clone() }.refresh()));
    }
    let cell = verdict(&target.send_all(&requests).await?)?;
    ensure!(target.send(&owner.refresh()).await?.status == 200, "to know its id was enough to end the login");
    Ok(cell)
}

async fn ended_by_another(target: &Target) -> Result<Cell> {
    let (owner, other) = (target.newcomer().await?, target.newcomer().await?);
    let answers = [target.send(&end_login(&public_id(target, &owner).await?).by(&other)).await?];
    ensure!(target.send(&owner.whoami()).await?.status == 200, "the login was ended");
    verdict(&answers)
}

async fn reassigned_to_less(target: &Target) -> Result<Cell> {
    let john = target.log_in("john", "secret").await?;
    let name = target.stranger();
    let plain = target.log_in(&name, "visitor").await?;
    let roles = paths::ROLES.replace("{id}", &plain.id.to_string());
    let assign = |these: Value| Request::put(&roles).by(&john).json(&json!({ "roles": these }));
    let granted = target.send(&assign(json!(["user", "admin"]))).await?;
    ensure!(granted.is_success(), "the role could not be given: {} {}", granted.status, granted.text());
    let copy = target.log_in(&name, "visitor").await?;
    let admins = Request::get("/api/users/123").by(&copy);
    ensure!(target.send_everywhere(&admins).await?.iter().all(Response::is_success), "the role is not there");
    let taken = target.send(&assign(json!(["user"]))).await?;
    ensure!(taken.is_success(), "the role could not be taken: {} {}", taken.status, taken.text());
    verdict(&target.send_everywhere(&admins).await?)
}

/// It has this status.
pub(super) fn done(answer: &Response, status: u16) -> Result<()> {
    ensure!(answer.status == status, "expected {status}, seen {} {}", answer.status, answer.text());
    Ok(())
}
