//! Password guessing: what does trying names and passwords tell?

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::attacks::case::{Group, rule};
use crate::attacks::cell::{Cell, refused};
use crate::attacks::judge::verdict;
use crate::attacks::target::Target;
use crate::attacks::together::together;
use wire::login::credentials;
use wire::response::Response;

/// Wrong passwords that one account takes.
const PER_ACCOUNT: usize = 5;
/// And one address, for whichever accounts.
const PER_ADDRESS: usize = 100;

const LIMIT: &str = "NIST SP 800-63B-4 3.2.2; OWASP ASVS 6.3.1";
const ENUMERATION: &str = "OWASP ASVS 6.3.8; CWE-204";
const SPOOFING: &str = "RFC 7239 8.1; OWASP ASVS 15.3.4";

pub(super) fn group() -> Group {
    let (limit, tells) = (rule(LIMIT, refused(429)), |cell| rule(ENUMERATION, cell));
    let cases = [
        tells(refused(401)).case("a wrong password, a name that nobody has", wrong),
        limit.case("the sixth wrong password for one account", sixth),
        limit.case("then the right one, on every replica", right),
        rule(SPOOFING, refused(429))
            .case("then with `X-Forwarded-For`, `Forwarded`, `X-Real-IP`, from another address", spoofed),
        rule(LIMIT, Cell::Held)
            .case("fifty wrong passwords for one account at once: no more than five are looked at", at_once),
        rule("OWASP ASVS 6.3.1", Cell::Accepted).case("the victim's login from before, meanwhile", victim),
        limit.case("one wrong password for each of a hundred accounts, and one more", spread),
        tells(Cell::Refused(vec![401, 422])).case("the name in another case or form: never another's login", names),
    ];
    Group::new("guessing", "What does trying names and passwords tell?", cases)
}

/// Both answers are the same but for the request's own id.
async fn wrong(target: &Target) -> Result<Cell> {
    let own = target.elsewhere();
    let known = target.send_from(own, &credentials(&target.stranger(), "wrong")).await?;
    let unknown = target.send_from(own, &credentials("nobody-of-this-name", "wrong")).await?;
    let told = |answer: &Response| {
        let names: BTreeSet<_> = answer.headers.iter().map(|(name, _)| name.to_owned()).collect(); // Their order is any.
        (names, answer.body.len(), answer.text().replace(answer.header("x-request-id"), ""))
    };
    ensure!(told(&known) == told(&unknown), "{:?} or {:?}", told(&known), told(&unknown));
    verdict(&[known, unknown])
}

/// Uses up what an account takes; each of these must be a plain 401.
async fn used_up(target: &Target, username: &str) -> Result<()> {
    let own = target.elsewhere();
    for _ in 0..PER_ACCOUNT {
        let answer = target.send_from(own, &credentials(username, "wrong")).await?;
        ensure!(answer.status == 401, "refused too early: {}", answer.status);
    }
    Ok(())
}

/// Of an account that there is, and of one that there is not.
async fn sixth(target: &Target) -> Result<Cell> {
    let mut answers = Vec::new();
    for username in [target.stranger(), "nobody-has-this-name".into()] {
        used_up(target, &username).await?;
        answers.push(target.send_from(target.elsewhere(), &credentials(&username, "wrong")).await?);
    }
    ensure!(answers[0].body.len() == answers[1].body.len(), "the limit tells who exists");
    verdict(&answers)
}

async fn right(target: &Target) -> Result<Cell> {
    let username = target.stranger();
    used_up(target, &username).await?;
    verdict(&target.send_everywhere(&credentials(&username, "visitor")).await?)
}

async fn spoofed(target: &Target) -> Result<Cell> {
    let username = target.stranger();
    used_up(target, &username).await?;
    let fields = [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "127.0.0.1, 203.0.113.9"),
        ("Forwarded", "for=203.0.113.9"),
        ("X-Real-IP", "203.0.113.9"),
        ("X-Client-IP", "203.0.113.9"),
        ("CF-Connecting-IP", "203.0.113.9"),
        ("True-Client-IP", "203.0.113.9"),
    ];
    let own = target.elsewhere();
    let mut answers = vec![target.send_from(own, &credentials(&username, "visitor")).await?];
    for (name, value) in fields {
        answers.push(target.send_from(own, &credentials(&username, "visitor").with(name, value)).await?);
    }
    verdict(&answers)
}

/// Told 401 is who was looked at: each replica may be one guess late.
async fn at_once(target: &Target) -> Result<Cell> {
    let (username, own) = (target.stranger(), target.elsewhere());
    let guess = credentials(&username, "wrong");
    let guesses: Vec<_> = (0..50).map(|_| target.send_from(own, &guess)).collect();
    let answers = together(guesses).await.into_iter().collect::<Result<Vec<_>>>()?;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    let others = answers.iter().filter(|answer| ![401, 429, 503].contains(&answer.status)).count();
    let overloaded = answers.iter().any(|answer| answer.status == 503);
    ensure!(looked_at == PER_ACCOUNT || (overloaded && looked_at < PER_ACCOUNT), "{looked_at} were looked at");
    ensure!(others == 0, "{others} got another answer");
    Ok(Cell::Held)
}

async fn victim(target: &Target) -> Result<Cell> {
    let victim = target.newcomer().await?;
    used_up(target, &victim.username).await?;
    target.send_from(target.elsewhere(), &credentials(&victim.username, "wrong")).await?;
    let mut answers = target.send_everywhere(&victim.whoami()).await?;
    answers.push(target.send(&victim.refresh()).await?);
    verdict(&answers)
}

/// With another address in a field each time: from one address all the same.
async fn spread(target: &Target) -> Result<Cell> {
    let own = target.elsewhere();
    for at in 0..PER_ADDRESS {
        let guess = credentials(&target.stranger(), "wrong").with("X-Forwarded-For", format!("203.0.113.{at}"));
        let answer = target.send_from(own, &guess).await?;
        ensure!(answer.status == 401, "refused too early, after {at}: {}", answer.status);
    }
    verdict(&[target.send_from(own, &credentials(&target.stranger(), "visitor")).await?])
}

async fn names(target: &Target) -> Result<Cell> {
    let own = target.elsewhere();
    let mut answers = Vec::new();
    for name in ["John", "JOHN", "jane%00", "john' OR '1'='1", "*", "john\u{0}", "ｊohn"] {
        answers.push(target.send_from(own, &credentials(name, "secret")).await?);
    }
    verdict(&answers)
}
