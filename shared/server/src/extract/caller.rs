//! Caller: how does a handler get to know who is calling?

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use crate::Application;
use crate::backend::Caller;
use crate::context::{Part, timed};
use crate::error::Refused;

impl FromRequest for Caller {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Caller, Refused>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let application =
                request.app_data::<Data<Application>>().expect("every App is built around an Application");
            timed(Part::Auth, application.credentials.verify(&request)).await
        })
    }
}

/// Characters of a `User-Agent` that are kept: enough to tell a phone from a laptop.
const USER_AGENT: usize = 200;

/// What the client calls itself, for the list of its user's logins.
pub fn user_agent(request: &HttpRequest) -> Option<String> {
    let name = request.headers().get(header::USER_AGENT)?.to_str().ok()?;
    Some(name.chars().take(USER_AGENT).collect())
}
