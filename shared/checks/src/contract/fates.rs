//! Credential fate: what becomes of a credential whose login has ended, or whose owner may do less than it says?

use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::contract::client::Client;
use crate::contract::expect::{mismatch, same};
use crate::contract::response::CheckedResponse;
use crate::contract::visitor::Visitor;
use shared::api::checkout::CheckoutState;
use shared::api::paths;
use shared::api::problem::Code;
use shared::modes::promises::Copied;

/// For whatever may lag.
pub(super) const LAG: Duration = Duration::from_secs(1);
/// Between two looks at whether it is so yet.
const LOOK: Duration = Duration::from_millis(20);

/// Somebody logged out, and here is a copy of the credential: it has the fate that was promised, at each replica.
pub(super) async fn befalls(client: &Client, copy: &Visitor, promised: Copied) -> Result<()> {
    for replica in 0..client.replicas() {
        match promised {
            Copied::LivesToItsExpiry => drop(look(copy, replica).await?.has_status(200)?),
            Copied::DiesWithinASecond => becomes(copy, replica, LAG, "401", |answer| answer.status == 401).await?,
            Copied::DiesAtOnce => drop(look(copy, replica).await?.refused(Code::CredentialRejected)?),
        }
    }
    Ok(())
}

/// Asks one replica who this is until the answer is right, while there is time.
pub(super) async fn becomes(
    visitor: &Visitor,
    replica: usize,
    within: Duration,
    expected: &str,
    is_right: impl Fn(&CheckedResponse) -> bool,
) -> Result<()> {
    let begun = Instant::now();
    loop {
        let answer = look(visitor, replica).await?;
        let waited = begun.elapsed();
        if is_right(&answer) && waited <= within {
            return Ok(());
        }
        if waited > within {
            let seen = format!("{} {} after {waited:?}", answer.status, answer.body);
            return Err(mismatch(&answer.to, format!("{expected} within {within:?}"), seen));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Asks these replicas who this is for as long as anything may lag: the answer was right all the time.
pub(super) async fn stays(
    visitor: &Visitor,
    replicas: &[usize],
    expected: &str,
    is_right: impl Fn(&CheckedResponse) -> bool,
) -> Result<()> {
    let begun = Instant::now();
    while begun.elapsed() <= LAG {
        for replica in replicas {
            let answer = look(visitor, *replica).await?;
            if !is_right(&answer) {
                return Err(answer.unexpected(format!("{expected} for {LAG:?}")));
            }
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// What is to be seen of the draft is seen: with the next request, or in a moment where a replica may know it later.
pub(super) async fn shows<T: PartialEq + Debug>(
    client: &Client,
    visitor: &Visitor,
    asked: &str,
    expected: &T,
    of: impl Fn(CheckoutState) -> T,
) -> Result<()> {
    let begun = Instant::now();
    loop {
        let seen = of(visitor.show_checkout().await?.json(200)?);
        let may_lag = !client.promises.is_known_everywhere_at_once() && begun.elapsed() <= LAG;
        if seen == *expected || !may_lag {
            return same(asked, expected, &seen);
        }
    }
}

/// The replicas that know this visitor: all, or the one that remembers.
pub(super) async fn known_at(client: &Client, visitor: &Visitor) -> Result<Vec<usize>> {
    let mut known = Vec::new();
    for replica in 0..client.replicas() {
        if look(visitor, replica).await?.status == 200 {
            known.push(replica);
        }
    }
    Ok(known)
}

/// `GET /api/whoami` with a copy, so that the original keeps whatever it has.
pub(super) async fn look(visitor: &Visitor, replica: usize) -> Result<CheckedResponse> {
    visitor.copy().request_to(replica, "GET", paths::WHOAMI).send().await
}
