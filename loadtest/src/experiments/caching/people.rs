//! Users behind a shared cache: who would notice somebody else's answer?

use report::recording::{Brought, Mode};
use shared::api::paths;
use shared::api::shop::PlaceOrder;
use wire::client;
use wire::login::{Login, log_in};
use wire::request::Request;
use wire::response::Response;

/// Somebody who has an order, so that a list of orders tells whose it is.
pub(super) struct Person {
    pub(super) name: String,
    login: Login,
}

impl Person {
    /// Logs in at the origin itself.
    ///
    /// # Errors
    /// That is refused.
    pub(super) async fn arrive(origin: &str, number: u32) -> anyhow::Result<Person> {
        let name = format!("visitor-{number}");
        let login = log_in(origin, &name, "visitor").await?;
        let order = PlaceOrder { product_id: 1, quantity: 1, user_id: None };
        let placed = client::send(origin, &Request::post(paths::ORDERS).by(&login).json(&order)).await?;
        anyhow::ensure!(placed.status == 201, "{name} cannot place an order: {}", placed.status);
        Ok(Person { name, login })
    }

    /// A request that brings this: the credential where the server gives this kind, and elsewhere something of that kind
    /// that has nothing to do with it.
    pub(super) fn get(&self, path: &str, brought: Brought, mode: Mode) -> Request {
        let request = Request::get(path);
        match brought {
            Brought::Nothing => request,
            brought if brought == own(mode) => request.by(&self.login),
            Brought::Authorization => request.with("authorization", format!("Bearer of-{}", self.name)),
            Brought::Cookie => request.with("cookie", format!("theme=of-{}", self.name)),
        }
    }

    /// By the name, as in a profile, or by the id, as in an order.
    pub(super) fn is_named(&self, answer: &Response) -> bool {
        let body = answer.text();
        let ids = [",", "}"].map(|end| format!("\"userId\":{}{end}", self.login.id));
        body.contains(&format!("\"{}\"", self.name)) || ids.iter().any(|named| body.contains(named))
    }
}

/// What this mode gives to those who log in.
pub(super) fn own(mode: Mode) -> Brought {
    if mode.is_stateless() { Brought::Authorization } else { Brought::Cookie }
}
