//! Account cases: who is a user, and how do they like things?

use anyhow::Result;
use serde_json::json;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::request::at_once;
use crate::contract::rules;
use crate::contract::visitor::{Person, Visitor};
use shared::api::account::{Preferences, Profile, Theme, Whoami};
use shared::api::meta::Holder;
use shared::api::paths;
use shared::api::problem::Code;

pub(super) async fn whoami_needs_no_sql(client: &Client) -> Result<()> {
    let answer = client.log_in(Person::Jane).await?.get(paths::WHOAMI).await?;
    let whoami: Whoami = answer.json(200)?;
    same(&answer.to, &456, &whoami.user.id)?;
    let (spent, free) = (answer.header("server-timing"), rules::duration(&answer, "sql") == Some(0.0));
    let has_reason = client.promises.draft == Holder::Database;
    holds(&answer.to, "no time spent on SQL, but for the session where it stands there", spent, free || has_reason)
}

pub(super) async fn a_profile_holds_the_preferences(client: &Client) -> Result<()> {
    let jane = client.log_in(Person::Jane).await?;
    let profile: Profile = jane.get(paths::PROFILE).await?.json(200)?;
    same("GET /api/users/profile", &jane.whoami().await?, &profile.user)?;
    let preferences: Preferences = jane.get(paths::PREFERENCES).await?.json(200)?;
    same("GET /api/users/profile", &preferences, &profile.preferences)?;
    let since: jiff::Timestamp = profile.member_since.parse()?;
    holds("GET /api/users/profile", "a past date", &profile.member_since, since <= jiff::Timestamp::now())?;
    let by_id: Profile = jane.get("/api/users/456").await?.json(200)?;
    same("GET /api/users/456", &profile, &by_id)
}

pub(super) async fn others_are_seen_by_admins_alone(client: &Client) -> Result<()> {
    let (john, jane) = (client.log_in(Person::John).await?, client.log_in(Person::Jane).await?);
    let seen: Profile = john.get("/api/users/456").await?.json(200)?;
    same("GET /api/users/456", "jane", seen.user.username.as_str())?;
    john.get("/api/users/999999999").await?.refused(Code::NotFound)?;
    jane.get("/api/users/123").await?.refused(Code::NotAllowed)?;
    // Whoever may not look cannot find out who exists either.
    jane.get("/api/users/999999999").await?.refused(Code::NotAllowed).map(drop)
}

pub(super) async fn preferences_are_kept_as_they_were_put(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(2)).await?;
    for (theme, language, timezone) in [(Theme::Dark, "pt-BR", "Europe/Lisbon"), (Theme::Light, "en", "UTC")] {
        let wanted = Preferences { theme, language: language.into(), timezone: timezone.into() };
        let put = visitor.put(paths::PREFERENCES, &wanted).await?;
        same(&put.to, &wanted, &put.json(200)?)?;
        let got = visitor.get(paths::PREFERENCES).await?;
        same(&got.to, &wanted, &got.json(200)?)?;
        got.has_header("etag", put.header("etag"))?;
    }
    Ok(())
}

pub(super) async fn a_stale_write_of_preferences_is_412(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(3)).await?;
    let seen = visitor.get(paths::PREFERENCES).await?.header("etag").to_owned();
    let tags = format!("\"other\", {seen}");
    let write = async || {
        let request = visitor.request("PUT", paths::PREFERENCES).header("if-match", &tags);
        request.json(&next_preferences(&visitor).await?).send().await
    };
    let first = write().await?;
    first.has_status(200)?;
    holds(&first.to, "another ETag than before", &seen, first.header("etag") != seen)?;
    write().await?.refused(Code::StaleWrite).map(drop)
}

pub(super) async fn one_of_many_writes_at_once_wins(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(4)).await?;
    let seen = visitor.get(paths::PREFERENCES).await?.header("etag").to_owned();
    let wanted = next_preferences(&visitor).await?;
    let write = |_| visitor.request("PUT", paths::PREFERENCES).header("if-match", &seen).json(&wanted);
    let answers = at_once((0..10).map(write)).await?;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    same("ten PUT /api/users/preferences with one If-Match", &[&[200][..], &[412; 9]].concat(), &statuses)
}

pub(super) async fn impossible_preferences_are_422(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(2)).await?;
    let check = async |theme: &str, language: &str, timezone: &str, field: &str| {
        let body = json!({ "theme": theme, "language": language, "timezone": timezone });
        visitor.put(paths::PREFERENCES, &body).await?.refused_fields(&[field])
    };
    check("pink", "en", "UTC", "theme").await?;
    check("dark", "english", "UTC", "language").await?;
    check("dark", "en", "Europe/Nowhere", "timezone").await
}

/// Other preferences than the present ones.
async fn next_preferences(visitor: &Visitor) -> Result<Preferences> {
    let present: Preferences = visitor.get(paths::PREFERENCES).await?.json(200)?;
    let theme = if present.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
    Ok(Preferences { theme, ..present })
}
