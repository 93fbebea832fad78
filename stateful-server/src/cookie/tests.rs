//! Session cookie, tested: what does a browser get, with everything in between that the server puts there?

use actix_session::SessionExt;
use actix_web::body::BoxBody;
use actix_web::cookie::Key;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse};
use server::backend::Credentials;
use server::error::Refused;
use shared::api::account::{Role, User};
use shared::api::problem::Code;

use super::*;
use crate::credentials::Sessions;
use crate::store::Limits;

const LIMITS: Limits =
    Limits { idle: std::time::Duration::from_secs(1800), absolute: std::time::Duration::from_secs(43200) };

fn encrypted_with(keys: &[&Key], secure: bool) -> SessionCookie {
    SessionCookie::encrypted_with(Keys::of(keys.iter().map(|key| (*key).clone())), secure)
}

/// What came of one request.
#[derive(Debug, PartialEq)]
struct Seen {
    answer: Result<(), Code>,
    /// `Set-Cookie`, name and value.
    cookie: Option<String>,
}

const FINE: Result<(), Code> = Ok(());
const REJECTED: Result<(), Code> = Err(Code::CredentialRejected);

async fn log_in(sessions: Data<Sessions>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    let jane = User { id: 456, username: "jane".into(), roles: vec![Role::User] };
    sessions.issue(&request, jane).await.map(|_| HttpResponse::Ok().finish())
}

async fn show(sessions: Data<Sessions>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    sessions.verify(&request).await.map(|_| HttpResponse::Ok().finish())
}

async fn change(sessions: Data<Sessions>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    sessions.verify(&request).await?;
    request.get_session().insert("draft", 1).map_err(Refused::internal)?;
    Ok(HttpResponse::Ok().finish())
}

async fn log_out(sessions: Data<Sessions>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    let removal = sessions.revoke(&request).await?;
    let mut response = HttpResponse::Ok();
    removal.map(|cookie| response.cookie(cookie));
    Ok(response.finish())
}

/// One request to a server with this cookie and this store; `lines` are its `Cookie` fields.
async fn ask(cookie: &SessionCookie, store: &SessionStore, path: &str, lines: &[&str]) -> Seen {
    ask_by(TestRequest::get(), cookie, store, path, lines).await
}

async fn ask_by(
    request: TestRequest,
    cookie: &SessionCookie,
    store: &SessionStore,
    path: &str,
    lines: &[&str],
) -> Seen {
    let sessions = Data::new(Sessions::new(cookie.clone(), store.clone()));
    let scope = web::scope("").wrap(cookie.middleware(store.clone())).wrap(cookie.reencrypting());
    let scope =
        scope.route("/", web::get().to(show)).route("/", web::put().to(show)).route("/login", web::get().to(log_in));
    let scope = scope.route("/change", web::get().to(change)).route("/logout", web::get().to(log_out));
    let app = init_service(App::new().app_data(sessions).service(scope)).await;
    let mut request = request.uri(path);
    for line in lines {
        request = request.append_header((header::COOKIE, *line));
    }
    seen(app.call(request.to_request()).await.unwrap())
}

fn seen(response: ServiceResponse<BoxBody>) -> Seen {
    let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).collect();
    assert!(cookies.len() <= 1, "{cookies:?}");
    let cookie = cookies.first().map(|line| line.to_str().unwrap());
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.is_none_or(|line| line.contains(attribute)), "{cookie:?}");
    }
    let answer = match response.status().is_success() {
        true => Ok(()),
        false => Err(response.response().error().unwrap().as_error::<Refused>().unwrap().code),
    };
    Seen { answer, cookie: cookie.map(|line| line.split(';').next().unwrap().to_owned()) }
}

fn nothing(answer: Result<(), Code>) -> Seen {
    Seen { answer, cookie: None }
}

#[actix_web::test]
async fn a_key_is_changed_under_a_client_in_use_and_the_old_one_retired() {
    let (old, new, store) = (Key::generate(), Key::generate(), SessionStore::in_memory(LIMITS));
    let before = encrypted_with(&[&old], false);
    let during = encrypted_with(&[&new, &old], false);
    let after = encrypted_with(&[&new], false);
    let had = ask(&before, &store, "/login", &[]).await.cookie.unwrap();
    assert_eq!(ask(&after, &store, "/", &[&had]).await, nothing(REJECTED), "the new key alone");

    let write = ask_by(TestRequest::put(), &during, &store, "/", &[&had]).await;
    assert_eq!(write, nothing(FINE), "its answer can be so late that the session has ended");
    let Seen { answer, cookie } = ask(&during, &store, "/", &[&had]).await;
    assert_eq!(answer, FINE);
    let reencrypted = cookie.unwrap();
    assert_eq!(ask(&during, &store, "/", &[&reencrypted]).await, nothing(FINE), "nothing to encrypt anew");
    assert_eq!(ask(&after, &store, "/", &[&reencrypted]).await, nothing(FINE));

    // What the session says of its cookie itself is not said twice, and names the new key, too.
    let own = ask(&during, &store, "/change", &[&had]).await.cookie.unwrap();
    assert_eq!(ask(&after, &store, "/", &[&own]).await, nothing(FINE));

    assert_eq!(ask(&during, &store, "/logout", &[&had]).await.cookie.unwrap(), "sessionId=");
    assert_eq!(ask(&during, &store, "/", &[&had]).await, nothing(REJECTED), "no new cookie for what has ended");
}

#[actix_web::test]
async fn of_two_cookies_neither_is_believed_and_a_login_sets_a_fresh_one() {
    let (keys, store) = ([Key::generate(), Key::generate()], SessionStore::in_memory(LIMITS));
    let cookie = encrypted_with(&[&keys[0], &keys[1]], false);
    let mine = ask(&cookie, &store, "/login", &[]).await.cookie.unwrap();
    let tossed = ask(&cookie, &store, "/login", &[]).await.cookie.unwrap();
    for lines in [
        &[format!("{tossed}; {mine}")][..],
        &[format!("{mine}; {tossed}")],
        &[format!("{mine}; sessionId=x")],
        &[format!("sessionId=; {mine}")],
        &[mine.clone(), tossed.clone()],
    ] {
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        assert_eq!(ask(&cookie, &store, "/", &lines).await, nothing(REJECTED), "{lines:?}");
        assert_eq!(ask(&cookie, &store, "/logout", &lines).await.cookie.unwrap(), "sessionId=");
        let fresh = ask(&cookie, &store, "/login", &lines).await;
        assert_eq!(ask(&cookie, &store, "/", &[&fresh.cookie.unwrap()]).await, nothing(FINE));
    }
    assert_eq!(ask(&cookie, &store, "/", &[&mine]).await, nothing(FINE), "unharmed");
}

#[actix_web::test]
async fn over_https_only_the_cookie_of_this_host_counts() {
    let (key, store) = (Key::generate(), SessionStore::in_memory(LIMITS));
    let cookie = encrypted_with(&[&key], true);
    let mine = ask(&cookie, &store, "/login", &[]).await.cookie.unwrap();
    let other = ask(&cookie, &store, "/login", &[]).await.cookie.unwrap();
    let value = other.strip_prefix("__Host-sessionId=").unwrap();
    let (plain, in_disguise) = (format!("sessionId={value}"), format!("%5F_Host-sessionId={value}"));
    for beside in [plain, in_disguise] {
        assert_eq!(ask(&cookie, &store, "/", &[&beside]).await, nothing(Err(Code::CredentialMissing)));
        assert_eq!(ask(&cookie, &store, "/", &[&format!("{beside}; {mine}")]).await, nothing(FINE));
    }
}

#[actix_web::test]
async fn what_is_no_cookie_of_ours_is_rejected_and_breaks_nothing() {
    let (keys, store) = ([Key::generate(), Key::generate()], SessionStore::in_memory(LIMITS));
    let cookie = encrypted_with(&[&keys[0], &keys[1]], false);
    let mine = ask(&cookie, &store, "/login", &[]).await.cookie.unwrap();
    let forged = ask(&encrypted_with(&[&Key::generate()], false), &store, "/login", &[]).await.cookie.unwrap();
    let long = format!("sessionId={}", "A".repeat(10_000));
    for line in
        [&forged, &long, &mine[..mine.len() - 4], "sessionId=", "sessionId=%", "sessionId=%ff%fe", "sessionId=a b"]
    {
        assert_eq!(ask(&cookie, &store, "/", &[line]).await, nothing(REJECTED), "{line:?}");
        assert_eq!(ask(&cookie, &store, "/logout", &[line]).await.cookie.unwrap(), "sessionId=", "{line:?}");
    }
    assert_eq!(ask(&cookie, &store, "/", &[]).await, nothing(Err(Code::CredentialMissing)));
    assert_eq!(ask(&cookie, &store, "/logout", &[]).await.cookie.unwrap(), "sessionId=");
    assert_eq!(ask(&cookie, &store, "/", &[&format!("a=\u{fffd}; {mine}; b")]).await, nothing(FINE));
}
