//! Browser tab: what does one know, and what does it do?

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use shared::api::checkout::CheckoutState;
use shared::api::paths;
use wire::client;
use wire::half_open::HalfOpen;
use wire::login::{Login, log_in};
use wire::request::Request;
use wire::response::Response;

/// Tabs of one browser begin as copies of each other.
#[derive(Clone)]
pub(super) struct Tab {
    url: String,
    pub(super) login: Login,
    draft: Option<String>,
}

/// A step of the checkout, with what makes it this tab's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    City(String),
    Reference(String),
}

impl Tab {
    pub(super) async fn logged_in(url: &str, visitor: u32) -> Result<Tab> {
        let login = log_in(url, &format!("visitor-{visitor}"), "visitor").await?;
        Ok(Tab { url: url.to_owned(), login, draft: None })
    }

    /// The same tab, beside another replica.
    pub(super) fn at(&self, url: &str) -> Tab {
        Tab { url: url.to_owned(), ..self.clone() }
    }

    pub(super) async fn send(&self, request: &Request) -> Result<Response> {
        Ok(client::send(&self.url, request).await?)
    }

    pub(super) async fn begin(&self, request: &Request) -> Result<HalfOpen> {
        Ok(HalfOpen::begin(&self.url, request).await?)
    }

    /// Keeps what an answer gives: a draft to carry, a new cookie.
    pub(super) fn hears(&mut self, answer: &Response) {
        self.login.keep(answer);
        if let Ok(state) = serde_json::from_slice::<CheckoutState>(&answer.body) {
            self.draft = state.draft;
        }
    }

    /// Begins a checkout with this product in the basket.
    pub(super) async fn start(&mut self, product: i64) -> Result<()> {
        let basket = json!({ "items": [{ "productId": product, "quantity": 1 }] });
        let answer = self.send(&Request::post(paths::CHECKOUT).by(&self.login).json(&basket)).await?;
        ensure!(answer.status == 201, "no checkout began: {} {}", answer.status, answer.text());
        self.hears(&answer);
        Ok(())
    }

    /// With the draft that must be carried, if any.
    pub(super) fn stepping(&self, step: &Step) -> Request {
        let (path, body) = match step {
            Step::City(city) => {
                let home = json!({ "name": "Jane", "street": "High St 1", "city": city, "postalCode": "BA1", "country": "GB" });
                (paths::CHECKOUT_ADDRESS, json!({ "address": home }))
            }
            Step::Reference(reference) => {
                (paths::CHECKOUT_PAYMENT, json!({ "payment": { "method": "card", "reference": reference } }))
            }
        };
        Request::put(path).by(&self.login).json(&self.carrying(body))
    }

    pub(super) async fn step(&mut self, step: &Step) -> Result<Response> {
        let answer = self.send(&self.stepping(step)).await?;
        self.hears(&answer);
        Ok(answer)
    }

    pub(super) async fn confirm(&self) -> Result<Response> {
        self.send(&Request::post(paths::CHECKOUT_CONFIRM).by(&self.login).json(&self.carrying(json!({})))).await
    }

    /// The checkout as this tab sees it.
    pub(super) async fn view(&self) -> Result<CheckoutState> {
        let request = Request::get(paths::CHECKOUT).by(&self.login);
        let request = self.draft.iter().fold(request, |request, draft| request.with(paths::CHECKOUT_DRAFT, draft));
        let answer = self.send(&request).await?;
        ensure!(answer.status == 200, "a checkout cannot be seen: {} {}", answer.status, answer.text());
        Ok(CheckoutState { draft: None, ..serde_json::from_slice(&answer.body)? }) // The signature differs from tab to tab.
    }

    /// Renewing, with a body on either side: so it can be half sent.
    pub(super) fn renewing(&self) -> Request {
        match &self.login.refresh {
            Some(_) => self.login.refresh(),
            None => self.login.refresh().json(&json!({})),
        }
    }

    fn carrying(&self, mut body: Value) -> Value {
        if let Some(draft) = &self.draft {
            body["draft"] = json!(draft);
        }
        body
    }
}

impl Step {
    /// What a checkout has in the place of this step.
    pub(super) fn of(&self, state: &CheckoutState) -> Option<Step> {
        match self {
            Step::City(_) => state.address.as_ref().map(|address| Step::City(address.city.clone())),
            Step::Reference(_) => state.payment.as_ref().map(|payment| Step::Reference(payment.reference.clone())),
        }
    }
}
