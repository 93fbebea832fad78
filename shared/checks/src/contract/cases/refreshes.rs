//! Refresh token cases: how often is one good, and what for?

use anyhow::{Context, Result};
use serde_json::json;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::fates::befalls;
use crate::contract::request::at_once;
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::{Person, Visitor};
use shared::api::meta::CredentialKind;
use shared::api::paths;
use shared::api::problem::Code;

/// Two tabs: the second one brings the token that the first one has just used.
pub(super) async fn a_credential_just_renewed_can_be_renewed_once_more(client: &Client) -> Result<()> {
    let tab = client.log_in(Person::Visitor(4)).await?;
    let other_tab = tab.copy();
    tab.refresh().await?.has_status(200)?;
    if !settles(&other_tab, &tab, &other_tab.refresh().await?)? {
        return Ok(());
    }
    for tab in [&tab, &other_tab] {
        tab.whoami().await?;
    }
    same("POST /refresh by two tabs", &tab.kept().refresh_token, &other_tab.kept().refresh_token)?;
    other_tab.refresh().await?.has_status(200).map(drop)
}

/// Whichever tab comes first, nobody who goes on with what was given is logged out.
pub(super) async fn fifty_refreshes_at_once_leave_one_login(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(4)).await?;
    let tabs: Vec<_> = (0..50).map(|_| visitor.copy()).collect();
    let answers = at_once(tabs.iter().map(Visitor::renewal)).await?;
    let mut renewed = Vec::new();
    for (tab, answer) in tabs.iter().zip(&answers) {
        if settles(tab, &visitor, answer)? {
            renewed.push(tab);
        }
    }
    holds("fifty POST /refresh at once", "at least one of them renewed", renewed.len(), !renewed.is_empty())?;
    let last = renewed.last().context("one of them was renewed")?;
    last.whoami().await?;
    last.refresh().await?.has_status(200)?;
    last.whoami().await.map(drop)
}

/// A token two generations old is in the hands of somebody who was not told of its successor: a thief, or a victim.
pub(super) async fn a_refresh_token_used_long_ago_ends_the_login(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(4)).await?;
    let thief = visitor.copy();
    visitor.refresh().await?.has_status(200)?;
    visitor.refresh().await?.has_status(200)?;
    let copy = visitor.copy();
    match client.promises.credential {
        CredentialKind::Cookie => thief.refresh().await?.refused(Code::CredentialRejected).map(drop),
        CredentialKind::Bearer => {
            thief.refresh().await?.refused(Code::RefreshReused)?;
            visitor.refresh().await?.refused(Code::CredentialRejected)?;
            befalls(client, &copy, client.promises.copied_credential).await
        }
    }
}

/// Knowing whose login it is must not be enough to end it.
pub(super) async fn a_made_up_refresh_token_ends_nothing(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(4)).await?;
    let Some(token) = visitor.kept().refresh_token else { return Ok(()) };
    visitor.refresh().await?.has_status(200)?;
    let half = token.split_at(token.len() / 2).0;
    for forged in [half.to_owned(), format!("{half}."), format!("{half}{}", "A".repeat(token.len() - half.len()))] {
        visitor.post(paths::REFRESH, &json!({ "refreshToken": forged })).await?.refused(Code::CredentialRejected)?;
    }
    visitor.refresh().await?.has_status(200).map(drop)
}

pub(super) async fn one_token_is_not_good_for_the_others_work(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(4)).await?;
    let given = visitor.kept();
    let (Some(access), Some(refresh)) = (given.access_token, given.refresh_token) else { return Ok(()) };
    let confused = visitor.neighbour();
    confused.keep(|kept| kept.access_token = Some(refresh));
    confused.get(paths::WHOAMI).await?.refused(Code::CredentialRejected)?;
    let answer = visitor.neighbour().post(paths::REFRESH, &json!({ "refreshToken": access })).await?;
    // It may be too long to be a refresh token, and is told so.
    holds(&answer.to, "401 or 422", answer.status, [401, 422].contains(&answer.status))?;
    visitor.refresh().await?.has_status(200)?;
    visitor.whoami().await.map(drop)
}

/// Was this tab renewed? A bearer always is. A cookie came with the answer to the first tab already, so that the others
/// may be told to look again.
fn settles(tab: &Visitor, first: &Visitor, answer: &CheckedResponse) -> Result<bool> {
    if first.kept().refresh_token.is_some() || answer.status == 200 {
        answer.has_status(200)?;
        holds(&answer.to, "a credential", "none", tab.kept().cookie.is_some() || tab.kept().access_token.is_some())?;
        return Ok(true);
    }
    let is_told = answer.status == 401 || answer.refused(Code::SessionConflict).is_ok();
    holds(&answer.to, "200, 401 or 409", answer.status, is_told)?;
    Ok(false)
}
