//! Cache trial: what is asked for, and what do the answers show?

use report::recording::{AnswerFields, Brought, CacheTrial, CredentialRule, MeantFor, Mode, Revalidation, SharedCache};
use shared::api::paths;
use wire::client;
use wire::request::Request;
use wire::response::Response;

use crate::experiments::caching::people::{Person, own};
use crate::experiments::exchange::{Exchange, exchange};
use crate::fleet::proxy::Proxy;

/// Something to ask for, and how.
pub(super) struct Target {
    path: &'static str,
    meant_for: MeantFor,
    /// None: the credential that this server gives.
    brought: Option<Brought>,
}

/// A server in front of which a cache stands.
pub(super) struct Place<'a> {
    pub(super) mode: Mode,
    pub(super) cache: SharedCache,
    pub(super) fields: AnswerFields,
    pub(super) rule: CredentialRule,
    pub(super) origin: &'a str,
    /// The cache's own address.
    pub(super) front: &'a str,
    /// Between the cache and the server.
    pub(super) proxy: &'a Proxy,
}

/// What is meant for everybody is asked for in three ways, each under a spelling of its own: the same answer, and to a
/// cache another one.
pub(super) const TARGETS: [Target; 13] = [
    everybody("/api/products", Brought::Nothing),
    everybody("/api/products?limit=20", Brought::Authorization),
    everybody("/api/products?limit=20&after=0", Brought::Cookie),
    everybody("/api/products/7", Brought::Nothing),
    everybody("/api/products/7?a", Brought::Authorization),
    everybody("/api/products/7?b", Brought::Cookie),
    everybody("/api/anonymous", Brought::Nothing),
    everybody("/api/anonymous?a", Brought::Authorization),
    everybody("/api/anonymous?b", Brought::Cookie),
    the_caller(paths::WHOAMI),
    the_caller(paths::PROFILE),
    the_caller(paths::ORDERS),
    the_caller(paths::DATA),
];

const fn everybody(path: &'static str, brought: Brought) -> Target {
    Target { path, meant_for: MeantFor::Everybody, brought: Some(brought) }
}

const fn the_caller(path: &'static str) -> Target {
    Target { path, meant_for: MeantFor::TheCaller, brought: None }
}

impl Target {
    /// Everybody asks in turn, again and again; and at last a stranger does, where nothing is meant for strangers.
    ///
    /// # Errors
    /// The cache, or the server itself, does not answer.
    pub(super) async fn tried(&self, place: &Place<'_>, people: &[Person], rounds: u32) -> anyhow::Result<CacheTrial> {
        let brought = self.brought.unwrap_or_else(|| own(place.mode));
        let get = |person: &Person| person.get(self.path, brought, place.mode);
        let direct = client::send_once(place.origin, &get(&people[0])).await?;
        let mut trial = self.untried(place, brought, people.len() as u32, &direct);
        place.proxy.received(); // What was received before is somebody else's.
        let mut had = Vec::new();
        for _ in 0..rounds {
            had.clear();
            for person in people {
                let request = get(person);
                let seen = asked(&mut trial, place, (Some(person), &request), people).await?;
                had.push((request, seen));
            }
        }
        if self.meant_for == MeantFor::TheCaller {
            asked(&mut trial, place, (None, &Request::get(self.path)), people).await?;
        }
        trial.origin_bytes = place.proxy.received();
        trial.again = again(place, had).await?;
        Ok(trial)
    }

    fn untried(&self, place: &Place<'_>, brought: Brought, people: u32, direct: &Response) -> CacheTrial {
        CacheTrial {
            mode: place.mode,
            cache: place.cache,
            fields: place.fields,
            rule: place.rule,
            brought,
            path: self.path.to_owned(),
            meant_for: self.meant_for,
            cache_control: direct.header("cache-control").to_owned(),
            vary: direct.header("vary").to_owned(),
            people,
            answered: 0,
            refused: 0,
            hits: 0,
            leaks: 0,
            leaked: Vec::new(),
            origin_bytes: 0,
            client_bytes: 0,
            again: None,
        }
    }
}

/// Somebody, or a stranger, asks; what the answer shows is counted.
async fn asked(
    trial: &mut CacheTrial,
    place: &Place<'_>,
    (who, request): (Option<&Person>, &Request),
    people: &[Person],
) -> anyhow::Result<Exchange> {
    let seen = exchange(place.front, request).await?;
    let response = &seen.response;
    trial.client_bytes += seen.weight.total_bytes();
    if response.status != 200 {
        trial.refused += 1;
        return Ok(seen);
    }
    trial.answered += 1;
    trial.hits += u32::from(response.header("x-cache") == "HIT");
    let named = people.iter().find(|other| who.is_none_or(|who| who.name != other.name) && other.is_named(response));
    if let Some(other) = named {
        trial.leaks += 1;
        trial.leaked.push(format!("{} to {}", other.name, who.map_or("a stranger", |who| &who.name)));
    }
    Ok(seen)
}

/// None where an answer has no validator to ask with.
async fn again(place: &Place<'_>, had: Vec<(Request, Exchange)>) -> anyhow::Result<Option<Revalidation>> {
    let mut seen = Revalidation { requests: 0, not_modified: 0, saved_bytes: 0, origin_bytes: 0 };
    for (request, had) in had {
        let tag = had.response.header("etag");
        if tag.is_empty() {
            return Ok(None);
        }
        let Exchange { response, weight, .. } = exchange(place.front, &request.with("if-none-match", tag)).await?;
        seen.requests += 1;
        if response.status == 304 {
            seen.not_modified += 1;
            seen.saved_bytes += had.weight.total_bytes().saturating_sub(weight.total_bytes());
        }
    }
    seen.origin_bytes = place.proxy.received();
    Ok(Some(seen))
}
