//! Role cases: who says what a user may do?

use anyhow::Result;
use serde_json::{Value, json};

use crate::contract::client::Client;
use crate::contract::expect::same;
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::{Person, Visitor};
use shared::api::account::{Profile, Role, User};
use shared::api::paths;
use shared::api::problem::Code;

pub(super) async fn a_role_is_given_and_taken_by_an_admin(client: &Client) -> Result<()> {
    let (person, visitor) = client.somebody_new().await?;
    let john = visitor.neighbour();
    john.log_in(Person::John).await?;
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

async fn assign(visitor: &Visitor, id: i64, roles: Value) -> Result<CheckedResponse> {
    visitor.put(&paths::ROLES.replace("{id}", &id.to_string()), &json!({ "roles": roles })).await
}
