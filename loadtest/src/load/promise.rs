//! How much work behind the server was promised for a request?
//!
//! Counted there, it must come to the same: a cache that nobody knows of, or a query too many, would be measured as if it
//! were the architecture.

use std::ops::AddAssign;

use shared::api::meta::CredentialKind;
use shared::api::paths;

use super::scenario::Step;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    pub store_calls: u64,
    pub sql_statements: u64,
}

impl AddAssign for Work {
    fn add_assign(&mut self, more: Work) {
        self.store_calls += more.store_calls;
        self.sql_statements += more.sql_statements;
    }
}

/// For one good answer to this step. Who brings a cookie is looked up once, whatever is asked, and each step of a checkout
/// is written down; who brings a token, or nothing, is never looked up.
pub fn promised(step: &Step, brings: Option<CredentialKind>) -> Work {
    let session = u64::from(brings == Some(CredentialKind::Cookie));
    let (writes, sql_statements) = match step {
        Step::Get(path) => (0, u64::from(matches!(path.path(), paths::PROFILE | paths::PRODUCTS))),
        Step::SeeProduct(_) => (0, 1),
        Step::PlaceOrder { .. } => (0, PLACING_AN_ORDER),
        Step::StartCheckout { .. } | Step::GiveAddress | Step::GivePayment => (session, 0),
        Step::Confirm => (0, CONFIRMING_ONE_ITEM),
    };
    Work { store_calls: session + writes, sql_statements }
}

/// Begin, claim the key, take from stock, write the order, commit.
const PLACING_AN_ORDER: u64 = 5;
/// Begin, claim the draft, take from stock, write the order, commit.
const CONFIRMING_ONE_ITEM: u64 = 5;
