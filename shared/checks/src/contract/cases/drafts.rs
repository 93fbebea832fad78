//! Draft cases: can a draft be lost, forged or somebody else's?

use anyhow::Result;

use crate::contract::cases::checkouts::complete;
use crate::contract::client::Client;
use crate::contract::expect::{holds, same};
use crate::contract::fates::shows;
use crate::contract::request::at_once;
use crate::contract::visitor::Person;
use shared::api::checkout::CheckoutState;
use shared::api::meta::Holder;
use shared::api::problem::Code;

pub(super) async fn a_draft_is_the_callers_own(client: &Client) -> Result<()> {
    let owner = complete(client).await?;
    let thief = client.log_in(Person::Jane).await?;
    thief.keep(|kept| kept.draft = owner.kept().draft);
    let refusal = match client.promises.draft {
        Holder::Client => Code::DraftRejected,
        _ => Code::CheckoutNotStarted,
    };
    thief.show_checkout().await?.refused(refusal)?;
    thief.address("York").send().await?.refused(refusal)?;
    thief.confirmation().send().await?.refused(refusal)?;
    owner.confirmation().send().await?.has_status(201).map(drop)
}

/// Refused where the client carries it; not even looked at where the server remembers.
pub(super) async fn a_tampered_draft_changes_nothing(client: &Client) -> Result<()> {
    let visitor = complete(client).await?;
    let state: CheckoutState = visitor.show_checkout().await?.json(200)?;
    for forged in forgeries(visitor.kept().draft.as_deref()) {
        let forger = visitor.copy();
        forger.keep(|kept| kept.draft = Some(forged));
        for answer in [forger.show_checkout().await?, forger.copy().confirmation().send().await?] {
            match client.promises.draft {
                Holder::Client => drop(answer.refused(Code::DraftRejected)?),
                _ if answer.to.starts_with("GET") => same(&answer.to, &state, &answer.json(200)?)?,
                _ => drop(answer.has_status(201)?),
            }
        }
    }
    Ok(())
}

fn forgeries(draft: Option<&str>) -> Vec<String> {
    let mut forged = vec!["nonsense".to_owned(), "a.b.c".into(), "x".repeat(4000)];
    if let Some(draft) = draft {
        forged.extend((0..draft.len()).step_by(7).map(|at| {
            let other = if draft[at..].starts_with('A') { "B" } else { "A" };
            format!("{}{other}{}", &draft[..at], &draft[at + 1..])
        }));
    }
    forged
}

/// Two tabs: where the server remembers, both steps are kept or the later one is told. Where the client carries the
/// draft, each tab has its own, with its own step in it.
pub(super) async fn two_steps_at_once_lose_nothing(client: &Client) -> Result<()> {
    let visitor = client.log_in(Person::Visitor(9)).await?;
    for _ in 0..5 {
        visitor.start_checkout().await?;
        let address = visitor.address("Bath");
        let payment = visitor.payment("R-7");
        let answers = at_once([address, payment]).await?;
        let mut taken = Vec::new();
        for answer in &answers {
            match answer.status {
                200 => taken.push(true),
                _ => {
                    answer.refused(Code::SessionConflict)?;
                    taken.push(false);
                }
            }
        }
        holds("two steps at once", "at least one of them taken", &taken, taken.contains(&true))?;
        let kept = |state: CheckoutState| vec![state.address.is_some(), state.payment.is_some()];
        match client.promises.draft {
            Holder::Client => {
                let (one, other): (CheckoutState, CheckoutState) = (answers[0].json(200)?, answers[1].json(200)?);
                same("two steps at once", &taken, &vec![one.address.is_some(), other.payment.is_some()])?;
            }
            _ => shows(client, &visitor, "two steps at once", &taken, kept).await?,
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
