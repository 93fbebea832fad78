//! Account cases: who is a user, what may they do, and how do they like things?

use anyhow::Result;
use serde_json::{Value, json};

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::request::at_once;
use crate::contract::response::CheckedResponse;
use crate::contract::rules;
use crate::contract::visitor::{Person, Visitor};
use shared::api::account::{Preferences, Profile, Role, Theme, User, Whoami};
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

pub(super) async fn a_role_is_given_and_taken_by_an_admin(client: &Client) -> Result<()> {
    let (person, visitor) = client.somebody_new().await?;
    let john = visitor.neighbour().logged_in(Person::John).await?;
    let User { id, .. } = visitor.whoami().await?;
    for roles in [vec![Role::User, Role::Admin], vec![Role::User]] {
        let answer = assign(&john, id, json!(roles)).await?;
        same(&answer.to, &roles, &answer.json::<User>(200)?.roles)?;
        let seen: Profile = john.get(&format!("/api/users/{id}")).await?.json(200)?;
        same("GET /api/users/{id}", &roles, &seen.user.roles)?;
        visitor.refresh().await?.has_status(200)?;
        same("GET /api/whoami after a refresh", &roles, &visitor.whoami().await?.roles)?;
        let again = visitor.neighbour();
        same("POST /login", &roles, &again.log_in(person).await?.user.roles)?;
        same("GET /api/whoami after a login", &roles, &again.whoami().await?.roles)?;
    }
    Ok(())
}

pub(super) async fn roles_are_no_business_of_others(client: &Client) -> Result<()> {
    let jane = client.log_in(Person::Jane).await?;
    // Also not one's own, and whether that user exists or not.
    for id in [456, 123, 999_999_999] {
        assign(&jane, id, json!(["user", "admin"])).await?.refused(Code::NotAllowed)?;
    }
    same("GET /api/whoami", &vec![Role::User], &jane.whoami().await?.roles)
}

pub(super) async fn impossible_roles_are_422(client: &Client) -> Result<()> {
    let john = client.log_in(Person::John).await?;
    assign(&john, 999_999_999, json!(["user"])).await?.refused(Code::NotFound)?;
    for roles in [json!([]), json!(["user", "user"]), json!(["user", "admin", "user"]), json!("user")] {
        assign(&john, 456, roles).await?.refused_fields(&["roles"])?;
    }
    assign(&john, 456, json!(["king"])).await?.refused_fields(&["roles[0]"])?;
    same("GET /api/users/456", &vec![Role::User], &john.get("/api/users/456").await?.json::<User>(200)?.roles)
}

/// Other preferences than the present ones.
async fn next_preferences(visitor: &Visitor) -> Result<Preferences> {
    let present: Preferences = visitor.get(paths::PREFERENCES).await?.json(200)?;
    let theme = if present.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
    Ok(Preferences { theme, ..present })
}

async fn assign(visitor: &Visitor, id: i64, roles: Value) -> Result<CheckedResponse> {
    visitor.put(&paths::ROLES.replace("{id}", &id.to_string()), &json!({ "roles": roles })).await
}
