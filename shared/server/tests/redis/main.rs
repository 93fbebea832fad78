//! Redis client: does it never let a request wait, whatever kind of Redis it is?

mod callers;

mod cluster;
mod errors;
mod failover;
mod invalidation;
mod outages;
