//! Stateful server: what wraps the application, so that sessions are guarded, opened and loaded?

mod config;
mod cookie;
mod credentials;
mod csrf;
mod drafts;
mod store;

use std::process::ExitCode;
use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use anyhow::Result;
use server::backend::Credentials;
use server::health::Health;
use server::login_limiter::LoginLimiter;
use server::passwords::Passwords;
use server::store::Store;
use server::telemetry::{self, Telemetry};
use server::{Application, demo, limits, router, serve, settings};

use config::Config;
use credentials::Sessions;
use drafts::SessionDrafts;

#[actix_web::main]
async fn main() -> ExitCode {
    serve::exit(run().await)
}

async fn run() -> Result<()> {
    let config: Config = settings::parse("127.0.0.1:8082")?;
    telemetry::init_logging();
    let store = Store::open(&config.server.database_url).await?;
    if let Some(visitors) = config.server.demo_visitors() {
        store.add_demo_data(visitors).await?;
    }
    let (cookie, sessions, csrf) = (config.cookie()?, config.sessions(&store)?, config.csrf());
    let listener = serve::listener(&config.server)?;
    let meta = config.meta(&listener);

    let credentials = Sessions::new(cookie.clone(), sessions.clone());
    let application = Data::new(Application {
        telemetry: Telemetry::new(&meta.instance, credentials.challenge()),
        credentials: Arc::new(credentials),
        drafts: Arc::new(SessionDrafts),
        login_limiter: LoginLimiter::new(&store, &config.server.login_limits),
        store,
        passwords: Passwords::new(),
        health: Health::default(),
        meta,
    });
    let health = application.health.clone();
    demo::log_in_at_signal(&application, &config.server)?;

    let server = HttpServer::new(move || {
        let sessions = sessions.reconnected();
        App::new()
            .app_data(application.clone())
            .wrap(telemetry::around(&application.telemetry, &application.health))
            .configure(router::open)
            .service(
                web::scope("") // Of what wraps it, the last goes first.
                    .app_data(sessions.clone())
                    .wrap(cookie.middleware(sessions))
                    .wrap(cookie.reencrypting())
                    .wrap(csrf.guard())
                    .configure(router::known),
            )
    })
    .client_request_timeout(limits::HEAD)
    .disable_signals() // Else two of the three would cut requests; `until_signalled` drains on all.
    .shutdown_timeout(limits::DRAIN_SECONDS)
    .workers(config.server.workers)
    .listen(listener)?
    .run();
    serve::until_signalled(server, health, &config.server).await
}
