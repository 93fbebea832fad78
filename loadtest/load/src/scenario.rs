//! Scenarios: what does one visitor do?
//!
//! Either the same `GET` for ever, or journeys as users make them: mostly looking, now and then buying.

use std::collections::VecDeque;
use std::str::FromStr;

use http::uri::PathAndQuery;
use shared::api::checkout::{Address, Confirm, GiveAddress, GivePayment, Item, Payment, PaymentMethod, StartCheckout};
use shared::api::credential::Refresh;
use shared::api::paths;
use shared::api::shop::PlaceOrder;

use crate::request::{Request, get, path, send};
use crate::users::User;

#[derive(Debug, Clone)]
pub enum Scenario {
    Get(PathAndQuery),
    /// One visit after the other, each drawn anew.
    Journey(Mix),
}

/// The kinds of visit, as the command line names them.
const VISITS: [&str; 6] = ["browse", "profile", "order", "checkout", "refresh", "logout"];

/// How often which kind of visit is made: the weight of each, in the order of their names, over the sum of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix([u32; VISITS.len()]);

impl Default for Mix {
    fn default() -> Mix {
        Mix([60, 25, 10, 5, 0, 0])
    }
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
    LogIn,
    Refresh,
    LogOut,
}

/// The demo data has one more, which is scarce.
const PRODUCTS: i64 = 199;

impl Scenario {
    /// What this visitor does next; `ahead` holds the rest of the visit it is in the middle of.
    pub fn next_step(&self, ahead: &mut VecDeque<Step>, random: &mut fastrand::Rng, user: &User) -> Step {
        match self {
            Scenario::Get(path) => Step::Get(path.clone()),
            // Logged out, and the way back in has failed.
            Scenario::Journey(mix) if ahead.is_empty() && mix.ends_credentials() && user.credential().is_none() => {
                Step::LogIn
            }
            Scenario::Journey(mix) => {
                if ahead.is_empty() {
                    ahead.extend(mix.visit(random));
                }
                ahead.pop_front().expect("a visit has at least one step")
            }
        }
    }
}

impl Mix {
    fn ends_credentials(&self) -> bool {
        let Mix([.., refresh, logout]) = self;
        refresh + logout > 0
    }

    fn visit(&self, random: &mut fastrand::Rng) -> Vec<Step> {
        let product = random.i64(1..=PRODUCTS);
        let mut drawn = random.u32(0..self.0.iter().sum());
        let kind = VISITS.into_iter().zip(self.0).find_map(|(kind, weight)| match drawn.checked_sub(weight) {
            Some(left) => {
                drawn = left;
                None
            }
            None => Some(kind),
        });
        match kind.expect("what is drawn is less than the sum") {
            // The list of products, then one of them.
            "browse" => vec![Step::Get(PathAndQuery::from_static(paths::PRODUCTS)), Step::SeeProduct(product)],
            "profile" => vec![Step::Get(PathAndQuery::from_static(paths::PROFILE))],
            // One thing, at once.
            "order" => vec![Step::PlaceOrder { product, key: random.u64(..) }],
            // The whole of it.
            "checkout" => vec![Step::StartCheckout { product }, Step::GiveAddress, Step::GivePayment, Step::Confirm],
            "refresh" => vec![Step::Refresh],
            _ => vec![Step::LogOut, Step::LogIn],
        }
    }
}

/// Like `browse=60,order=5`; what is not named does not happen.
impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Mix, String> {
        let mut mix = Mix([0; VISITS.len()]);
        for part in text.split(',') {
            let (kind, weight) = part.split_once('=').ok_or_else(|| format!("{part:?} is not like browse=60"))?;
            let weight: u16 = weight.parse().map_err(|_| format!("{weight:?} is no weight from 0 to 65535"))?;
            let place = VISITS.iter().position(|known| *known == kind);
            let place = place.ok_or_else(|| format!("{kind:?} is none of {}", VISITS.join(", ")))?;
            mix.0[place] = weight.into();
        }
        if mix.0.iter().all(|weight| *weight == 0) {
            return Err("one weight at least must be above 0".into());
        }
        Ok(mix)
    }
}

impl Step {
    /// Does the answer hold a draft that the next step must bring?
    pub fn gives_draft(&self) -> bool {
        matches!(self, Step::StartCheckout { .. } | Step::GiveAddress | Step::GivePayment)
    }

    /// Does the answer hold what the visitor will bring from now on?
    pub fn gives_credential(&self) -> bool {
        matches!(self, Step::LogIn | Step::Refresh)
    }

    /// `draft` is what the visitor was given on the step before, if anything.
    pub fn request(&self, user: &User, draft: Option<String>) -> Request {
        match self {
            Step::Get(path) => get(path.clone()),
            Step::SeeProduct(id) => get(path(&paths::PRODUCT.replace("{id}", &id.to_string()))),
            Step::PlaceOrder { product, key } => {
                let order = PlaceOrder { product_id: *product, quantity: 1, user_id: None };
                send("POST", paths::ORDERS, &order).once(*key)
            }
            Step::StartCheckout { product } => {
                let items = vec![Item { product_id: *product, quantity: 1 }];
                send("POST", paths::CHECKOUT, &StartCheckout { items })
            }
            Step::GiveAddress => send("PUT", paths::CHECKOUT_ADDRESS, &GiveAddress { address: short_address(), draft }),
            Step::GivePayment => {
                let payment = Payment { method: PaymentMethod::Invoice, reference: "load-1".into() };
                send("PUT", paths::CHECKOUT_PAYMENT, &GivePayment { payment, draft })
            }
            Step::Confirm => send("POST", paths::CHECKOUT_CONFIRM, &Confirm { draft }),
            Step::LogIn => send("POST", paths::LOGIN, &user.account),
            Step::Refresh => send("POST", paths::REFRESH, &Refresh { refresh_token: user.refresh_token() }),
            Step::LogOut => Request::of_nothing("POST", paths::LOGOUT),
        }
    }
}

pub fn short_address() -> Address {
    Address {
        name: "Vera Visitor".into(),
        street: "Lastgasse 1".into(),
        city: "Berlin".into(),
        postal_code: "10115".into(),
        country: "DE".into(),
    }
}
