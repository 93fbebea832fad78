//! What is an old credential worth, once there is a newer one?

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::attacks::cases::replay::{OUTLIVES, done};
use crate::attacks::cases::{Case, Company, Group};
use crate::attacks::cell::{Cell, cookies, each, everywhere, refused, tokens};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::login::Login;
use wire::request::Ask;

pub(super) fn group() -> Group {
    let cases = vec![
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
            each([Cell::Accepted, refused(401), Cell::NotApplicable, Cell::NotApplicable, Cell::NotApplicable]),
            |target| Box::pin(access_after_reuse(target)),
        )
        .weak(OUTLIVES),
        Case::new("the cookie before a renewal", "OWASP ASVS 7.2.4", cookies(refused(401)), |target| {
            Box::pin(before_renewal(target))
        }),
        Case::new(
            "an older signed draft: the same step, taken twice",
            "RFC 7519 4.1.7",
            tokens(Cell::Accepted),
            |target| Box::pin(older_draft(target)),
        )
        .weak("What the client carries can be presented again: an older draft is as good as the newest."),
        Case::new(
            "a draft that was confirmed, confirmed again: no second order",
            "RFC 9110 9.2.2",
            everywhere(Cell::Accepted),
            |target| Box::pin(confirmed_twice(target)),
        ),
    ];
    Group {
        name: "renewals",
        question: "What is an old credential worth, once there is a newer one?",
        company: Company::Welcome,
        cases,
    }
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
