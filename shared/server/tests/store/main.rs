//! Does the store keep its promises on SQLite and on Postgres, whoever comes at the same time?

mod fleet;

mod accounts;
mod checkouts;
mod families;
mod guesses;
mod opening;
mod orders;
mod sessions;
mod stuck;
