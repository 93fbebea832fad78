//! Handlers: who answers which kind of request?

pub(super) mod account;
pub(super) mod checkout;
pub(super) mod credential;
pub(super) mod meta;
pub(super) mod orders;
pub(super) mod password;
pub(super) mod products;
mod reply;
pub(super) mod sessions;
