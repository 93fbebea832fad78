//! Half-open requests: what becomes of them while something else happens?

use anyhow::Result;

use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::fates::{befalls, shows};
use crate::contract::visitor::Person;
use shared::api::checkout::CheckoutState;
use shared::api::meta::Holder;
use shared::api::problem::Code;
use shared::modes::promises::Copied;

/// Whoever logs out while a write is under way is logged out: the write must not bring the login back.
pub(super) async fn a_logout_in_the_middle_of_a_request_is_a_logout(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    visitor.start_checkout().await?;
    let (late, copy) = (visitor.copy(), visitor.copy());
    let half = late.address("Bath").begin().await?;
    visitor.log_out().await?.has_status(204)?;
    let answer = half.finish().await?;
    match client.promises.copied_credential {
        Copied::LivesToItsExpiry => drop(answer.has_status(200)?),
        // A token is looked at when the request begins; a session also when it is written.
        Copied::DiesWithinASecond if client.promises.draft == Holder::Client => {
            holds(&answer.to, "200 or 401", answer.status, [200, 401].contains(&answer.status))?;
        }
        Copied::DiesWithinASecond | Copied::DiesAtOnce => drop(answer.refused(Code::CredentialRejected)?),
    }
    for survivor in [late, copy] {
        if survivor.kept().cookie.is_some() || survivor.kept().access_token.is_some() {
            befalls(client, &survivor, client.promises.copied_credential).await?;
            survivor.refresh().await?.refused(Code::CredentialRejected)?;
        }
    }
    Ok(())
}

/// All ten have read the session before the first of them writes it.
pub(super) async fn of_ten_writes_at_once_none_is_lost_silently(client: &Client) -> Result<()> {
    let seed = fastrand::u64(..);
    let asked = format!("ten steps at once that end in an order of their own (seed {seed})");
    let visitor = client.log_in(Person::Visitor(9)).await?;
    visitor.start_checkout().await?;
    let mut halves = Vec::new();
    for number in 0..5 {
        let name = format!("R-{number}");
        let address = visitor.copy().address(&name);
        let payment = visitor.copy().payment(&name);
        halves.push((true, name.clone(), address.begin().await?));
        halves.push((false, name, payment.begin().await?));
    }
    fastrand::Rng::with_seed(seed).shuffle(&mut halves);
    let (mut city, mut reference) = (None, None);
    for (is_address, name, half) in halves {
        let answer = half.finish().await?;
        if answer.status != 200 {
            answer.refused(Code::SessionConflict)?;
            continue;
        }
        let kept = if is_address { &mut city } else { &mut reference };
        *kept = Some(name.clone());
        match client.promises.draft {
            Holder::Client => {
                let alone = if is_address { (Some(name), None) } else { (None, Some(name)) };
                same(&asked, &alone, &kept_of(answer.json(200)?))?;
            }
            _ => shows(client, &visitor, &asked, &(city.clone(), reference.clone()), kept_of).await?,
        }
    }
    holds(&asked, "at least one of them kept", (&city, &reference), city.is_some() || reference.is_some())
}

fn kept_of(state: CheckoutState) -> (Option<String>, Option<String>) {
    (state.address.map(|address| address.city), state.payment.map(|payment| payment.reference))
}
