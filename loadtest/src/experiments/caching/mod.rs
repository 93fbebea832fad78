//! Shared caches: can one answer instead of the server?
//!
//! A real one stands before each server, and several people ask it for the same in turn: for what is meant for
//! everybody, and for what is another answer for each of them. Once it does as the answers say, and once as a careless
//! operator might have it do.

mod people;
mod trial;

use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use report::labels;
use report::recording::{AnswerFields, CredentialRule, Event, Mode, SharedCache};
use rig::caching::{Cache, Credentials, Fields, Product, Rules};
use serde::Deserialize;

use crate::experiments::bench::{Bench, Halt};
use crate::experiments::section::{Needs, Section, single};
use crate::fleet::Fleet;
use crate::fleet::proxy::Proxy;
use people::Person;
use trial::{Place, TARGETS};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Caching {
    /// How many ask for the same.
    people: u32,
    /// How often each of them does.
    rounds: u32,
    /// What each cache is told: about the fields of an answer, and about the credential in a request.
    nginx: Vec<(AnswerFields, CredentialRule)>,
    varnish: Vec<(AnswerFields, CredentialRule)>,
}

#[async_trait(?Send)]
impl Section for Caching {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.people >= 2 && self.rounds > 0,
            "people must be 2 or more, and rounds 1 or more: nobody gets another's answer when there is no other"
        );
        Ok(())
    }

    fn needs(&self) -> Needs {
        let takes = CACHES.into_iter().map(|cache| self.takes(cache)).sum();
        Needs { takes, fleets: single(MODES), visitors: self.people, ..Needs::default() }
    }

    async fn run(&self, bench: &mut Bench<'_>) -> Result<(), Halt> {
        for cache in CACHES {
            match product(cache).program() {
                Ok(_) => self.through(cache, bench).await?,
                Err(missing) => {
                    bench.skipped(format!("{missing}."))?;
                    bench.recorder.spent(self.takes(cache));
                }
            }
        }
        Ok(())
    }
}

const MODES: [Mode; 2] = [Mode::Jwt, Mode::SessionRedis];
const CACHES: [SharedCache; 2] = [SharedCache::Nginx, SharedCache::Varnish];

impl Caching {
    fn told(&self, cache: SharedCache) -> &[(AnswerFields, CredentialRule)] {
        match cache {
            SharedCache::Nginx => &self.nginx,
            SharedCache::Varnish => &self.varnish,
        }
    }

    fn takes(&self, cache: SharedCache) -> Duration {
        self.lasts(cache) * self.told(cache).len() as u32 * MODES.len() as u32
    }

    /// One cache on one server: its start, its requests, its end.
    fn lasts(&self, cache: SharedCache) -> Duration {
        const REQUEST: Duration = Duration::from_micros(700);
        let start = Duration::from_millis(if cache == SharedCache::Nginx { 60 } else { 550 });
        start + REQUEST * (self.rounds + 1) * self.people * TARGETS.len() as u32
    }

    async fn through(&self, cache: SharedCache, bench: &mut Bench<'_>) -> Result<(), Halt> {
        for fleet in bench.twins() {
            let mut people = Vec::new();
            for number in 1..=self.people {
                people.push(Person::arrive(fleet.url(0), number).await?);
            }
            for &rules in self.told(cache) {
                bench.interrupted()?;
                let (front, behind) = (labels::shared_cache(cache), fleet.mode.label());
                bench.recorder.say(format!("caching: {} people ask {front} before {behind}", self.people));
                self.before(fleet, cache, rules, &people, bench).await?;
                bench.recorder.spent(self.lasts(cache));
            }
        }
        Ok(())
    }

    /// A cache of its own for each set of rules: none may remember what it was told before.
    async fn before(
        &self,
        fleet: &Fleet,
        cache: SharedCache,
        (fields, rule): (AnswerFields, CredentialRule),
        people: &[Person],
        bench: &mut Bench<'_>,
    ) -> Result<(), Halt> {
        let proxy = Proxy::start(fleet.addresses(1)[0], Duration::ZERO).await?;
        let upstream = format!("http://{}", proxy.address());
        let running = Cache::start(product(cache), &upstream, rules(fields, rule)).await?;
        let place =
            Place { mode: fleet.mode, cache, fields, rule, origin: fleet.url(0), front: running.url(), proxy: &proxy };
        for target in &TARGETS {
            bench.interrupted()?;
            let trial = target.tried(&place, people, self.rounds).await?;
            bench.recorder.record(&Event::CacheTrial(Box::new(trial)))?;
        }
        Ok(())
    }
}

fn product(cache: SharedCache) -> Product {
    match cache {
        SharedCache::Nginx => Product::Nginx,
        SharedCache::Varnish => Product::Varnish,
    }
}

fn rules(fields: AnswerFields, rule: CredentialRule) -> Rules {
    let fields = match fields {
        AnswerFields::Kept => Fields::Kept,
        AnswerFields::Dropped => Fields::Dropped,
    };
    let credentials = match rule {
        CredentialRule::AsInstalled => Credentials::AsInstalled,
        CredentialRule::AsTheRfc => Credentials::AsTheRfc,
        CredentialRule::Overlooked => Credentials::Overlooked,
    };
    Rules { fields, credentials }
}
