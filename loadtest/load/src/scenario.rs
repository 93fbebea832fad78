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

/// How often which kind of visit is made: the weight of each over the sum of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mix {
    /// The list of products, then one of them.
    pub browse: u32,
    pub profile: u32,
    /// One thing, at once.
    pub order: u32,
    /// The whole of it: four steps.
    pub checkout: u32,
    pub refresh: u32,
    /// And in again.
    pub logout: u32,
}

impl Default for Mix {
    fn default() -> Mix {
        Mix { browse: 60, profile: 25, order: 10, checkout: 5, refresh: 0, logout: 0 }
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
            Scenario::Journey(mix)
                if ahead.is_empty() && mix.logout + mix.refresh > 0 && user.credential().is_none() =>
            {
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
    fn weights(&self) -> [(&'static str, u32); 6] {
        let Mix { browse, profile, order, checkout, refresh, logout } = *self;
        let (looks, buys) = ([("browse", browse), ("profile", profile)], [("order", order), ("checkout", checkout)]);
        [looks[0], looks[1], buys[0], buys[1], ("refresh", refresh), ("logout", logout)]
    }

    fn visit(&self, random: &mut fastrand::Rng) -> Vec<Step> {
        let product = random.i64(1..=PRODUCTS);
        let weights = self.weights();
        let mut drawn = random.u32(0..weights.iter().map(|(_, weight)| weight).sum());
        let kind = weights.iter().find_map(|(kind, weight)| match drawn.checked_sub(*weight) {
            Some(left) => {
                drawn = left;
                None
            }
            None => Some(*kind),
        });
        match kind.expect("what is drawn is less than the sum") {
            "browse" => vec![Step::Get(PathAndQuery::from_static(paths::PRODUCTS)), Step::SeeProduct(product)],
            "profile" => vec![Step::Get(PathAndQuery::from_static(paths::PROFILE))],
            "order" => vec![Step::PlaceOrder { product, key: random.u64(..) }],
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
        let mut mix = Mix { browse: 0, profile: 0, order: 0, checkout: 0, refresh: 0, logout: 0 };
        for part in text.split(',') {
            let (kind, weight) = part.split_once('=').ok_or_else(|| format!("{part:?} is not like browse=60"))?;
            let weight: u16 = weight.parse().map_err(|_| format!("{weight:?} is no weight from 0 to 65535"))?;
            let of_kind = match kind {
                "browse" => &mut mix.browse,
                "profile" => &mut mix.profile,
                "order" => &mut mix.order,
                "checkout" => &mut mix.checkout,
                "refresh" => &mut mix.refresh,
                "logout" => &mut mix.logout,
                other => return Err(format!("{other:?} is none of browse, profile, order, checkout, refresh, logout")),
            };
            *of_kind = weight.into();
        }
        match mix.weights().iter().any(|(_, weight)| *weight > 0) {
            true => Ok(mix),
            false => Err("one weight at least must be above 0".into()),
        }
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

fn short_address() -> Address {
    Address {
        name: "Vera Visitor".into(),
        street: "Lastgasse 1".into(),
        city: "Berlin".into(),
        postal_code: "10115".into(),
        country: "DE".into(),
    }
}
