//! How much work behind the server was promised for a request?
//!
//! Counted there, it must come to the same: a cache that nobody knows of, or a query too many, would be measured as if
//! it were the architecture.

use std::ops::AddAssign;

use shared::api::meta::CredentialKind;
use shared::api::paths;

use super::scenario::Step;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    pub store_calls: u64,
    /// Of them.
    pub store_writes: u64,
    pub sql_statements: u64,
}

impl AddAssign for Work {
    fn add_assign(&mut self, more: Work) {
        self.store_calls += more.store_calls;
        self.store_writes += more.store_writes;
        self.sql_statements += more.sql_statements;
    }
}

/// For one good answer to this step. Who brings a cookie is looked up once wherever it matters who is asking, and each
/// step of a checkout is written down; who brings a token, or nothing, is never looked up.
pub fn promised(step: &Step, brings: Option<CredentialKind>) -> Work {
    let session = u64::from(brings == Some(CredentialKind::Cookie));
    let (store_reads, store_writes, sql_statements) = match step {
        Step::Get(path) if path.path() == paths::PRODUCTS => (0, 0, 1),
        Step::Get(path) if path.path() == paths::PROFILE => (session, 0, 1),
        Step::Get(_) => (session, 0, 0),
        Step::SeeProduct(_) => (0, 0, 1),
        Step::PlaceOrder { .. } => (session, 0, PLACING_AN_ORDER),
        Step::StartCheckout { .. } | Step::GiveAddress | Step::GivePayment => (session, session, 0),
        Step::Confirm => (session, 0, CONFIRMING_ONE_ITEM),
    };
    Work { store_calls: store_reads + store_writes, store_writes, sql_statements }
}

/// Begin, write the order, take from stock, commit.
const PLACING_AN_ORDER: u64 = 4;
/// Begin, claim the draft, write the order, take from stock, commit.
const CONFIRMING_ONE_ITEM: u64 = 5;
