//! The load generator: how is load made, and how is it measured?
//!
//! From the inside out: a [`pace`] says when, a [`scenario`] says what, [`users`] bring what they were given, a
//! [`connection_slot`] asks over its [`connection`]s, the event loop keeps the slots of one [`worker`] busy, a [`receiver`]
//! dates what comes, a [`generator`] runs many workers, and [`measured`] keeps the books. The [`reference_server`] is what
//! all of it is checked on.

pub mod connection;
pub mod connection_slot;
mod drive;
mod event_loop;
pub mod expected_work;
pub mod failure;
pub mod generator;
pub mod measured;
pub mod pace;
mod poll;
pub mod popularity;
pub mod receiver;
pub mod reference_server;
pub mod request;
pub mod scenario;
pub mod timer;
pub mod users;
pub mod worker;
