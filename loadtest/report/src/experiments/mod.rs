//! Experiments: what does each find out, and how is it told?

pub mod any_server;
pub mod auth_cost;
pub mod caching;
pub mod credential_cost;
pub mod crossover;
pub mod faults;
pub mod kill_one;
pub mod lose_redis;
pub mod memory;
pub mod request_size;
pub mod revocation;
pub mod rolling_deploy;
pub mod rotate_key;
pub mod rulings;
pub mod scale_out;
pub mod simplicity;
pub mod sizing;
pub mod stolen_credential;
pub mod two_tabs;
