//! What is left when Redis is gone, and what when it is back?

use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Method;

use super::answer::Answer;
use super::client::{Client, Person, Visitor, at_once};
use super::expect::{holds, mismatch};
use super::promises::{Emptied, Gone};
use crate::api::paths;
use crate::api::problem::Code;
use crate::rig::redis::Redis;

/// For a 503.
const REFUSED_WITHIN: Duration = Duration::from_millis(500);
/// For all to be well again.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// Between two looks at whether it is.
const LOOK: Duration = Duration::from_millis(20);
/// Rounds of requests during an outage: the first ones find connections that still look well, the later ones do not.
const ROUNDS: usize = 6;

/// Kills Redis, and brings it back; freezes it, and thaws it.
pub(super) async fn gone(client: &Client, redis: &mut Redis, promised: Gone) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    redis.kill();
    let while_killed = during(client, &visitor, promised).await;
    redis.restart().await?; // Before anything is judged: what comes next needs it.
    while_killed?;
    let emptied = "GET /api/whoami once Redis is back";
    is_well(emptied, &visitor, |answer| promised == Gone::Unavailable && answer.status == 401 || answer.status == 200).await?;

    let visitor = client.log_in(Person::Visitor(1)).await?;
    redis.freeze()?;
    let while_frozen = during(client, &visitor, promised).await;
    redis.thaw()?;
    while_frozen?;
    is_well("GET /api/whoami once Redis is thawed", &visitor, |answer| answer.status == 200).await
}

/// Restarts Redis with nothing in it.
pub(super) async fn emptied(client: &Client, redis: &mut Redis, promised: Emptied) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    redis.restart().await?;
    let asked = "GET /api/whoami once Redis is back, empty";
    match promised {
        Emptied::NothingHappens => is_well(asked, &visitor, |answer| answer.status == 200).await?,
        Emptied::EverybodyIsLoggedOut => is_well(asked, &visitor, |answer| answer.status == 401).await?,
    }
    client.log_in(Person::Visitor(1)).await.map(drop)
}

/// While Redis is away: ten at once, several times, and what needs no Redis.
async fn during(client: &Client, visitor: &Visitor, promised: Gone) -> Result<()> {
    for _ in 0..ROUNDS {
        let questions = (0..10).map(|_| visitor.copy().ask(Method::GET, paths::WHOAMI)).collect();
        for answer in at_once(questions).await? {
            keeps(&answer, promised)?;
        }
    }
    client.nobody().get(paths::LIVE).await?.has_status(200)?;
    client.nobody().get(paths::PRODUCTS).await?.has_status(200)?;
    let ready = client.nobody().get(paths::READY).await?;
    match promised {
        Gone::KeepsWorking => ready.has_status(200).map(drop),
        Gone::Unavailable => ready.refused(Code::NotReady).map(drop),
    }
}

fn keeps(answer: &Answer, promised: Gone) -> Result<()> {
    match promised {
        Gone::KeepsWorking => answer.has_status(200).map(drop),
        Gone::Unavailable => {
            answer.refused(Code::StoreUnavailable)?;
            holds(&answer.to, "503 within half a second", answer.took, answer.took <= REFUSED_WITHIN)
        }
    }
}

/// Asks until the answer is the wanted one, while there is time.
async fn is_well(asked: &str, visitor: &Visitor, is_wanted: impl Fn(&Answer) -> bool) -> Result<()> {
    let begun = Instant::now();
    loop {
        let answer = visitor.copy().get(paths::WHOAMI).await?;
        if is_wanted(&answer) {
            return holds(asked, "all well within two seconds", begun.elapsed(), begun.elapsed() <= BACK_WITHIN);
        }
        if begun.elapsed() > BACK_WITHIN {
            return Err(mismatch(asked, "all well within two seconds", format!("{} {}", answer.status, answer.body)));
        }
        tokio::time::sleep(LOOK).await;
    }
}
