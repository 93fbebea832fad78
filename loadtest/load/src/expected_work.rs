//! Expected work: how much work behind the server was promised for a request?
//!
//! Counted there, it must come to the same: a cache that nobody knows of, or a query too many, would be measured as if
//! it were the architecture.

use std::ops::AddAssign;

use shared::api::paths;
use shared::modes::Mode;

use crate::scenario::Step;

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

/// What a server asks its store about somebody whom it knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lookups {
    /// Wherever it matters who is asking, and nothing is changed.
    pub reads: u64,
    /// And where something may be.
    pub reads_to_change: u64,
    /// For each step of a checkout, where that is written down.
    pub writes: u64,
}

impl Lookups {
    pub fn of(mode: Mode) -> Lookups {
        let entry = mode.entry();
        let reads = entry.promises.map_or(0, |promises| promises.store_calls);
        Lookups { reads, reads_to_change: entry.store_calls_to_change, writes: entry.store_writes }
    }
}

/// For one good answer to this step.
pub fn promised(step: &Step, lookups: Lookups) -> Work {
    let Lookups { reads, reads_to_change, writes } = lookups;
    let (store_reads, store_writes, sql_statements) = match step {
        Step::Get(path) if path.path() == paths::PRODUCTS => (0, 0, 1),
        Step::Get(path) if path.path() == paths::PROFILE => (reads, 0, 1),
        Step::Get(_) => (reads, 0, 0),
        Step::SeeProduct(_) => (0, 0, 1),
        Step::PlaceOrder { .. } => (reads_to_change, 0, PLACING_AN_ORDER),
        Step::StartCheckout { .. } | Step::GiveAddress | Step::GivePayment => (reads_to_change, writes, 0),
        Step::Confirm => (reads_to_change, 0, CONFIRMING_ONE_ITEM),
        // In no mix of an experiment, and nobody counts behind a server that `run` asks.
        Step::LogIn | Step::Refresh | Step::LogOut => (0, 0, 0),
    };
    Work { store_calls: store_reads + store_writes, store_writes, sql_statements }
}

/// Begin, write the order, take from stock, commit.
const PLACING_AN_ORDER: u64 = 4;
/// Begin, claim the draft, write the order, take from stock, commit.
const CONFIRMING_ONE_ITEM: u64 = 5;
