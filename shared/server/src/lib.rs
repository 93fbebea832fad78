//! Application: what do both servers run?
//!
//! Everything but the answer to two questions: who is calling, and where does an unfinished checkout wait? Those two are
//! the fields [`Application::credentials`] and [`Application::drafts`]; a server that forgets one does not compile.

mod address;
pub mod backend;
pub mod context;
pub mod demo;
pub mod error;
pub mod extract;
pub mod health;
pub mod limits;
pub mod login_limiter;
pub mod openapi;
pub mod passwords;
pub mod redis;
mod responses;
pub mod router;
mod routes;
pub mod serve;
pub mod settings;
pub mod store;
pub mod telemetry;

use std::sync::Arc;

use backend::{Credentials, Drafts};
use health::Health;
use login_limiter::LoginLimiter;
use passwords::Passwords;
use shared::api::meta::Meta;
use store::Store;
use telemetry::Telemetry;

/// Both servers and the bare handler beside them have the same one, so that no comparison is about allocators.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One application, shared by all workers of a process.
pub struct Application {
    pub credentials: Arc<dyn Credentials>,
    pub drafts: Arc<dyn Drafts>,
    pub store: Store,
    pub passwords: Passwords,
    pub login_limiter: LoginLimiter,
    pub telemetry: Telemetry,
    pub health: Health,
    pub meta: Meta,
}
