//! Is Redis asked without anybody waiting, whatever kind of Redis it is?

mod callers;

mod cluster;
mod failover;
mod news;
mod outages;
mod words;
