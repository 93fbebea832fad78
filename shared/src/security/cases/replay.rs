//! How long does a copy of a credential open anything?
//!
//! The question that tells the two memories apart: who remembers can forget on purpose.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Case, Company, Group};
use crate::api::paths;
use crate::security::answer::Answer;
use crate::security::ask::Ask;
use crate::security::cell::{Cell, asked, cookies, each, everywhere, refused, tokens};
use crate::security::judge::verdict;
use crate::security::target::{Login, Target};

const LOGOUT: &str = "OWASP ASVS 7.4.1";
const OTHERS: &str = "OWASP ASVS 7.4.2, 7.5.2";

pub(super) fn group() -> Group {
    let lives = || asked(Cell::Accepted, refused(401));
    let reassigned = [Cell::Accepted, refused(401), refused(403), refused(403), refused(403)];
    let cases = vec![
        Case::new("a copy, used before the logout", LOGOUT, everywhere(Cell::Accepted), |target| {
            Box::pin(copied(target, Ending::None))
        }),
        Case::new("a copy, used after the logout", LOGOUT, lives(), |target| Box::pin(copied(target, Ending::Logout))),
        Case::new("a copy, used after its login was ended from another one", OTHERS, lives(), |target| {
            Box::pin(copied(target, Ending::One))
        }),
        Case::new("a copy, used after all logins were ended", OTHERS, lives(), |target| {
            Box::pin(copied(target, Ending::All))
        }),
        Case::new("a copy, used after the password was changed", "OWASP ASVS 7.4.3", lives(), |target| {
            Box::pin(copied(target, Ending::Password))
        }),
        Case::new(
            "a copy, used as an admin after that role was taken away",
            "OWASP ASVS 8.3.2",
            each(reassigned),
            |target| Box::pin(reassigned_to_less(target)),
        ),
        Case::new(
            "a copy of the refresh token, used after the logout",
            "RFC 9700 4.14.2",
            tokens(refused(401)),
            |target| Box::pin(renewed_after_logout(target)),
        ),
        Case::new(
            "the refresh token before the last, used again: the login ends",
            "RFC 9700 4.14.2",
            tokens(refused(401)),
            |target| Box::pin(reused(target)),
        ),
        Case::new(
            "the access token of a login that ended so",
            "RFC 9700 4.14.2",
            asked(Cell::Accepted, Cell::NotApplicable),
            |target| Box::pin(access_after_reuse(target)),
        ),
        Case::new("the cookie before a renewal", "OWASP ASVS 7.2.4", cookies(refused(401)), |target| {
            Box::pin(before_renewal(target))
        }),
        Case::new(
            "an older sealed draft: the same step, taken twice",
            "RFC 8725 2.8",
            tokens(Cell::Accepted),
            |target| Box::pin(older_draft(target)),
        ),
        Case::new(
            "a draft that was confirmed, confirmed again: no second order",
            "RFC 9110 9.2.2",
            everywhere(Cell::Accepted),
            |target| Box::pin(confirmed_twice(target)),
        ),
    ];
    Group { question: "How long does a copy of a credential open anything?", company: Company::Welcome, cases }
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
    target.ask_everywhere(&copy.whoami()).await?; // Each replica has met it, and may remember.
    end(target, &owner, ending).await?;
    verdict(&target.ask_everywhere(&copy.whoami()).await?)
}

async fn end(target: &Target, owner: &Login, ending: Ending) -> Result<()> {
    let ask = match ending {
        Ending::None => return Ok(()),
        Ending::Logout => owner.log_out(),
        Ending::One => {
            let other = target.log_in(&owner.username, "visitor").await?;
            let logins = target.ask(&Ask::get(paths::SESSIONS).by(owner)).await?.json(200)?;
            let own = logins.as_array().and_then(|logins| logins.iter().find(|login| login["current"] == true));
            let id = own.and_then(|login| login["id"].as_str()).context("the login is not on the list")?;
            Ask::new("DELETE", &paths::SESSION.replace("{id}", id)).by(&other)
        }
        Ending::All => Ask::new("DELETE", paths::SESSIONS).by(&target.log_in(&owner.username, "visitor").await?),
        Ending::Password => {
            let other = target.log_in(&owner.username, "visitor").await?;
            let change = json!({ "current": "visitor", "new": "a horse and a battery" });
            Ask::put(paths::PASSWORD).by(&other).json(&change)
        }
    };
    done(&target.ask(&ask).await?, 204)
}

async fn reassigned_to_less(target: &Target) -> Result<Cell> {
    let john = target.log_in("john", "secret").await?;
    let name = target.stranger();
    let plain = target.log_in(&name, "visitor").await?;
    let roles = paths::ROLES.replace("{id}", &plain.id.to_string());
    let assign = |roles_: Value| Ask::put(&roles).by(&john).json(&json!({ "roles": roles_ }));
    let granted = target.ask(&assign(json!(["user", "admin"]))).await?;
    ensure!(granted.is_success(), "the role could not be given: {} {}", granted.status, granted.body);
    let copy = target.log_in(&name, "visitor").await?;
    let admins = Ask::get("/api/users/123").by(&copy);
    ensure!(target.ask_everywhere(&admins).await?.iter().all(Answer::is_success), "the role is not there");
    let taken = target.ask(&assign(json!(["user"]))).await?;
    ensure!(taken.is_success(), "the role could not be taken: {} {}", taken.status, taken.body);
    verdict(&target.ask_everywhere(&admins).await?)
}

async fn renewed_after_logout(target: &Target) -> Result<Cell> {
    let owner = target.newcomer().await?;
    done(&target.ask(&owner.log_out()).await?, 204)?;
    verdict(&target.ask_everywhere(&owner.refresh()).await?)
}

/// Two renewals later the first refresh token is nobody's mistake any more; then the newest must be dead, too.
async fn reused(target: &Target) -> Result<Cell> {
    let (stolen, newest) = renewed_twice(target).await?;
    let thief = target.ask(&stolen.refresh()).await?;
    ensure!(thief.body.contains("refresh_reused"), "not told as a reuse: {} {}", thief.status, thief.body);
    verdict(&[thief, target.ask(&newest.refresh()).await?])
}

async fn access_after_reuse(target: &Target) -> Result<Cell> {
    let (stolen, newest) = renewed_twice(target).await?;
    target.ask(&stolen.refresh()).await?;
    verdict(&target.ask_everywhere(&newest.whoami()).await?)
}

async fn renewed_twice(target: &Target) -> Result<(Login, Login)> {
    let first = target.newcomer().await?;
    let second = Login::of(&target.ask(&first.refresh()).await?)?;
    let third = Login::of(&target.ask(&second.refresh()).await?)?;
    Ok((first, third))
}

async fn before_renewal(target: &Target) -> Result<Cell> {
    let before = target.newcomer().await?;
    let after = Login::of(&target.ask(&before.refresh()).await?)?;
    ensure!(target.ask(&after.whoami()).await?.status == 200, "the renewed cookie is worth nothing");
    verdict(&target.ask_everywhere(&before.whoami()).await?)
}

async fn older_draft(target: &Target) -> Result<Cell> {
    let owner = target.newcomer().await?;
    let old = target.ask(&start(&owner)).await?.json(201)?["draft"].clone();
    let first = target.ask(&paid(&owner, &old)).await?;
    verdict(&[first, target.ask(&paid(&owner, &old)).await?])
}

async fn confirmed_twice(target: &Target) -> Result<Cell> {
    let owner = target.newcomer().await?;
    let started = target.ask(&start(&owner)).await?.json(201)?["draft"].clone();
    let paid = target.ask(&paid(&owner, &started)).await?.json(200)?["draft"].clone();
    let address = json!({ "name": "A", "street": "B 1", "city": "C", "postalCode": "1", "country": "DE" });
    let addressed = Ask::put(paths::CHECKOUT_ADDRESS).by(&owner).json(&carrying(json!({ "address": address }), &paid));
    let draft = target.ask(&addressed).await?.json(200)?["draft"].clone();
    let confirm = Ask::post(paths::CHECKOUT_CONFIRM).by(&owner).json(&carrying(json!({}), &draft));
    let answers = [target.ask(&confirm).await?, target.ask(&confirm).await?];
    let orders = target.ask(&Ask::get(paths::ORDERS).by(&owner)).await?.json(200)?;
    ensure!(orders["items"].as_array().map(Vec::len) == Some(1), "not one order: {orders}");
    ensure!(answers[0].body == answers[1].body, "two confirmations, two answers");
    verdict(&answers)
}

fn start(owner: &Login) -> Ask {
    Ask::post(paths::CHECKOUT).by(owner).json(&json!({ "items": [{ "productId": 2, "quantity": 1 }] }))
}

fn paid(owner: &Login, draft: &Value) -> Ask {
    let payment = json!({ "payment": { "method": "invoice", "reference": "R-1" } });
    Ask::put(paths::CHECKOUT_PAYMENT).by(owner).json(&carrying(payment, draft))
}

/// A body with the draft in it, where the client holds one.
fn carrying(mut body: Value, draft: &Value) -> Value {
    if draft.is_string() {
        body["draft"] = draft.clone();
    }
    body
}

fn done(answer: &Answer, status: u16) -> Result<()> {
    ensure!(answer.status == status, "expected {status}, seen {} {}", answer.status, answer.body);
    Ok(())
}
