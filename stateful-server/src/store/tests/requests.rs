//! Session middleware: what does a browser see, with actix-session in between?

use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::{Cookie, Key};
use actix_web::test::{TestRequest, init_service, try_call_service, try_read_body_json};
use actix_web::web::{Data, Json, ServiceConfig, get};
use actix_web::{App, HttpResponse};

use super::*;
use crate::store::renew;

/// Who the session says it is, and for how many seconds more.
async fn show(session: Session, store: Data<SessionStore>) -> Json<(Option<String>, i64)> {
    let caller = store.caller(&session);
    let left = caller.as_ref().map_or(0, |caller| caller.expires_at.duration_since(Timestamp::now()).as_secs());
    Json((caller.map(|caller| caller.user.username), left))
}

async fn log_in(session: Session, store: Data<SessionStore>) -> HttpResponse {
    store.log_in(&session, jane(), None).await.unwrap();
    HttpResponse::Ok().finish()
}

async fn refresh(session: Session) -> HttpResponse {
    renew(&session);
    HttpResponse::Ok().finish()
}

async fn log_out(session: Session) -> HttpResponse {
    session.purge();
    HttpResponse::Ok().finish()
}

/// Is overtaken by a logout on another connection.
async fn change_too_late(session: Session, redis: Data<Redis>) -> HttpResponse {
    ask::<()>(&redis, &["FLUSHALL"]).await;
    session.insert("draft", "late").unwrap();
    HttpResponse::Ok().finish()
}

fn routes(app: &mut ServiceConfig) {
    app.route("/", get().to(show))
        .route("/login", get().to(log_in))
        .route("/refresh", get().to(refresh))
        .route("/logout", get().to(log_out))
        .route("/late", get().to(change_too_late));
}

#[tokio::test]
async fn every_step_of_a_visit_leaves_one_session_at_most() {
    let (redis, store) = open().await;
    let (redis, store, key) = (Data::new(redis), Data::new(store), Key::generate());
    let middleware = SessionMiddleware::new(store.get_ref().clone(), key);
    let app = App::new().app_data(redis.clone()).app_data(store).configure(routes).wrap(middleware);
    let app = init_service(app).await;
    let call = async |path: &str, cookie: &Cookie<'static>| {
        try_call_service(&app, TestRequest::get().uri(path).cookie(cookie.clone()).to_request()).await
    };
    let next = async |path: &str, cookie: &Cookie<'static>| {
        let response = call(path, cookie).await.unwrap();
        let cookie = response.response().cookies().next().unwrap().into_owned();
        (cookie, sessions(&redis).await.len())
    };
    let seen = async |cookie: &Cookie<'static>| {
        let shown = try_read_body_json(call("/", cookie).await.unwrap()).await;
        let (name, left): (Option<String>, i64) = shown.unwrap();
        assert!(name.is_none() || (1790..=1800).contains(&left), "{left}");
        name
    };

    let (stranger, alive) = next("/login", &Cookie::new("id", "forged")).await;
    assert_eq!((seen(&stranger).await.as_deref(), alive), (Some("jane"), 1));

    let (jane, alive) = next("/login", &stranger).await;
    assert_eq!((seen(&stranger).await, seen(&jane).await.as_deref(), alive), (None, Some("jane"), 1));

    let (renewed, alive) = next("/refresh", &jane).await;
    assert_eq!((seen(&jane).await, seen(&renewed).await.as_deref(), alive), (None, Some("jane"), 1));

    let (removal, alive) = next("/logout", &renewed).await;
    assert_eq!((seen(&renewed).await, removal.value(), alive), (None, "", 0));

    let (late, _) = next("/login", &renewed).await;
    let refused = call("/late", &late).await.unwrap_err();
    assert_eq!(refused.to_string(), UpdateError::Other(StoreError::Ended.into()).to_string());
    assert_eq!((seen(&late).await, sessions(&redis).await.len()), (None, 0));
}
