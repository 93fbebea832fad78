//! Fuzz target, session cookies: does any but the one that was given out authenticate a client?

#![no_main]
#![allow(dead_code, reason = "only what reads cookies is used of the server")]

#[path = "../../../stateful-server/src/cookie/mod.rs"]
mod cookie;
#[path = "../../../stateful-server/src/store/mod.rs"]
mod store;

use std::time::Duration;

use actix_session::SessionExt;
use actix_web::http::header::{COOKIE, HeaderValue, SET_COOKIE};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpRequest, HttpResponse, web};
use cookie::SessionCookie;
use libfuzzer_sys::fuzz_target;
use shared::api::account::User;
use store::{Limits, SessionStore};

fuzz_target!(|header: &[u8]| {
    RUNTIME.with(|runtime| runtime.block_on(try_header(header)));
});

thread_local! {
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
}

async fn try_header(header: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(header) else { return };
    let hour = Duration::from_secs(3600);
    let (sessions, cookie) = (SessionStore::in_memory(Limits { idle: hour, absolute: hour }), SessionCookie::generate(false));
    let app = App::new()
        .app_data(web::Data::new(sessions.clone()))
        .app_data(web::Data::new(cookie.clone()))
        .wrap(cookie.middleware(sessions))
        .wrap(cookie.reencrypting())
        .route("/login", web::get().to(log_in))
        .route("/", web::get().to(who));
    let app = init_service(app).await;
    let given = call_service(&app, TestRequest::with_uri("/login").to_request()).await;
    let given = given.headers().get(SET_COOKIE).expect("a login gives a cookie").clone();
    let pair = given.as_bytes().split(|sign| *sign == b';').next().expect("a first part").to_vec();

    let ask = async |value: HeaderValue| {
        call_service(&app, TestRequest::with_uri("/").insert_header((COOKIE, value)).to_request()).await.status()
    };
    assert_eq!(ask(value).await, 401, "somebody was known by {:?}", String::from_utf8_lossy(header));
    // Beside the real one: it is known, or, where two have its name, nobody is. Never anything worse.
    let beside = [&*pair, b"; ", header].concat();
    if let Ok(beside) = HeaderValue::from_bytes(&beside) {
        assert!([200, 401].contains(&ask(beside).await.as_u16()));
    }
    assert_eq!(ask(HeaderValue::from_bytes(&pair).expect("a cookie")).await, 200);
}

async fn log_in(request: HttpRequest, sessions: web::Data<SessionStore>) -> HttpResponse {
    let user = User { id: 123, username: "john".into(), roles: Vec::new() };
    let begun = sessions.log_in(&request.get_session(), user, None).await;
    if begun.is_ok() { HttpResponse::Ok().finish() } else { HttpResponse::InternalServerError().finish() }
}

async fn who(request: HttpRequest, sessions: web::Data<SessionStore>, cookie: web::Data<SessionCookie>) -> HttpResponse {
    let _ = cookie.decrypted(&request); // As a logout does it.
    match sessions.caller(&request.get_session()) {
        Some(_) => HttpResponse::Ok().finish(),
        None => HttpResponse::Unauthorized().finish(),
    }
}
