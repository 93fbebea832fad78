//! What does one visitor do?
//!
//! Either the same `GET` for ever, or a journey as a person would make it: mostly looking, now and then buying.

use std::collections::VecDeque;

use hyper::Method;
use hyper::body::Bytes;
use hyper::http::uri::PathAndQuery;
use shared::api::checkout::{Address, Confirm, GiveAddress, GivePayment, Item, Payment, PaymentMethod, StartCheckout};
use shared::api::paths;
use shared::api::shop::PlaceOrder;

#[derive(Debug, Clone)]
pub enum Scenario {
    Get(PathAndQuery),
    Journey,
}

/// One request, before it is known what the visitor carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Get(PathAndQuery),
    SeeProduct(i64),
    PlaceOrder { product: i64, key: u64 },
    StartCheckout { product: i64 },
    GiveAddress,
    GivePayment,
    Confirm,
}

/// Of a hundred visits: 60 look around, 25 open their profile, 10 order one thing, 5 go through the whole checkout.
const BROWSE_BELOW: u32 = 60;
const PROFILE_BELOW: u32 = 85;
const ORDER_BELOW: u32 = 95;
/// The demo data has one more, which is scarce.
const PRODUCTS: i64 = 199;

impl Scenario {
    /// What this visitor does next; `ahead` holds the rest of the visit it is in the middle of.
    pub fn next_step(&self, ahead: &mut VecDeque<Step>, random: &mut fastrand::Rng) -> Step {
        match self {
            Scenario::Get(path) => Step::Get(path.clone()),
            Scenario::Journey => {
                if ahead.is_empty() {
                    ahead.extend(visit(random));
                }
                ahead.pop_front().expect("a visit has at least one step")
            }
        }
    }
}

fn visit(random: &mut fastrand::Rng) -> Vec<Step> {
    let product = random.i64(1..=PRODUCTS);
    match random.u32(0..100) {
        0..BROWSE_BELOW => vec![Step::Get(PathAndQuery::from_static(paths::PRODUCTS)), Step::SeeProduct(product)],
        BROWSE_BELOW..PROFILE_BELOW => vec![Step::Get(PathAndQuery::from_static(paths::PROFILE))],
        PROFILE_BELOW..ORDER_BELOW => vec![Step::PlaceOrder { product, key: random.u64(..) }],
        _ => vec![Step::StartCheckout { product }, Step::GiveAddress, Step::GivePayment, Step::Confirm],
    }
}

/// A request but for its credential.
pub struct Ask {
    pub method: Method,
    pub path: PathAndQuery,
    pub body: Option<Bytes>,
    pub idempotency_key: Option<String>,
}

impl Step {
    /// Does the answer hold a draft that the next step must bring?
    pub fn gives_draft(&self) -> bool {
        matches!(self, Step::StartCheckout { .. } | Step::GiveAddress | Step::GivePayment)
    }

    /// `draft` is what the visitor was given on the step before, if anything.
    pub fn ask(&self, draft: Option<String>) -> Ask {
        match self {
            Step::Get(path) => get(path.clone()),
            Step::SeeProduct(id) => get(path(&paths::PRODUCT.replace("{id}", &id.to_string()))),
            Step::PlaceOrder { product, key } => {
                let order = PlaceOrder { product_id: *product, quantity: 1, user_id: None };
                Ask { idempotency_key: Some(format!("{key:016x}")), ..send(Method::POST, paths::ORDERS, &order) }
            }
            Step::StartCheckout { product } => {
                let items = vec![Item { product_id: *product, quantity: 1 }];
                send(Method::POST, paths::CHECKOUT, &StartCheckout { items })
            }
            Step::GiveAddress => {
                send(Method::PUT, paths::CHECKOUT_ADDRESS, &GiveAddress { address: short_address(), draft })
            }
            Step::GivePayment => {
                let payment = Payment { method: PaymentMethod::Invoice, reference: "load-1".into() };
                send(Method::PUT, paths::CHECKOUT_PAYMENT, &GivePayment { payment, draft })
            }
            Step::Confirm => send(Method::POST, paths::CHECKOUT_CONFIRM, &Confirm { draft }),
        }
    }
}

pub fn get(path: PathAndQuery) -> Ask {
    Ask { method: Method::GET, path, body: None, idempotency_key: None }
}

pub fn send(method: Method, to: &str, body: &impl serde::Serialize) -> Ask {
    let body = serde_json::to_vec(body).expect("the API's bodies have string keys only");
    Ask { method, path: path(to), body: Some(body.into()), idempotency_key: None }
}

fn short_address() -> Address {
    Address {
        name: "Vera Visitor".into(),
        street: "Lastgasse 1".into(),
        city: "Berlin".into(),
        postal_code: "10115".into(),
        country: "DE".into(),
    }
}

fn path(text: &str) -> PathAndQuery {
    text.parse().expect("the API's paths are plain ASCII")
}
