//! Credential carriers: is a credential taken from where it does not belong?

use anyhow::Result;
use serde_json::json;

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, Expected, cookies, refused, tokens};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::login::Login;
use wire::request::Request;

/// Requests of somebody who is logged in; the second login is for whoever needs two.
type Asked = fn(&Login, &Login) -> Vec<Request>;

const BEARER: &str = "RFC 6750 2.1";

pub(super) fn group() -> Group {
    let no = || refused(401);
    let everywhere = Expected::from;
    let asked = |source, expected: Expected| rule(source, expected).by(tried);
    let cases = [
        asked("RFC 9110 11.6.1", everywhere(no())).case("no credential", |_, _| vec![Request::get(paths::WHOAMI)]),
        asked(BEARER, everywhere(Cell::Accepted))
            .case("the credential as it should be", |login, _| vec![login.whoami()]),
        asked("RFC 9110 11.1", tokens(Cell::Accepted)).case("scheme in another case", |login, _| {
            ["bearer", "BEARER", "bEaReR"].map(|scheme| authorized(format!("{scheme} {}", login.secret()))).into()
        }),
        asked(BEARER, tokens(no())).case("other schemes: Basic, Digest, Token, JWT, DPoP, none", |login, _| {
            let schemes = ["Basic", "Digest", "Token", "JWT", "DPoP", "BearerX"];
            let spoken = schemes.map(|scheme| authorized(format!("{scheme} {}", login.secret())));
            spoken.into_iter().chain([authorized(login.secret()), authorized("Basic am9objpzZWNyZXQ=")]).collect()
        }),
        asked(BEARER, everywhere(no())).case("scheme without a token, or nothing at all", |_, _| {
            ["Bearer", "Bearer ", "Bearer  ", "", " "].map(authorized).into()
        }),
        asked("RFC 6750 2.1; RFC 9110 11.4", tokens(no())).case(
            "two tokens in one field, a comma, a parameter",
            |login, other| {
                let (token, other) = (login.secret(), other.secret());
                vec![
                    authorized(format!("Bearer {token} {other}")),
                    authorized(format!("Bearer {token}, Bearer {other}")),
                    authorized(format!("Bearer {token},realm=\"api\"")),
                    authorized(format!("Bearer \"{token}\"")),
                    authorized(format!("Bearer token={token}")),
                ]
            },
        ),
        asked("RFC 9110 5.3; OWASP ASVS 15.3.7", tokens(no())).case(
            "two `Authorization` fields, in either order",
            |login, other| {
                let (own, others) = (login.credential(), other.credential());
                let pairs = [(own.clone(), others), (own.clone(), "Bearer x".into()), ("Bearer x".into(), own.clone())];
                pairs.map(|(first, second)| authorized(first).with("Authorization", second)).into()
            },
        ),
        asked("RFC 6750 2.3; OWASP ASVS 14.2.1", everywhere(no())).case("token in the query", |login, _| {
            let names = ["access_token", "token", "bearer", "sessionId", "authorization"];
            names.map(|name| Request::get(&format!("{}?{name}={}", paths::WHOAMI, login.secret()))).into()
        }),
        asked("RFC 6750 2.2", everywhere(no())).case("token in a form or in JSON", |login, _| {
            let form = format!("access_token={}", login.secret());
            let body = json!({ "access_token": login.secret(), "accessToken": login.secret(), "items": [] });
            let form = Request::post(paths::ORDERS).body("application/x-www-form-urlencoded", form);
            vec![form, Request::post(paths::ORDERS).json(&body)]
        }),
        asked("RFC 6750 2", everywhere(no())).case(
            "in other fields: `X-Authorization`, `X-Access-Token`, `Proxy-Authorization`",
            |login, _| {
                let names = [
                    "X-Authorization",
                    "X-Access-Token",
                    "X-Auth-Token",
                    "Proxy-Authorization",
                    "Authentication",
                    "X-User-Id",
                ];
                names.map(|name| Request::get(paths::WHOAMI).with(name, login.credential())).into()
            },
        ),
        asked("OWASP ASVS 7.2.1", everywhere(no())).case("a token as a cookie, a cookie as a token", |login, _| {
            let names = ["sessionId", "__Host-sessionId", "token", "access_token"];
            let baked =
                names.map(|name| Request::get(paths::WHOAMI).with("Cookie", format!("{name}={}", login.secret())));
            let spoken = authorized(format!("Bearer {}", login.secret()));
            if login.access.is_some() { baked.into() } else { vec![spoken] }
        }),
        asked("OWASP ASVS 7.2.1", everywhere(Cell::Ignored)).case(
            "beside the right one, rubbish of the other kind",
            |login, _| {
                let (name, value) =
                    if login.access.is_some() { ("Cookie", "sessionId=x") } else { ("Authorization", "Bearer x.y.z") };
                vec![login.whoami().with(name, value), Request::get(paths::WHOAMI).with(name, value).by(login)]
            },
        ),
        asked("RFC 6749 1.5; RFC 9068 4", tokens(no())).case("refresh token as an access token", |login, _| {
            vec![login.forged(login.refresh.as_deref().unwrap_or_default()).whoami()]
        }),
        asked("RFC 6749 6", tokens(Cell::Refused(vec![422]))).case("access token as a refresh token", |login, _| {
            vec![Login { refresh: login.access.clone(), ..login.clone() }.refresh()]
        }),
        asked("RFC 6749 10.10", tokens(no())).case(
            "refresh token of rubbish: 1 letter, 256, a path, SQL",
            |login, _| {
                let rubbish = ["x", &"x".repeat(256), "../../x", "' OR 1=1 --", ".", "a.b", "\u{1F511}.\u{1F511}"];
                rubbish.map(|token| Login { refresh: Some(token.into()), ..login.clone() }.refresh()).into()
            },
        ),
        asked("RFC 6585 5; OWASP ASVS 15.2.2", everywhere(no()))
            .case("8 KiB of a credential", |login, _| vec![login.forged(&"A".repeat(8 * 1024)).whoami()]),
        asked("RFC 6585 5", everywhere(refused(431)))
            .case("17 KiB of a credential", |login, _| vec![login.forged(&"A".repeat(17 * 1024)).whoami()]),
        asked("RFC 9110 5.5", everywhere(no())).case("bytes that are no text", |login, _| {
            vec![login.forged("\u{e9}\u{1F511}").whoami(), login.forged("\u{80}").whoami()]
        }),
        asked("OWASP API1:2023", everywhere(Cell::Ignored)).case(
            "another's id in the query, the body or a field",
            |login, _| {
                let whoami = login.whoami();
                vec![
                    whoami.clone().with("X-User-Id", "123"),
                    whoami.with("X-Roles", "admin"),
                    Request::get("/api/whoami?id=123&userId=123").by(login),
                ]
            },
        ),
        asked("OWASP API1:2023, API5:2023", everywhere(refused(403))).case(
            "somebody else's profile, orders and roles",
            |login, _| {
                let order = json!({ "productId": 1, "quantity": 1, "userId": 123 });
                vec![Request::get("/api/users/123").by(login), Request::post(paths::ORDERS).by(login).json(&order)]
            },
        ),
        asked("RFC 6265 5.4", cookies(no())).case("empty cookie, cookie without a value, only `;`", |_, _| {
            ["", "sessionId", "sessionId=", ";", "=x", "sessionId=;sessionId="]
                .map(|line| Request::get(paths::WHOAMI).with("Cookie", line))
                .into()
        }),
    ];
    Group::new("carriers", "Is a credential taken from where it does not belong?", cases)
}

async fn tried(target: &Target, asked: Asked) -> Result<Cell> {
    let (login, other) = (target.newcomer().await?, target.newcomer().await?);
    let answers = target.send_all(&asked(&login, &other)).await?;
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        let who = answer.json(200)?["id"].as_i64();
        anyhow::ensure!(who == Some(login.id), "answered as {who:?}: {}", answer.text());
    }
    verdict(&answers)
}

fn authorized(value: impl Into<String>) -> Request {
    Request::get(paths::WHOAMI).with("Authorization", value)
}
