//! Password cases: how does a user get another one, and how often may one be tried?

use anyhow::Result;
use serde_json::json;

use crate::contract::client::Client;
use crate::contract::expect::holds;
use crate::contract::fates::befalls;
use crate::contract::request::{CheckedRequest, at_once};
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::Visitor;
use shared::api::account::ChangePassword;
use shared::api::paths;
use shared::api::problem::Code;

/// Wrong passwords that an account takes within its window,
const GUESSES: u32 = 5;
/// of so many seconds.
const WINDOW: u64 = 15 * 60;

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
    let other = visitor.neighbour().logged_in(person).await?;
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

pub(super) async fn five_wrong_passwords_lock_the_door_and_not_those_inside(client: &Client) -> Result<()> {
    let (person, inside) = client.somebody_new().await?;
    let outside = inside.neighbour();
    for guess in 0..GUESSES {
        try_one(&outside, &person.username(), "guessed", guess).await?.refused(Code::WrongPassword)?;
    }
    for (password, guess) in [("guessed", 6), (person.password(), 7)] {
        locked(&try_one(&outside, &person.username(), password, guess).await?)?;
    }
    inside.whoami().await?;
    inside.refresh().await?.has_status(200)?;
    inside.whoami().await.map(drop)
}

/// Else whoever is locked out exists.
pub(super) async fn a_name_that_nobody_has_is_locked_like_any_other(client: &Client) -> Result<()> {
    let (outside, name) = (client.nobody(), format!("nobody-{:016x}", fastrand::u64(..)));
    let requests = (0..4 * GUESSES).map(|guess| attempt(&outside, &name, "guessed", guess));
    let (refused, locked_out): (Vec<CheckedResponse>, Vec<CheckedResponse>) =
        at_once(requests).await?.into_iter().partition(|answer| answer.status == 401);
    for answer in &refused {
        answer.refused(Code::WrongPassword)?;
    }
    // No more than five were looked at, however many came at once: not one for each replica.
    let seen = format!("{} looked at, {} locked out", refused.len(), locked_out.len());
    holds("twenty wrong POST /login at once", "five of them looked at", seen, refused.len() == GUESSES as usize)?;
    locked_out.iter().try_for_each(locked)
}

async fn change(visitor: &Visitor, current: &str, new: &str) -> Result<CheckedResponse> {
    visitor.put(paths::PASSWORD, &ChangePassword { current: current.into(), new: new.into() }).await
}

/// A password that nobody has.
fn unheard_of() -> String {
    format!("kept-{:032x}", fastrand::u128(..))
}

fn locked(answer: &CheckedResponse) -> Result<()> {
    answer.refused(Code::TooManyGuesses)?;
    let seconds = answer.header("retry-after").parse().unwrap_or(0);
    holds(&answer.to, "Retry-After within the window", seconds, (1..=WINDOW + 1).contains(&seconds))?;
    holds(&answer.to, "no cookie", &answer.headers, !answer.headers.has("set-cookie"))
}

async fn try_one(visitor: &Visitor, username: &str, password: &str, guess: u32) -> Result<CheckedResponse> {
    attempt(visitor, username, password, guess).send().await
}

/// Each attempt says that it comes from another address; anybody can say that.
fn attempt(visitor: &Visitor, username: &str, password: &str, guess: u32) -> CheckedRequest {
    let (addresses, forwarded) = (format!("198.51.100.{guess}"), format!("for=198.51.100.{guess}"));
    let request = visitor.request("POST", paths::LOGIN).header("x-forwarded-for", &addresses);
    let request = request.header("x-real-ip", &addresses).header("forwarded", &forwarded);
    request.json(&json!({ "username": username, "password": password }))
}
