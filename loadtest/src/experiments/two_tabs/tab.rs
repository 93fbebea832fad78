//! What does one tab know, and what does it do?

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use shared::api::checkout::CheckoutState;
use shared::api::paths;
use wire::connection;
use wire::half_open::Half;
use wire::login::{Login, credentials};
use wire::request::Ask;
use wire::response::Answer;

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
        let answer = connection::ask(url, &credentials(&format!("visitor-{visitor}"), "visitor")).await?;
        let login = Login::of(&answer).with_context(|| format!("visitor-{visitor} cannot log in"))?;
        Ok(Tab { url: url.to_owned(), login, draft: None })
    }

    /// The same tab, beside another replica.
    pub(super) fn at(&self, url: &str) -> Tab {
        Tab { url: url.to_owned(), ..self.clone() }
    }

    pub(super) async fn ask(&self, ask: &Ask) -> Result<Answer> {
        connection::ask(&self.url, ask).await
    }

    pub(super) async fn begin(&self, ask: &Ask) -> Result<Half> {
        Half::sent(&self.url, ask).await
    }

    /// Keeps what an answer gives: a draft to carry, a new cookie.
    pub(super) fn hears(&mut self, answer: &Answer) {
        if let Some(cookie) = answer.cookie() {
            self.login.cookie = Some(cookie);
        }
        if let Ok(state) = serde_json::from_str::<CheckoutState>(&answer.body) {
            self.draft = state.draft;
        }
    }

    /// Begins a checkout with this product in the basket.
    pub(super) async fn start(&mut self, product: i64) -> Result<()> {
        let basket = json!({ "items": [{ "productId": product, "quantity": 1 }] });
        let answer = self.ask(&Ask::post(paths::CHECKOUT).by(&self.login).json(&basket)).await?;
        ensure!(answer.status == 201, "no checkout began: {} {}", answer.status, answer.body);
        self.hears(&answer);
        Ok(())
    }

    /// With the draft that must be carried, if any.
    pub(super) fn stepping(&self, step: &Step) -> Ask {
        let (path, body) = match step {
            Step::City(city) => (paths::CHECKOUT_ADDRESS, address(city)),
            Step::Reference(reference) => (paths::CHECKOUT_PAYMENT, payment(reference)),
        };
        Ask::put(path).by(&self.login).json(&self.carrying(body))
    }

    pub(super) async fn step(&mut self, step: &Step) -> Result<Answer> {
        let answer = self.ask(&self.stepping(step)).await?;
        self.hears(&answer);
        Ok(answer)
    }

    pub(super) async fn confirm(&self) -> Result<Answer> {
        self.ask(&Ask::post(paths::CHECKOUT_CONFIRM).by(&self.login).json(&self.carrying(json!({})))).await
    }

    /// The checkout as this tab sees it.
    pub(super) async fn view(&self) -> Result<CheckoutState> {
        let ask = Ask::get(paths::CHECKOUT).by(&self.login);
        let ask = self.draft.iter().fold(ask, |ask, draft| ask.with(paths::CHECKOUT_DRAFT, draft));
        let answer = self.ask(&ask).await?;
        ensure!(answer.status == 200, "a checkout cannot be seen: {} {}", answer.status, answer.body);
        Ok(CheckoutState { draft: None, ..serde_json::from_str(&answer.body)? }) // The signature differs from tab to tab.
    }

    /// Renewing, with a body on either side: so it can be half sent.
    pub(super) fn renewing(&self) -> Ask {
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

fn address(city: &str) -> Value {
    json!({ "address": { "name": "Jane", "street": "High St 1", "city": city, "postalCode": "BA1", "country": "GB" } })
}

fn payment(reference: &str) -> Value {
    json!({ "payment": { "method": "card", "reference": reference } })
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
