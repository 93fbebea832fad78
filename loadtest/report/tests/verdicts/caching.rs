//! Verdict of `caching`: is it decided as its thresholds say?

use insta::assert_snapshot;
use report::evidence::verdict::Verdict;
use report::recording::*;

use crate::{told, verdict};

const CAN: &str = "shared-cache-answers-for-stateless";
const CANNOT: &str = "shared-cache-cannot-answer-for-stateful";

/// How a cache treats what is asked of it.
#[derive(Clone, Copy)]
struct Behaviour {
    cache: SharedCache,
    fields: AnswerFields,
    rule: CredentialRule,
    /// Hits of six answers, when the request brings nothing, and when it brings a credential.
    bare: u32,
    with_credential: u32,
    /// Of six private answers: hits, and leaks among them, for a token and for a cookie.
    token: (u32, u32),
    cookie: (u32, u32),
}

const NGINX: Behaviour = Behaviour {
    cache: SharedCache::Nginx,
    fields: AnswerFields::Kept,
    rule: CredentialRule::AsInstalled,
    bare: 5,
    with_credential: 5,
    token: (0, 0),
    cookie: (0, 0),
};
const VARNISH: Behaviour = Behaviour { cache: SharedCache::Varnish, with_credential: 0, ..NGINX };
const CARELESS: Behaviour =
    Behaviour { fields: AnswerFields::Dropped, rule: CredentialRule::AsTheRfc, cookie: (5, 4), ..NGINX };

fn trial(mode: Mode, like: Behaviour, brought: Brought, meant_for: MeantFor, (hits, leaks): (u32, u32)) -> Event {
    let public = meant_for == MeantFor::Everybody;
    Event::CacheTrial(Box::new(CacheTrial {
        mode,
        cache: like.cache,
        fields: like.fields,
        rule: like.rule,
        brought,
        path: if public { "/api/products/7" } else { "/api/users/profile" }.into(),
        meant_for,
        cache_control: if public { "public, max-age=60" } else { "private, no-store" }.into(),
        vary: String::new(),
        people: 3,
        answered: 6,
        refused: u32::from(!public),
        hits,
        leaks,
        leaked: (0..leaks).map(|_| "visitor-1 to visitor-2".to_owned()).collect(),
        origin_bytes: 400 * u64::from(6 - hits),
        client_bytes: 2400,
        again: public.then_some(Revalidation { requests: 3, not_modified: 3, saved_bytes: 300, origin_bytes: 0 }),
    }))
}

fn side(mode: Mode, like: Behaviour) -> Vec<Event> {
    let own = if mode.is_stateless() { Brought::Authorization } else { Brought::Cookie };
    let private = if mode.is_stateless() { like.token } else { like.cookie };
    let public = |brought, hits| trial(mode, like, brought, MeantFor::Everybody, (hits, 0));
    vec![
        public(Brought::Nothing, like.bare),
        public(Brought::Authorization, like.with_credential),
        public(Brought::Cookie, like.with_credential),
        trial(mode, like, own, MeantFor::TheCaller, private),
    ]
}

fn both(behaviours: &[Behaviour]) -> Vec<Event> {
    behaviours.iter().flat_map(|like| [Mode::Jwt, Mode::SessionRedis].map(|mode| side(mode, *like))).flatten().collect()
}

#[track_caller]
fn decided(events: Vec<Event>, can: Option<Verdict>, cannot: Option<Verdict>) {
    assert_eq!((verdict(CAN, events.clone()), verdict(CANNOT, events)), (can, cannot));
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::Caching, Vec::new()), "");
}

#[test]
fn two_caches_that_differ_about_cookies_and_a_careless_one() {
    assert_snapshot!(told(Experiment::Caching, both(&[NGINX, CARELESS, VARNISH])));
}

#[test]
fn public_answers_decide_it_where_private_ones_stay_away() {
    let (supported, refuted) = (Some(Verdict::Supported), Some(Verdict::Refuted));
    let (depends, open) = (Some(Verdict::Depends), Some(Verdict::Inconclusive));
    let other = Behaviour { cache: SharedCache::Varnish, ..NGINX };
    decided(both(&[NGINX, other]), depends, refuted);
    decided(both(&[NGINX, VARNISH]), depends, depends);
    decided(both(&[NGINX]), depends, open); // Another cache may do otherwise.
    decided(both(&[VARNISH]), depends, open);
    decided(both(&[Behaviour { bare: 2, with_credential: 2, ..NGINX }]), refuted, supported);
}

#[test]
fn private_answers_that_come_from_an_obedient_cache_support_it_when_they_are_right_and_refute_it_when_not() {
    let (supported, refuted) = (Some(Verdict::Supported), Some(Verdict::Refuted));
    decided(both(&[Behaviour { token: (4, 0), ..NGINX }]), supported, Some(Verdict::Inconclusive));
    decided(both(&[Behaviour { token: (4, 1), cookie: (4, 1), ..NGINX }]), refuted, supported);
}

#[test]
fn what_a_careless_cache_gives_away_is_told_and_decides_nothing() {
    let leaking = Behaviour { token: (5, 4), ..CARELESS };
    decided(both(&[NGINX, VARNISH, leaking]), Some(Verdict::Depends), Some(Verdict::Depends));
}

#[test]
fn a_cache_that_keeps_nothing_and_a_side_that_is_missing_decide_nothing() {
    let open = Some(Verdict::Inconclusive);
    decided(both(&[Behaviour { bare: 0, with_credential: 0, ..NGINX }]), open, open);
    decided(both(&[CARELESS]), open, open);
    decided(side(Mode::Jwt, NGINX), Some(Verdict::Depends), open);
    decided(
        [side(Mode::SessionRedis, NGINX), side(Mode::SessionRedis, VARNISH)].concat(),
        open,
        Some(Verdict::Depends),
    );
}
