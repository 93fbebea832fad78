//! Checkout under way: is it still there?

use load::scenario::short_address;
use shared::api::checkout::{CheckoutState, GiveAddress, GivePayment, Item, Payment, PaymentMethod, StartCheckout};
use shared::api::paths;
use shared::api::problem::{Code, Problem};
use wire::request::Request;
use wire::response::Response;

use crate::probe::audit::Diary;
use crate::probe::log::Outcome;

/// A checkout that never ends: begun, filled in, looked at twice, begun anew.
#[derive(Debug)]
pub struct Basket {
    /// Nobody else has the same.
    items: Vec<Item>,
    /// What the client must bring along, where the server does not remember.
    draft: Option<String>,
    step: u32,
}

/// Start, address, payment, and two looks.
const STEPS: u32 = 5;
const PRODUCTS: u32 = 199;
const MOST_PIECES: u32 = 100;

impl Basket {
    pub fn of(number: u32) -> Basket {
        let product_id = i64::from(number % PRODUCTS) + 1;
        let quantity = i64::from(number / PRODUCTS % MOST_PIECES) + 1;
        Basket { items: vec![Item { product_id, quantity }], draft: None, step: 0 }
    }

    pub fn next(&self) -> Request {
        let draft = self.draft.clone();
        match self.step {
            0 => Request::post(paths::CHECKOUT).json(&StartCheckout { items: self.items.clone() }),
            1 => Request::put(paths::CHECKOUT_ADDRESS).json(&GiveAddress { address: short_address(), draft }),
            2 => {
                let payment = Payment { method: PaymentMethod::Invoice, reference: "drill-1".into() };
                Request::put(paths::CHECKOUT_PAYMENT).json(&GivePayment { payment, draft })
            }
            _ => self.look(),
        }
    }

    pub fn look(&self) -> Request {
        let look = Request::get(paths::CHECKOUT);
        self.draft.iter().fold(look, |look, draft| look.with(paths::CHECKOUT_DRAFT, draft))
    }

    pub fn came_to(&mut self, outcome: Outcome, answer: Option<&Response>, diary: &mut Diary) {
        let Some(answer) = answer else { return };
        match outcome {
            Outcome::Ok => {
                let Ok(state) = serde_json::from_slice::<CheckoutState>(&answer.body) else { return };
                diary.foreign += u64::from(state.items != self.items);
                (diary.held_draft, diary.holds_draft) = (true, true);
                self.draft = state.draft;
                self.step = (self.step + 1) % STEPS;
            }
            Outcome::Gone => {
                diary.lost_draft |= diary.holds_draft;
                diary.holds_draft = false;
                (self.draft, self.step) = (None, 0);
            }
            _ => {}
        }
    }
}

/// Does it say that no checkout is under way, or not with this draft?
pub fn is_gone(answer: &Response) -> bool {
    if answer.status < 400 {
        return false;
    }
    let problem = serde_json::from_slice::<Problem>(&answer.body);
    problem.is_ok_and(|problem| matches!(problem.code, Code::CheckoutNotStarted | Code::DraftRejected))
}
