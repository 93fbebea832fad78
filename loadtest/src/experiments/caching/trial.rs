//! What is asked for, and what do the answers show?

use report::recording::{AnswerFields, Brought, CacheTrial, CredentialRule, MeantFor, Mode, Revalidation, SharedCache};
use shared::api::paths;

use crate::experiments::caching::people::{Person, own};
use crate::experiments::caching::tap::Tap;
use crate::experiments::exchange::{Exchange, Header, exchange, get};

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
    pub(super) tap: &'a Tap,
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
        let asking: Vec<_> = people.iter().map(|person| (Some(person), person.brings(brought, place.mode))).collect();
        let direct = exchange(place.origin, &get(self.path, asking[0].1.clone())).await?;
        let mut trial = self.untried(place, brought, people.len() as u32, &direct);
        place.tap.drawn(); // What was drawn before is somebody else's.
        let mut had = Vec::new();
        for _ in 0..rounds {
            had.clear();
            for asks in &asking {
                had.push(asked(&mut trial, place, self, asks.clone(), people).await?);
            }
        }
        if self.meant_for == MeantFor::TheCaller {
            asked(&mut trial, place, self, (None, Vec::new()), people).await?;
        }
        trial.origin_bytes = place.tap.drawn();
        trial.again = again(place, self.path, &asking, &had).await?;
        Ok(trial)
    }

    fn untried(&self, place: &Place<'_>, brought: Brought, people: u32, direct: &Exchange) -> CacheTrial {
        CacheTrial {
            mode: place.mode,
            cache: place.cache,
            fields: place.fields,
            rule: place.rule,
            brought,
            path: self.path.to_owned(),
            meant_for: self.meant_for,
            cache_control: field(direct, "cache-control").to_owned(),
            vary: field(direct, "vary").to_owned(),
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
    target: &Target,
    (who, headers): (Option<&Person>, Vec<Header>),
    people: &[Person],
) -> anyhow::Result<Exchange> {
    let answer = exchange(place.front, &get(target.path, headers)).await?;
    trial.client_bytes += answer.response.total_bytes();
    if answer.status != 200 {
        trial.refused += 1;
        return Ok(answer);
    }
    trial.answered += 1;
    trial.hits += u32::from(field(&answer, "x-cache") == "HIT");
    let named = people.iter().find(|other| who.is_none_or(|who| who.name != other.name) && other.is_named(&answer));
    if let Some(other) = named {
        trial.leaks += 1;
        trial.leaked.push(format!("{} to {}", other.name, who.map_or("a stranger", |who| &who.name)));
    }
    Ok(answer)
}

/// None where an answer has no validator to ask with.
async fn again(
    place: &Place<'_>,
    path: &'static str,
    asking: &[(Option<&Person>, Vec<Header>)],
    had: &[Exchange],
) -> anyhow::Result<Option<Revalidation>> {
    let mut seen = Revalidation { requests: 0, not_modified: 0, saved_bytes: 0, origin_bytes: 0 };
    for ((_, headers), had) in asking.iter().zip(had) {
        let tag = field(had, "etag");
        if tag.is_empty() {
            return Ok(None);
        }
        let headers = headers.iter().cloned().chain([("if-none-match".to_owned(), tag.to_owned())]).collect();
        let answer = exchange(place.front, &get(path, headers)).await?;
        seen.requests += 1;
        if answer.status == 304 {
            seen.not_modified += 1;
            seen.saved_bytes += had.response.total_bytes().saturating_sub(answer.response.total_bytes());
        }
    }
    seen.origin_bytes = place.tap.drawn();
    Ok(Some(seen))
}

/// Absent and empty are the same here.
fn field<'a>(answer: &'a Exchange, name: &str) -> &'a str {
    answer.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}
