//! What is left when Redis is gone, and what when it is back?

use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Method;

use super::answer::Answer;
use super::client::Client;
use super::expect::{holds, mismatch, same};
use super::promises::{Emptied, Gone};
use super::question::at_once;
use super::steps;
use super::visitor::{Person, Visitor};
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
    redis.restart().await?; // Before anything is judged: whoever comes next needs it.
    let emptied = if promised == Gone::Unavailable { 401 } else { 200 };
    let restarted = becomes(client, "GET /api/whoami once Redis is back", &visitor, emptied).await;
    while_killed.and(restarted)?;

    let visitor = client.log_in(Person::Visitor(1)).await?;
    redis.freeze()?;
    let while_frozen = during(client, &visitor, promised).await;
    redis.thaw()?;
    let thawed = becomes(client, "GET /api/whoami once Redis is thawed", &visitor, 200).await;
    while_frozen.and(thawed)
}

/// Restarts Redis with nothing in it.
pub(super) async fn emptied(client: &Client, redis: &mut Redis, promised: Emptied) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(1)).await?;
    redis.restart().await?;
    let status = match promised {
        Emptied::NothingHappens => 200,
        Emptied::EverybodyIsLoggedOut => 401,
    };
    becomes(client, "GET /api/whoami once Redis is back, empty", &visitor, status).await?;
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

/// Asks each replica until it answers with this status, while there is time.
async fn becomes(client: &Client, asked: &str, visitor: &Visitor, status: u16) -> Result<()> {
    let begun = Instant::now();
    for replica in 0..client.replicas() {
        loop {
            let answer = visitor.copy().ask_at(replica, Method::GET, paths::WHOAMI).send().await?;
            let waited = begun.elapsed();
            if answer.status == status && waited <= BACK_WITHIN {
                break;
            }
            if waited > BACK_WITHIN {
                let seen = format!("{} {} after {waited:?}", answer.status, answer.body);
                return Err(mismatch(asked, format!("{status} within {BACK_WITHIN:?}"), seen));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(())
}

/// Logs in and half-way through a checkout at the first replica, kills that one, and buys at the others.
pub(super) async fn survived(client: &Client, kill: impl FnOnce()) -> Result<()> {
    let visitor = client.nobody_at(0);
    visitor.log_in(Person::Visitor(1)).await?;
    steps::start(&visitor).await?;
    steps::address(&visitor, "Bath").await?.has_status(200)?;
    kill();
    for replica in 1..client.replicas() {
        let survivor = visitor.moved_to(replica);
        same("GET /api/whoami", Person::Visitor(1).username().as_str(), survivor.whoami().await?.username.as_str())?;
        steps::payment(&survivor).await?.has_status(200)?;
        steps::confirm(&survivor).await?.has_status(201)?;
    }
    Ok(())
}
