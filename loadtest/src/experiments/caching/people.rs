//! Who asks through a cache, and would notice somebody else's answer?

use anyhow::Context;
use report::recording::{Brought, Mode};
use shared::api::credential::{Credential, LogIn, LoggedIn};
use shared::api::paths;
use shared::api::shop::PlaceOrder;

use crate::experiments::exchange::{Exchange, Header, exchange, send};

/// Somebody who has an order, so that a list of orders tells whose it is.
pub(super) struct Person {
    pub(super) name: String,
    id: i64,
    credential: Header,
}

impl Person {
    /// Logs in at the origin itself.
    ///
    /// # Errors
    /// That is refused.
    pub(super) async fn arrive(origin: &str, number: u32) -> anyhow::Result<Person> {
        let name = format!("visitor-{number}");
        let who = LogIn { username: name.clone(), password: "visitor".into() };
        let answer = exchange(origin, &send("POST", paths::LOGIN, &[], &who)?).await?;
        let given: LoggedIn = serde_json::from_slice(&answer.body).context("POST /login answered something else")?;
        let credential = match given.credential {
            Credential::Bearer { access_token, .. } => ("authorization".into(), format!("Bearer {access_token}")),
            Credential::Cookie => ("cookie".into(), cookie(&answer)?),
        };
        let person = Person { name, id: given.user.id, credential };
        let order = PlaceOrder { product_id: 1, quantity: 1, user_id: None };
        let own = std::slice::from_ref(&person.credential);
        let placed = exchange(origin, &send("POST", paths::ORDERS, own, &order)?).await?;
        anyhow::ensure!(placed.status == 201, "{} cannot place an order: {}", person.name, placed.status);
        Ok(person)
    }

    /// What stands in the request, when this shall be brought: the credential where the server gives this kind, and
    /// elsewhere something of that kind that has nothing to do with it.
    pub(super) fn brings(&self, brought: Brought, mode: Mode) -> Vec<Header> {
        match brought {
            Brought::Nothing => Vec::new(),
            brought if brought == own(mode) => vec![self.credential.clone()],
            Brought::Authorization => vec![("authorization".into(), format!("Bearer of-{}", self.name))],
            Brought::Cookie => vec![("cookie".into(), format!("theme=of-{}", self.name))],
        }
    }

    /// By the name, as in a profile, or by the id, as in an order.
    pub(super) fn is_named(&self, answer: &Exchange) -> bool {
        let body = String::from_utf8_lossy(&answer.body);
        let ids = [",", "}"].map(|end| format!("\"userId\":{}{end}", self.id));
        body.contains(&format!("\"{}\"", self.name)) || ids.iter().any(|named| body.contains(named))
    }
}

/// What this mode gives to those who log in.
pub(super) fn own(mode: Mode) -> Brought {
    if mode.is_stateless() { Brought::Authorization } else { Brought::Cookie }
}

fn cookie(answer: &Exchange) -> anyhow::Result<String> {
    let cookie = answer.headers.iter().find(|(name, _)| name == "set-cookie");
    let (_, cookie) = cookie.context("POST /login promised a cookie and set none")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
