//! Superseded credentials: what is an old one worth, once there is a newer one?

use anyhow::{Result, ensure};
use serde_json::json;

use crate::attacks::case::{Group, rule};
use crate::attacks::cases::replay::{OUTLIVES, done};
use crate::attacks::cell::{Cell, Expected, asked, cookies, refused, tokens};
use crate::attacks::checkout::{carrying, pay, start};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::login::Login;
use wire::request::Request;

const REUSE: &str = "RFC 9700 4.14.2";

pub(super) fn group() -> Group {
    let refresh = rule(REUSE, tokens(refused(401)));
    let cases = [
        refresh.case("a copy of the refresh token, used after the logout", renewed_after_logout),
        refresh.case("the refresh token before the last, used again: the login ends", reused),
        rule(REUSE, Expected { cookie: Cell::NotApplicable, ..asked(Cell::Accepted, refused(401)) })
            .case("the access token of a login that ended so", access_after_reuse)
            .weak(OUTLIVES),
        rule("OWASP ASVS 7.2.4", cookies(refused(401))).case("the cookie before a renewal", before_renewal),
        rule("RFC 7519 4.1.7", tokens(Cell::Accepted))
            .case("an older signed draft: the same step, taken twice", older_draft)
            .weak("What the client carries can be presented again: an older draft is as good as the newest."),
        rule("RFC 9110 9.2.2", Cell::Accepted)
            .case("a draft that was confirmed, confirmed again: no second order", confirmed_twice),
    ];
    Group::new("renewals", "What is an old credential worth, once there is a newer one?", cases)
}

async fn renewed_after_logout(target: &Target) -> Result<Cell> {
    let owner = target.newcomer().await?;
    done(&target.send(&owner.log_out()).await?, 204)?;
    verdict(&target.send_everywhere(&owner.refresh()).await?)
}

/// Two renewals later the first refresh token is nobody's mistake any more; then the newest must be dead, too.
async fn reused(target: &Target) -> Result<Cell> {
    let (stolen, newest) = renewed_twice(target).await?;
    let thief = target.send(&stolen.refresh()).await?;
    ensure!(thief.text().contains("refresh_reused"), "not told as a reuse: {} {}", thief.status, thief.text());
    verdict(&[thief, target.send(&newest.refresh()).await?])
}

async fn access_after_reuse(target: &Target) -> Result<Cell> {
    let (stolen, newest) = renewed_twice(target).await?;
    target.send(&stolen.refresh()).await?;
    verdict(&target.send_everywhere(&newest.whoami()).await?)
}

async fn renewed_twice(target: &Target) -> Result<(Login, Login)> {
    let first = target.newcomer().await?;
    let second = Login::of(&target.send(&first.refresh()).await?)?;
    let third = Login::of(&target.send(&second.refresh()).await?)?;
    Ok((first, third))
}

async fn before_renewal(target: &Target) -> Result<Cell> {
    let before = target.newcomer().await?;
    let after = Login::of(&target.send(&before.refresh()).await?)?;
    ensure!(target.send(&after.whoami()).await?.status == 200, "the renewed cookie is worth nothing");
    verdict(&target.send_everywhere(&before.whoami()).await?)
}

async fn older_draft(target: &Target) -> Result<Cell> {
    let owner = target.newcomer().await?;
    let old = target.send(&start(&owner, 2)).await?.json(201)?["draft"].clone();
    let step = pay(&owner, old);
    verdict(&[target.send(&step).await?, target.send(&step).await?])
}

async fn confirmed_twice(target: &Target) -> Result<Cell> {
    let owner = target.newcomer().await?;
    let started = target.send(&start(&owner, 2)).await?.json(201)?["draft"].clone();
    let paid = target.send(&pay(&owner, started)).await?.json(200)?["draft"].clone();
    let address = json!({ "name": "A", "street": "B 1", "city": "C", "postalCode": "1", "country": "DE" });
    let addressed = carrying(json!({ "address": address }), paid);
    let addressed = Request::put(paths::CHECKOUT_ADDRESS).by(&owner).json(&addressed);
    let draft = target.send(&addressed).await?.json(200)?["draft"].clone();
    let confirm = Request::post(paths::CHECKOUT_CONFIRM).by(&owner).json(&carrying(json!({}), draft));
    let answers = [target.send(&confirm).await?, target.send(&confirm).await?];
    let orders = target.send(&Request::get(paths::ORDERS).by(&owner)).await?.json(200)?;
    ensure!(orders["items"].as_array().map(Vec::len) == Some(1), "not one order: {orders}");
    ensure!(answers[0].body == answers[1].body, "two confirmations, two answers");
    verdict(&answers)
}
