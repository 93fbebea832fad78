//! Key rotation: can the keys be changed while users are logged in?
//!
//! A replica at a time, in three rounds: all know the new key before any signs with it, and all sign with it before the old
//! one is dropped. Else a credential would come to a replica that does not know its key yet.

use anyhow::Result;

use crate::contract::client::Client;
use crate::contract::expect::same;
use crate::contract::fates::look;
use crate::contract::variant::Variant;
use crate::contract::visitor::{Person, Visitor};
use rig::fleet::{Database, Fleet};
use rig::keys::FIRST_KEY;
use shared::api::problem::Code;
use shared::modes::Mode;
use shared::modes::promises::Promises;

/// What will sign in place of the first key.
const NEW: &str = "k2";

/// Starts two replicas with one key, and rolls them through the others: the old key and the new one, the new one first, the
/// new one alone. Somebody goes on working meanwhile, and renews once the new key signs.
///
/// # Errors
/// Who was logged out, or whose old credential was still taken in the end.
pub async fn check(mode: Mode) -> Result<()> {
    let promises = Variant::plain(mode)?.promises;
    let mut fleet = Fleet::of(mode, Database::Embedded).await?;
    fleet.keys.make(NEW)?;
    fleet.grow(2).await?;
    let visitor = client(&fleet, promises).log_in(Person::Visitor(1)).await?;
    let asleep = client(&fleet, promises).log_in(Person::Visitor(2)).await?;
    for keys in [[FIRST_KEY, NEW], [NEW, FIRST_KEY]] {
        roll(&mut fleet, promises, &keys, &[&visitor, &asleep]).await?;
    }
    let visitor = there(&fleet, promises, &visitor);
    visitor.refresh().await?.has_status(200)?;
    roll(&mut fleet, promises, &[NEW], &[&visitor]).await?;
    for replica in 0..fleet.replicas.len() {
        look(&there(&fleet, promises, &asleep), replica).await?.refused(Code::CredentialRejected)?;
    }
    Ok(())
}

/// Puts a new replica with these keys in the place of each, and asks all of them after each step.
async fn roll(fleet: &mut Fleet, promises: Promises, keys: &[&str], working: &[&Visitor]) -> Result<()> {
    fleet.keys.sign_with(keys);
    for place in 0..fleet.replicas.len() {
        fleet.replicas.remove(0).stop().await?;
        fleet.grow(1).await?;
        for visitor in working {
            let visitor = there(fleet, promises, visitor);
            for replica in 0..fleet.replicas.len() {
                let asked = format!("GET /api/whoami at replica {replica}, {} of them with {keys:?}", place + 1);
                same(&asked, &200, &look(&visitor, replica).await?.status)?;
            }
        }
    }
    Ok(())
}

/// The way to the replicas as they are now: new ones have new addresses.
fn client(fleet: &Fleet, promises: Promises) -> Client {
    Client::new(fleet.replicas.iter().map(|replica| replica.url().to_owned()).collect(), promises)
}

/// The same person with the same credential, who asks where the fleet is now.
fn there(fleet: &Fleet, promises: Promises, visitor: &Visitor) -> Visitor {
    Visitor { notes: visitor.notes.clone(), ..client(fleet, promises).nobody() }
}
