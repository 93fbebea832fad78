//! Password cases: how does a user get another password?

use anyhow::Result;

use crate::contract::client::Client;
use crate::contract::fates::befalls;
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::Visitor;
use shared::api::account::ChangePassword;
use shared::api::paths;
use shared::api::problem::Code;

pub(super) async fn a_new_password_takes_the_place_of_the_old_one(client: &Client) -> Result<()> {
    let (person, visitor) = client.somebody_new().await?;
    let new = unheard_of();
    change(&visitor, person.password(), &new).await?.has_status(204)?;
    visitor.whoami().await?;
    visitor.refresh().await?.has_status(200)?;
    let old = visitor.neighbour().log_in_as(&person.username(), person.password()).await?;
    old.refused(Code::WrongPassword)?;
    visitor.neighbour().log_in_as(&person.username(), &new).await?.has_status(200).map(drop)
}

/// Whoever knew the old password may be logged in there.
pub(super) async fn a_new_password_ends_every_other_login(client: &Client) -> Result<()> {
    let (person, visitor) = client.somebody_new().await?;
    let other = visitor.neighbour();
    other.log_in(person).await?;
    change(&visitor, person.password(), &unheard_of()).await?.has_status(204)?;
    befalls(client, &other, client.promises.copied_credential).await?;
    other.copy().refresh().await?.refused(Code::CredentialRejected)?;
    visitor.whoami().await.map(drop)
}

pub(super) async fn an_impossible_password_is_422_and_named(client: &Client) -> Result<()> {
    let (person, visitor) = client.somebody_new().await?;
    // Short; a keyboard's row; a word and another one that all others think of, too; always the same.
    for new in ["only 14 signs!", "1234567890123456", "passwordpassword", "aaaaaaaaaaaaaaaaaaaa"] {
        change(&visitor, person.password(), new).await?.refused_fields(&["new"])?;
    }
    change(&visitor, "not the password", &unheard_of()).await?.refused_fields(&["current"])?;
    visitor.neighbour().log_in(person).await.map(drop)
}

/// NIST SP 800-63B-4, section 3.1.1.2: every character counts as one, spaces and those beyond ASCII among them.
pub(super) async fn a_password_is_whatever_somebody_can_type(client: &Client) -> Result<()> {
    let (person, visitor) = client.somebody_new().await?;
    let new = format!("  Ünïcödé 🐎 {} ", unheard_of());
    change(&visitor, person.password(), &new).await?.has_status(204)?;
    visitor.neighbour().log_in_as(&person.username(), &new).await?.has_status(200)?;
    visitor.neighbour().log_in_as(&person.username(), new.trim()).await?.refused(Code::WrongPassword).map(drop)
}

async fn change(visitor: &Visitor, current: &str, new: &str) -> Result<CheckedResponse> {
    visitor.put(paths::PASSWORD, &ChangePassword { current: current.into(), new: new.into() }).await
}

/// A password that nobody has.
fn unheard_of() -> String {
    format!("kept-{:032x}", fastrand::u128(..))
}
