//! Demo logins: how do a million users log in while nobody waits for a million password hashes?
//!
//! At each SIGUSR1 the next `--demo-logins` of the visitors log in: what `POST /login` does once it believes the password. So
//! a load test can ask what a login takes while it lasts.

use std::cell::RefCell;

use actix_web::http::header::USER_AGENT;
use actix_web::test::TestRequest;
use actix_web::web::Data;
use actix_web::{HttpRequest, rt};
use anyhow::Result;
use futures_util::future::join_all;
use tokio::signal::unix::{SignalKind, signal};

use crate::Application;
use crate::error::Refused;
use crate::settings::{Invalid, Settings};
use crate::store::demo::visitor;

/// Logins under way at once: enough to keep a store busy, too few to wait long for it.
const AT_ONCE: usize = 64;
/// As much as most browsers say of themselves: it is kept with the login.
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// From now on, if `--demo-logins` says so. How many there were says the counter `demo_logins`.
///
/// # Errors
/// There is nobody to log in, or the signal cannot be had.
pub fn log_in_at_signal(application: &Data<Application>, settings: &Settings) -> Result<()> {
    let Some(logins) = settings.demo_logins() else { return Ok(()) };
    let visitors = settings.demo_visitors().filter(|visitors| *visitors > 0);
    let visitors = visitors.ok_or_else(|| Invalid("--demo-logins needs --demo-visitors to log in".into()))?;
    let (application, mut signals) = (application.clone(), signal(SignalKind::user_defined1())?);
    rt::spawn(async move {
        let mut numbers = (1..=visitors).cycle();
        while signals.recv().await.is_some() {
            let next: Vec<u32> = numbers.by_ref().take(logins as usize).collect();
            if let Err(refused) = log_in(&application, next).await {
                tracing::warn!("the demo logins stopped half-way: {refused}");
            }
        }
    });
    Ok(())
}

async fn log_in(application: &Application, numbers: Vec<u32>) -> Result<(), Refused> {
    let numbers = RefCell::new(numbers.into_iter());
    let one_by_one = async || {
        loop {
            let Some(number) = numbers.borrow_mut().next() else { return Ok(()) };
            application.credentials.issue(&request(), visitor(number)).await?;
            application.telemetry.count_demo_login();
        }
    };
    join_all((0..AT_ONCE).map(|_| one_by_one())).await.into_iter().collect()
}

/// One that came over no wire, and through none of the middleware: what a login keeps, `issue` keeps itself.
fn request() -> HttpRequest {
    TestRequest::default().insert_header((USER_AGENT, BROWSER)).to_http_request()
}
