//! SQL store: does it keep its promises on SQLite and on Postgres, however many servers ask at once?

mod fleet;

mod accounts;
mod checkouts;
mod families;
mod login_limiter;
mod opening;
mod orders;
mod sessions;
mod stuck;
