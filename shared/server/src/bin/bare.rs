//! The barest server: what does an answer cost when nothing surrounds it?
//!
//! The control of the control: one handler, no middleware, the body of `GET /api/anonymous`.

use std::io::Write;
use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, web};
use clap::Parser;
use server as _; // For its allocator: no comparison is about that.
use shared::api::account::{Role, User, Whoami};
use shared::api::paths;

#[derive(Parser)]
struct Options {
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

async fn anonymous() -> HttpResponse {
    let user = User { id: 1000, username: "anonymous".into(), roles: vec![Role::User] };
    HttpResponse::Ok().json(Whoami { user, expires_at: jiff::Timestamp::UNIX_EPOCH.to_string() })
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let listener = TcpListener::bind(&options.listen)?;
    println!("listening on http://{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    let app = || App::new().route(paths::ANONYMOUS, web::get().to(anonymous));
    HttpServer::new(app).workers(options.workers).listen(listener)?.run().await
}
