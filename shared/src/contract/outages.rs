//! What is left when Redis is gone, or a replica, and what when Redis is back?

use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Method;

use super::answer::Answer;
use super::client::Client;
use super::expect::{holds, mismatch, same};
use super::fates::{becomes, known_at, look};
use super::promises::{Emptied, Gone, Killed};
use super::question::at_once;
use super::steps;
use super::visitor::{Person, Visitor};
use crate::api::paths;
use crate::api::problem::Code;
use crate::rig::redis::Redis;
use crate::rig::replica::Replica;

/// For an answer while Redis is away, also a refusal.
const ANSWERED_WITHIN: Duration = Duration::from_millis(500);
/// For all to be well again.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// For which a process may answer by what it remembers, once it hears nothing more of Redis.
const LEASE: Duration = Duration::from_secs(1);
/// Rounds of requests during an outage: the first ones find connections that still look well, the later ones do not.
const ROUNDS: usize = 6;

/// Requests at once in each round: a replica has a connection to Redis for each of its workers.
const AT_ONCE: usize = 10;

/// How Redis goes: a broken connection is noticed, silence is not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Away {
    Killed,
    Frozen,
}

/// Somebody logged in, and a copy of what somebody had who logged out.
struct Two {
    visitor: Visitor,
    revoked: Visitor,
    known: Vec<usize>,
}

impl Two {
    async fn of(client: &Client) -> Result<Two> {
        let visitor = client.log_in_at(0, Person::Visitor(1)).await?;
        let leaving = client.log_in_at(0, Person::Visitor(1)).await?;
        let revoked = leaving.copy();
        leaving.log_out().await?.has_status(204)?;
        let known = known_at(client, &visitor).await?;
        Ok(Two { visitor, revoked, known })
    }
}

/// Kills Redis, and brings it back; freezes it, and thaws it.
pub(super) async fn gone(client: &Client, redis: &mut Redis, promised: Gone) -> Result<()> {
    let two = Two::of(client).await?;
    let before = look(&two.revoked, 0).await?.status;
    redis.kill();
    let while_killed = during(client, &two, before, promised, Away::Killed).await;
    redis.restart().await?; // Before anything is judged: whoever comes next needs it.
    // What it forgot is another promise: here it only has to be there again.
    let restarted = all_become(client, &two, "200 or 401", &[200, 401]).await;
    while_killed.and(restarted)?;

    let two = Two::of(client).await?;
    let before = look(&two.revoked, 0).await?.status;
    redis.freeze()?;
    let while_frozen = during(client, &two, before, promised, Away::Frozen).await;
    redis.thaw()?;
    let thawed = all_become(client, &two, "200", &[200]).await;
    while_frozen.and(thawed)
}

/// Restarts Redis with nothing in it.
pub(super) async fn emptied(client: &Client, redis: &mut Redis, promised: Emptied) -> Result<()> {
    let two = Two::of(client).await?;
    let before = look(&two.revoked, 0).await?.status;
    redis.restart().await?;
    let (logged_in, logged_out) = match promised {
        Emptied::NothingHappens => (200, before),
        Emptied::RevokedRevive => (200, 200),
        Emptied::EverybodyIsLoggedOut => (401, 401),
    };
    all_become(client, &two, &logged_in.to_string(), &[logged_in]).await?;
    let revoked = look(&two.revoked, 0).await?;
    same("GET /api/whoami by whoever was logged out", &logged_out, &revoked.status)?;
    let revives = promised == Emptied::RevokedRevive;
    holds(&revoked.to, "somebody who was logged out before", before, !revives || before == 401)?;
    client.log_in_at(0, Person::Visitor(1)).await.map(drop)
}

/// While Redis is away: ten at once, several times, and what needs no Redis.
async fn during(client: &Client, two: &Two, revoked_before: u16, promised: Gone, away: Away) -> Result<()> {
    if promised == Gone::UnavailableAfterALease {
        let lease = if away == Away::Frozen { LEASE + ANSWERED_WITHIN } else { ANSWERED_WITHIN };
        for replica in &two.known {
            becomes(&two.visitor, *replica, lease, "503", |answer| answer.status == 503).await?;
        }
    }
    for round in 0..ROUNDS {
        let at = two.known[round % two.known.len()];
        let questions = (0..AT_ONCE).map(|_| two.visitor.copy().ask_at(at, Method::GET, paths::WHOAMI)).collect();
        for answer in at_once(questions).await? {
            keeps(&answer, promised)?;
        }
    }
    let revoked = look(&two.revoked, 0).await?.status;
    let expected = match promised {
        Gone::KeepsWorking => (revoked_before, revoked_before),
        Gone::KeepsWorkingForTheRevoked => (401, 200),
        Gone::Unavailable | Gone::UnavailableAfterALease => (revoked_before, 503),
    };
    same("GET /api/whoami by whoever was logged out, before and now", &expected, &(revoked_before, revoked))?;
    needs_no_redis(client, promised).await
}

fn keeps(answer: &Answer, promised: Gone) -> Result<()> {
    match promised {
        Gone::KeepsWorking | Gone::KeepsWorkingForTheRevoked => drop(answer.has_status(200)?),
        Gone::Unavailable | Gone::UnavailableAfterALease => drop(answer.refused(Code::StoreUnavailable)?),
    }
    holds(&answer.to, "an answer within half a second", answer.took, answer.took <= ANSWERED_WITHIN)
}

async fn needs_no_redis(client: &Client, promised: Gone) -> Result<()> {
    client.nobody_at(0).get(paths::LIVE).await?.has_status(200)?;
    client.nobody_at(0).get(paths::PRODUCTS).await?.has_status(200)?;
    let ready = client.nobody_at(0).get(paths::READY).await?;
    match promised {
        Gone::KeepsWorking | Gone::KeepsWorkingForTheRevoked => ready.has_status(200).map(drop),
        Gone::Unavailable | Gone::UnavailableAfterALease => ready.refused(Code::NotReady).map(drop),
    }
}

/// Every replica that knew the visitor comes to one of these answers, on all its connections, and lets people in, while
/// there is time.
async fn all_become(client: &Client, two: &Two, expected: &str, statuses: &[u16]) -> Result<()> {
    let begun = Instant::now();
    loop {
        let asked = two.known.iter().flat_map(|replica| [*replica; AT_ONCE]);
        let questions = asked.map(|replica| two.visitor.copy().ask_at(replica, Method::GET, paths::WHOAMI));
        let answers = at_once(questions.collect()).await?;
        let waited = begun.elapsed();
        let Some(wrong) = answers.iter().find(|answer| !statuses.contains(&answer.status)) else { break };
        if waited > BACK_WITHIN {
            return Err(wrong.unexpected(format!("{expected} within {BACK_WITHIN:?} of Redis' return")));
        }
    }
    for replica in 0..client.replicas() {
        while client.nobody_at(replica).try_log_in(Person::Visitor(1)).await?.status != 200 {
            let waited = begun.elapsed();
            holds("POST /login", "200 once Redis is back", waited, waited <= BACK_WITHIN)?;
        }
    }
    Ok(())
}

/// Logs in and half-way through a checkout at one replica, kills that one, and goes on at the others.
pub(super) async fn killed(client: &Client, mut spare: Replica, promised: Killed) -> Result<()> {
    let visitor = client.also(spare.url()).log_in_at(0, Person::Visitor(1)).await?;
    steps::start(&visitor).await?;
    steps::address(&visitor, "Bath").await?.has_status(200)?;
    spare.kill();
    let gone = look(&visitor, 0).await;
    let asked = "GET /api/whoami at the replica that was killed";
    if let Ok(answer) = gone {
        return Err(mismatch(asked, "no answer", format!("{} {}", answer.status, answer.body)));
    }
    for replica in 1..=client.replicas() {
        let survivor = visitor.moved_to(replica);
        match promised {
            Killed::LogsItsOwnPeopleOut => drop(survivor.get(paths::WHOAMI).await?.refused(Code::CredentialRejected)?),
            Killed::LogsNobodyOut => {
                same("GET /api/whoami", "visitor-1", survivor.whoami().await?.username.as_str())?;
                steps::payment(&survivor).await?.has_status(200)?;
                steps::confirm(&survivor).await?.has_status(201)?;
            }
        }
    }
    Ok(())
}
