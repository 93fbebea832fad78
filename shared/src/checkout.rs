//! Checkout state machine: what may happen to a checkout, and in which order?
//!
//! The wizard as a pure function: [`Draft`] × [`Step`] → [`Draft`] | [`Refusal`]. It asks nobody and remembers nothing, which is
//! why the same function serves a server that keeps the draft and one that hands it to the client.

use serde::{Deserialize, Serialize};

use crate::api::checkout::{Address, CheckoutState, Item, Missing, Payment};

/// An unfinished checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Drawn at random at the start; what makes a confirmation count once.
    pub id: String,
    pub items: Vec<Item>,
    pub address: Option<Address>,
    pub payment: Option<Payment>,
}

/// What a client may do; address and payment in any order, and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Start { id: String, items: Vec<Item> },
    Address(Address),
    Payment(Payment),
    Confirm,
}

/// Why a step was not taken. The draft stays as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    NotStarted,
    Incomplete(Vec<Missing>),
}

/// Takes one step. `Start` begins anew, whatever was there; every other step needs a draft.
///
/// # Errors
/// [`Refusal::NotStarted`] without a draft, [`Refusal::Incomplete`] when confirming too early.
pub fn advance(draft: Option<Draft>, step: Step) -> Result<Draft, Refusal> {
    if let Step::Start { id, items } = step {
        return Ok(Draft { id, items, address: None, payment: None });
    }
    let draft = draft.ok_or(Refusal::NotStarted)?;
    match step {
        Step::Address(address) => Ok(Draft { address: Some(address), ..draft }),
        Step::Payment(payment) => Ok(Draft { payment: Some(payment), ..draft }),
        Step::Start { .. } | Step::Confirm => match draft.missing() {
            missing if missing.is_empty() => Ok(draft),
            missing => Err(Refusal::Incomplete(missing)),
        },
    }
}

impl Draft {
    pub fn missing(&self) -> Vec<Missing> {
        let address = self.address.is_none().then_some(Missing::Address);
        let payment = self.payment.is_none().then_some(Missing::Payment);
        address.into_iter().chain(payment).collect()
    }

    /// What the client sees; `carried` is what it must bring back.
    pub fn shown(self, carried: Option<String>) -> CheckoutState {
        let missing = self.missing();
        CheckoutState { items: self.items, address: self.address, payment: self.payment, missing, draft: carried }
    }
}
