//! Outages: what is left when Redis is gone, or a replica, and what when Redis is back?

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::contract::client::Client;
use crate::contract::expect::{holds, mismatch, same};
use crate::contract::fates::{becomes, known_at, look};
use crate::contract::request::at_once;
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::{Person, Visitor};
use rig::redis::Redis;
use rig::replica::Replica;
use shared::api::paths;
use shared::api::problem::Code;
use shared::modes::promises::{Emptied, Gone, Killed};

/// For an answer while Redis is away, also a refusal.
const ANSWERED_WITHIN: Duration = Duration::from_millis(500);
/// For all to be well again.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// For which a process may answer by what it remembers, once it hears nothing more of Redis.
const LEASE: Duration = Duration::from_secs(1);
/// Rounds of requests during an outage: the first ones find connections that still look well, the later ones do not.
const ROUNDS: usize = 3;

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
    /// How that copy is answered while all is well.
    revoked_is: u16,
    /// The replicas that know the visitor.
    known: Vec<usize>,
}

impl Two {
    async fn of(client: &Client) -> Result<Two> {
        let visitor = client.log_in_at(0, Person::Visitor(1)).await?;
        let leaving = client.log_in_at(0, Person::Visitor(1)).await?;
        let revoked = leaving.copy();
        leaving.log_out().await?.has_status(204)?;
        let known = known_at(client, &visitor).await?;
        let revoked_is = look(&revoked, 0).await?.status;
        Ok(Two { visitor, revoked, revoked_is, known })
    }
}

/// Kills Redis, and brings it back; freezes it, and thaws it.
pub(super) async fn gone(client: &Client, redis: &mut Redis, promised: Gone) -> Result<()> {
    let two = Two::of(client).await?;
    redis.kill();
    let while_killed = during(client, &two, promised, Away::Killed).await;
    redis.restart().await?; // Before anything is judged: whoever comes next needs it.
    // What it forgot is another promise: here it only has to be there again.
    let restarted = is_well(client, &two, &[200, 401]).await;
    while_killed.and(restarted)?;

    let two = Two::of(client).await?;
    redis.freeze()?;
    let while_frozen = during(client, &two, promised, Away::Frozen).await;
    redis.thaw()?;
    let thawed = is_well(client, &two, &[200]).await;
    while_frozen.and(thawed)
}

/// Restarts Redis with nothing in it.
pub(super) async fn emptied(client: &Client, redis: &mut Redis, promised: Emptied) -> Result<()> {
    let two = Two::of(client).await?;
    redis.restart().await?;
    let before = two.revoked_is;
    let (logged_in, logged_out) = match promised {
        Emptied::NothingHappens => (200, before),
        Emptied::RevokedRevive => (200, 200),
        Emptied::EverybodyIsLoggedOut => (401, 401),
    };
    is_well(client, &two, &[logged_in]).await?;
    let revoked = look(&two.revoked, 0).await?;
    same("GET /api/whoami by whoever was logged out", &logged_out, &revoked.status)?;
    let revives = promised == Emptied::RevokedRevive;
    holds(&revoked.to, "somebody who was logged out before", before, !revives || before == 401)
}

/// While Redis is away: ten at once, several times, and what needs no Redis.
async fn during(client: &Client, two: &Two, promised: Gone, away: Away) -> Result<()> {
    if promised == Gone::UnavailableAfterALease {
        let lease = if away == Away::Frozen { LEASE + ANSWERED_WITHIN } else { ANSWERED_WITHIN };
        for replica in &two.known {
            becomes(&two.visitor, *replica, lease, "503", |answer| answer.status == 503).await?;
        }
    }
    for round in 0..ROUNDS {
        let at = two.known[round % two.known.len()];
        let requests = (0..AT_ONCE).map(|_| two.visitor.copy().request_to(at, "GET", paths::WHOAMI));
        for answer in at_once(requests).await? {
            keeps(&answer, promised)?;
        }
    }
    let (before, now) = (two.revoked_is, look(&two.revoked, 0).await?.status);
    let expected = match promised {
        Gone::KeepsWorking => (before, before),
        Gone::KeepsWorkingForTheRevoked => (401, 200),
        Gone::Unavailable | Gone::UnavailableAfterALease => (before, 503),
    };
    same("GET /api/whoami by whoever was logged out, before and now", &expected, &(before, now))?;
    needs_no_redis(client, promised).await
}

fn keeps(answer: &CheckedResponse, promised: Gone) -> Result<()> {
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

/// While there is time, every replica that knew the visitor comes to one of these answers, whichever worker gives it, and
/// logins and logouts do what they did before.
async fn is_well(client: &Client, two: &Two, statuses: &[u16]) -> Result<()> {
    let begun = Instant::now();
    let in_time = |answer: &CheckedResponse| match begun.elapsed() {
        waited if waited <= BACK_WITHIN => Ok(()),
        waited => Err(answer.unexpected(format!("all well {BACK_WITHIN:?} after Redis came back, not {waited:?}"))),
    };
    loop {
        let asked = two.known.iter().flat_map(|replica| [*replica; AT_ONCE]);
        let requests = asked.map(|replica| two.visitor.copy().request_to(replica, "GET", paths::WHOAMI));
        let answers = at_once(requests).await?;
        let Some(wrong) = answers.iter().find(|answer| !statuses.contains(&answer.status)) else { break };
        in_time(wrong)?;
    }
    for replica in 0..client.replicas() {
        while let Some(wrong) = other_than_before(client, replica, two.revoked_is).await? {
            in_time(&wrong)?;
        }
    }
    Ok(())
}

/// Somebody logs in and out, and a copy is answered with this status; else the answer that was another.
async fn other_than_before(client: &Client, replica: usize, status: u16) -> Result<Option<CheckedResponse>> {
    let visitor = client.nobody_at(replica);
    let logged_in = visitor.try_log_in(Person::Visitor(1)).await?;
    let copy = visitor.copy();
    let logged_out = visitor.log_out().await?;
    let looked = look(&copy, replica).await?;
    let steps = [(logged_in, 200), (logged_out, 204), (looked, status)];
    Ok(steps.into_iter().find(|(answer, expected)| answer.status != *expected).map(|(answer, _)| answer))
}

/// Logs in and half-way through a checkout at one replica, kills that one, and goes on at the others.
pub(super) async fn killed(client: &Client, mut spare: Replica, promised: Killed) -> Result<()> {
    let visitor = client.also(spare.url()).log_in_at(0, Person::Visitor(1)).await?;
    visitor.start_checkout().await?;
    visitor.address("Bath").send().await?.has_status(200)?;
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
                survivor.payment("R-7").send().await?.has_status(200)?;
                survivor.confirmation().send().await?.has_status(201)?;
            }
        }
    }
    Ok(())
}
