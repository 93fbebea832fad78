//! Can somebody choose the session that another will use?
//!
//! Cookies have no author: whoever can set one for the host, or for its parent domain, can set any.

use anyhow::{Context, Result, ensure};

use super::{Case, Company, Group};
use crate::api::paths;
use crate::security::ask::Ask;
use crate::security::cell::{Cell, cookies, kinds, refused};
use crate::security::judge::{self, verdict};
use crate::security::target::{Login, Target, credentials};

const FIXATION: &str = "OWASP ASVS 7.2.4; CWE-384";
const ORDER: &str = "RFC 6265 4.2.2, 5.4";

pub(super) fn group() -> Group {
    let cases = vec![
        Case::new("plant a made-up cookie before the login; use it after", FIXATION, cookies(refused(401)), |target| {
            Box::pin(planted(target))
        }),
        Case::new(
            "plant a live session of one's own before the login; use it after",
            FIXATION,
            cookies(refused(401)),
            |target| Box::pin(logged_in_over(target, Planted::Own)),
        ),
        Case::new("log in over one's own session; use the old one", FIXATION, cookies(refused(401)), |target| {
            Box::pin(logged_in_over(target, Planted::Same))
        }),
        Case::new(
            "log in with a made-up token in the request",
            FIXATION,
            kinds(Cell::Ignored, Cell::Ignored),
            |target| Box::pin(with_rubbish(target)),
        ),
        Case::new("two cookies of the name, the good one first", ORDER, cookies(Cell::Accepted), |target| {
            Box::pin(tossed(target, |good| format!("{good}; {}", worthless(good))))
        }),
        Case::new("two cookies of the name, the good one last", ORDER, cookies(refused(401)), |target| {
            Box::pin(tossed(target, |good| format!("{}; {good}", worthless(good))))
        }),
        Case::new(
            "two cookie fields, the good one last",
            "RFC 6265 5.4; RFC 9113 8.2.3",
            cookies(refused(401)),
            |target| Box::pin(two_fields(target)),
        ),
        Case::new("another's live session tossed before one's own", ORDER, cookies(Cell::Accepted), |target| {
            Box::pin(tossed_before(target))
        }),
        Case::new(
            "`$Version`, `$Path`, `Path`, `Domain` beside it",
            "RFC 6265 4.2.1; RFC 2965",
            cookies(Cell::Ignored),
            |target| {
                Box::pin(tossed(target, |good| {
                    format!("$Version=1; {good}; $Path=/; $Domain=x; Path=/x; Domain=x; Secure")
                }))
            },
        ),
        Case::new("in double quotes", "RFC 6265 4.1.1", cookies(Cell::Ignored), |target| {
            Box::pin(tossed(target, |good| good.replacen('=', "=\"", 1) + "\""))
        }),
        Case::new("five hundred other cookies before it", "RFC 6265 6.1", cookies(Cell::Ignored), |target| {
            Box::pin(tossed(target, |good| format!("{}{good}", "a=b; ".repeat(500))))
        }),
        Case::new("five thousand other cookies before it", "RFC 6585 5", cookies(refused(431)), |target| {
            Box::pin(tossed(target, |good| format!("{}{good}", "a=b; ".repeat(5000))))
        }),
    ];
    Group { question: "Can somebody choose the session that another will use?", company: Company::Welcome, cases }
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
    let name = name_of(&target.newcomer().await?)?;
    let planted = format!("{name}=planted");
    let victim = target.ask(&credentials(&target.stranger(), "visitor").with("Cookie", &*planted)).await?;
    ensure!(Login::of(&victim)?.cookie.as_ref() != Some(&planted), "the login took the cookie that was planted");
    judge::of(&target.ask(&Ask::get(paths::WHOAMI).with("Cookie", planted)).await?)
}

async fn logged_in_over(target: &Target, planted: Planted) -> Result<Cell> {
    let before = target.newcomer().await?;
    let victim = if planted == Planted::Own { target.stranger() } else { before.username.clone() };
    let login = Login::of(&target.ask(&credentials(&victim, "visitor").by(&before)).await?)?;
    ensure!(login.secret() != before.secret(), "the login kept the session that was there");
    ensure!(target.ask(&login.whoami()).await?.status == 200, "the login is worth nothing");
    verdict(&target.ask_everywhere(&before.whoami()).await?)
}

async fn with_rubbish(target: &Target) -> Result<Cell> {
    let rubbish =
        credentials(&target.stranger(), "visitor").with("Authorization", "Bearer x").with("Cookie", "sessionId=x");
    let answer = target.ask(&rubbish).await?;
    ensure!(target.ask(&Login::of(&answer)?.whoami()).await?.status == 200, "the login is worth nothing");
    judge::of(&answer)
}

async fn tossed(target: &Target, line: fn(&str) -> String) -> Result<Cell> {
    let login = target.newcomer().await?;
    let cookie = login.cookie.as_deref().context("no cookie")?;
    as_oneself(&login, target, Ask::get(paths::WHOAMI).with("Cookie", line(cookie))).await
}

async fn two_fields(target: &Target) -> Result<Cell> {
    let login = target.newcomer().await?;
    let rubbish = worthless(login.cookie.as_deref().context("no cookie")?);
    as_oneself(&login, target, Ask::get(paths::WHOAMI).with("Cookie", rubbish).by(&login)).await
}

/// Whoever could set the first of two cookies decides whose session it is: the victim acts as somebody else, unknowing.
/// Only a name with the prefix `__Host-`, over https, keeps neighbours from setting it.
async fn tossed_before(target: &Target) -> Result<Cell> {
    let (attacker, victim) = (target.newcomer().await?, target.newcomer().await?);
    let line = format!("{}; {}", attacker.credential(), victim.credential());
    as_oneself(&attacker, target, Ask::get(paths::WHOAMI).with("Cookie", line)).await
}

async fn as_oneself(login: &Login, target: &Target, ask: Ask) -> Result<Cell> {
    let answer = target.ask(&ask).await?;
    if answer.status == 200 {
        let who = answer.json(200)?["id"].as_i64();
        ensure!(who == Some(login.id), "answered as {who:?} instead of {}", login.id);
    }
    judge::of(&answer)
}

fn name_of(login: &Login) -> Result<String> {
    let cookie = login.cookie.as_deref().context("no cookie")?;
    Ok(cookie.split('=').next().unwrap_or_default().to_owned())
}

/// A cookie of the same name with nothing behind it.
fn worthless(cookie: &str) -> String {
    format!("{}=worthless", cookie.split('=').next().unwrap_or_default())
}
