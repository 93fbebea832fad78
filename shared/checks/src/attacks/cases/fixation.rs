//! Session fixation: can an attacker choose the session that another will use?
//!
//! Cookies have no author: whoever can set one for the host, or for its parent domain, can set any.

use anyhow::{Context, Result, ensure};

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, cookies, refused};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use shared::api::paths;
use wire::login::{Login, credentials};
use wire::request::Request;

const FIXATION: &str = "OWASP ASVS 7.2.4; CWE-384";
const ORDER: &str = "RFC 6265 4.2.2, 5.4";
const PREFIX: &str = "RFC 6265bis 4.1.3.2, 8.6";

/// What `Cookie` says, around the good one.
type Lines = fn(&str) -> Vec<String>;

pub(super) fn group() -> Group {
    let dies = |source| rule(source, cookies(refused(401)));
    let line = |source, cell| rule(source, cookies(cell)).by(tossed);
    let over = dies(FIXATION).by(logged_in_over);
    let cases = [
        dies(FIXATION).case("plant a made-up cookie before the login; use it after", planted),
        over.case("plant a live session of one's own before the login; use it after", Planted::Own),
        over.case("log in over one's own session; use the old one", Planted::Same),
        rule(FIXATION, Cell::Ignored).case("log in with a made-up credential in the request", with_rubbish),
        dies("RFC 6265 5.4; RFC 9113 8.2.3").case("two cookie fields, the good one last", two_fields),
        dies(ORDER).case("another's live session beside one's own, first or last", beside_ones_own),
        rule(PREFIX, cookies(Cell::Accepted))
            .case("another's live session, set in a browser that has none", instead_of_none)
            .weak("Whoever can set a cookie in a browser that has none logs its user in as somebody else."),
        line(ORDER, refused(401)).case("two cookies of the name, a worthless one first or last", |good| {
            let worthless = worthless(good);
            vec![format!("{good}; {worthless}"), format!("{worthless}; {good}"), format!("{good}; {good}")]
        }),
        line("RFC 6265 4.2.1; RFC 2965", Cell::Ignored)
            .case("`$Version`, `$Path`, `Path`, `Domain` beside it", |good| {
                vec![format!("$Version=1; {good}; $Path=/; $Domain=x; Path=/x; Domain=x; Secure")]
            }),
        line("RFC 6265 4.1.1", refused(401)).case("in double quotes", |good| vec![good.replacen('=', "=\"", 1) + "\""]),
        line("RFC 6265 6.1", Cell::Ignored)
            .case("five hundred other cookies before it", |good| vec!["a=b; ".repeat(500) + good]),
        line("RFC 6585 5", refused(431))
            .case("five thousand other cookies before it", |good| vec!["a=b; ".repeat(5000) + good]),
    ];
    Group::new("fixation", "Can somebody choose the session that another will use?", cases)
}

/// Where a session that is planted comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Planted {
    /// Somebody else's, who waits for the victim to log in.
    Own,
    /// The victim's own, of an earlier login.
    Same,
}

async fn planted(target: &Target) -> Result<Cell> {
    let planted = worthless(target.newcomer().await?.cookie.as_deref().context("no cookie")?);
    let victim = target.send(&credentials(&target.stranger(), "visitor").with("Cookie", &*planted)).await?;
    ensure!(Login::of(&victim)?.cookie.as_ref() != Some(&planted), "the login took the cookie that was planted");
    verdict(&[target.send(&Request::get(paths::WHOAMI).with("Cookie", planted)).await?])
}

async fn logged_in_over(target: &Target, planted: Planted) -> Result<Cell> {
    let before = target.newcomer().await?;
    let victim = if planted == Planted::Own { target.stranger() } else { before.username.clone() };
    let login = Login::of(&target.send(&credentials(&victim, "visitor").by(&before)).await?)?;
    ensure!(login.secret() != before.secret(), "the login kept the session that was there");
    ensure!(target.send(&login.whoami()).await?.status == 200, "the login is worth nothing");
    verdict(&target.send_everywhere(&before.whoami()).await?)
}

async fn with_rubbish(target: &Target) -> Result<Cell> {
    let rubbish =
        credentials(&target.stranger(), "visitor").with("Authorization", "Bearer x").with("Cookie", "sessionId=x");
    let answer = target.send(&rubbish).await?;
    ensure!(target.send(&Login::of(&answer)?.whoami()).await?.status == 200, "the login is worth nothing");
    verdict(&[answer])
}

async fn tossed(target: &Target, lines: Lines) -> Result<Cell> {
    let login = target.newcomer().await?;
    let cookie = login.cookie.as_deref().context("no cookie")?;
    as_oneself(&login, target, lines(cookie).into_iter().map(|line| Request::get(paths::WHOAMI).with("Cookie", line)))
        .await
}

async fn two_fields(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    let rubbish = worthless(login.cookie.as_deref().context("no cookie")?);
    as_oneself(&login, target, [Request::get(paths::WHOAMI).with("Cookie", rubbish).by(&login)]).await
}

/// Else whoever could set a cookie for the parent domain would decide whose session it is. It costs the victim the session.
async fn beside_ones_own(target: &Target) -> Result<Cell> {
    let (attacker, victim) = (target.newcomer().await?, target.newcomer().await?);
    let lines = [[&attacker, &victim], [&victim, &attacker]].map(|pair| pair.map(Login::credential).join("; "));
    as_oneself(&victim, target, lines.map(|line| Request::get(paths::WHOAMI).with("Cookie", line))).await
}

/// The victim acts as somebody else, unknowing. Nothing in the request shows it: only the name `__Host-sessionId`, over
/// https, keeps neighbours from setting it.
async fn instead_of_none(target: &Target) -> Result<Cell> {
    let attacker = target.newcomer().await?;
    as_oneself(&attacker, target, [attacker.whoami()]).await
}

async fn as_oneself(login: &Login, target: &Target, requests: impl IntoIterator<Item = Request>) -> Result<Cell> {
    let answers = target.send_all(&requests.into_iter().collect::<Vec<_>>()).await?;
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        let who = answer.json(200)?["id"].as_i64();
        ensure!(who == Some(login.id), "answered as {who:?} instead of {}", login.id);
    }
    verdict(&answers)
}

/// A cookie of the same name with nothing behind it.
fn worthless(cookie: &str) -> String {
    format!("{}=worthless", cookie.split('=').next().unwrap_or_default())
}
