//! Experiment `caching`: can a shared cache answer instead?

pub mod chapter;

use serde::Serialize;

use crate::evidence::claims::{Decision, Share, Strength};
use crate::evidence::sides::Side::{Stateful, Stateless};
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::ANSWERS;
use crate::evidence::verdict::Verdict;
use crate::experiments::each_once;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format;
use crate::labels;
use crate::recording::{
    AnswerFields, Brought, CacheTrial, CredentialRule, Event, Experiment, MeantFor, Mode, Recording, SharedCache,
};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<Caching> = ExperimentSpec {
    name: Experiment::Caching,
    question: "Can a shared cache answer instead?",
    prediction: "What a stateless server answers can be cached; what depends on a session cannot.",
    claims: &[
        claim(
            "shared-cache-answers-for-stateless",
            Stateless,
            "A shared cache can answer for the stateless server",
            stateless,
        ),
        claim(
            "shared-cache-cannot-answer-for-stateful",
            Stateful,
            "A shared cache cannot answer for the stateful one",
            stateful,
        ),
    ],
    find: |evidence, _| findings(evidence.recording),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Caching {
    pub trials: Vec<CacheTrial>,
    /// How each cache was told to behave, in the order in which that was tried.
    pub settings: Vec<Setting>,
}

/// A cache, and what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    pub cache: SharedCache,
    pub fields: AnswerFields,
    pub rule: CredentialRule,
}

/// What a row of trials comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub answered: u64,
    pub hits: u64,
    pub leaks: u64,
}

/// None when it was not tried.
pub fn findings(recording: &Recording) -> Option<Caching> {
    let trial = |event: &Event| if let Event::CacheTrial(trial) = event { Some((**trial).clone()) } else { None };
    let trials: Vec<CacheTrial> = recording.events.iter().filter_map(trial).collect();
    let settings = each_once(trials.iter().map(Setting::of));
    (!trials.is_empty()).then_some(Caching { trials, settings })
}

impl Setting {
    pub fn of(trial: &CacheTrial) -> Setting {
        Setting { cache: trial.cache, fields: trial.fields, rule: trial.rule }
    }

    /// Nobody told it anything.
    pub fn is_as_installed(self) -> bool {
        self.fields == AnswerFields::Kept && self.rule == CredentialRule::AsInstalled
    }
}

impl Caching {
    pub fn sum(&self, which: impl Fn(&CacheTrial) -> bool) -> Sum {
        self.trials.iter().filter(|trial| which(trial)).fold(Sum::default(), |sum, trial| Sum {
            answered: sum.answered + u64::from(trial.answered),
            hits: sum.hits + u64::from(trial.hits),
            leaks: sum.leaks + u64::from(trial.leaks),
        })
    }

    /// What its origin allows everybody to keep, asked for in this way of caches that nobody told anything.
    fn public(&self, mode: Mode, brought: Brought, by: impl Fn(SharedCache) -> bool) -> Sum {
        let here = |trial: &CacheTrial| trial.mode == mode && trial.brought == brought && by(trial.cache);
        self.sum(|trial| here(trial) && Setting::of(trial).is_as_installed() && is_public(trial))
    }

    /// What is another answer for each, with the answers' own fields obeyed.
    fn private(&self, mode: Mode) -> Sum {
        self.sum(|trial| trial.mode == mode && is_private(trial) && trial.fields == AnswerFields::Kept)
    }
}

/// Its origin says that anybody may keep it.
pub fn is_public(trial: &CacheTrial) -> bool {
    trial.meant_for == MeantFor::Everybody && trial.cache_control.split(", ").any(|word| word == "public")
}

/// It is another answer for each caller.
pub fn is_private(trial: &CacheTrial) -> bool {
    trial.meant_for == MeantFor::TheCaller
}

impl Sum {
    pub fn share(self) -> f64 {
        self.hits as f64 / self.answered.max(1) as f64
    }

    pub(crate) fn told(self) -> String {
        format::counted(self.hits, self.answered)
    }

    /// Of what was answered, what came from the cache.
    fn cached(self) -> Option<Share> {
        Some(Share { reads: "answers came from the cache", hits: self.hits, of: self.answered })
    }
}

/// "A shared cache can answer for the stateless server."
pub(crate) fn stateless(found: &Caching) -> Option<Decision> {
    let (public, private) = (found.public(STATELESS, Brought::Nothing, |_| true), found.private(STATELESS));
    if let Some(why) = nothing_to_tell(found, public.answered == 0 || private.answered == 0) {
        return Some(Decision::undecided(why));
    }
    let verdict = match (private.leaks, public.share() >= ANSWERS, private.hits) {
        (1.., _, _) | (0, false, 0) => Verdict::Refuted,
        (0, true, 1..) => Verdict::Supported,
        _ => Verdict::Depends,
    };
    let because = format!(
        "For public answers it can: {} came from the cache. For private ones {}: {} did, and {} on the stateful side.{}",
        public.told(),
        if private.hits == 0 { "it may not" } else { "it does" },
        private.told(),
        found.private(STATEFUL).told(),
        leaks(private),
    );
    let cases = [("public", public.cached()), ("private", private.cached())];
    Some(Decision::new(verdict, Strength::cases("answers came from the cache", cases), because))
}

/// "A shared cache cannot answer for the stateful one": a browser sends the cookie with every request, also where nothing
/// asks for it.
pub(crate) fn stateful(found: &Caching) -> Option<Decision> {
    let caches = found.settings.iter().filter(|setting| setting.is_as_installed()).map(|setting| setting.cache);
    let of = |cache| found.public(STATEFUL, Brought::Cookie, |asked| asked == cache);
    let by_cache: Vec<_> = caches.map(|cache| (cache, of(cache))).filter(|(_, sum)| sum.answered > 0).collect();
    let private = found.private(STATEFUL);
    if let Some(why) = nothing_to_tell(found, by_cache.is_empty() || private.answered == 0) {
        return Some(Decision::undecided(why));
    }
    let answering = by_cache.iter().filter(|(_, sum)| sum.share() >= ANSWERS).count();
    let without = found.public(STATEFUL, Brought::Nothing, |_| true);
    let verdict = match (private.leaks, answering) {
        (1.., _) => Verdict::Supported,
        (0, 0) if without.share() < ANSWERS => Verdict::Supported,
        (0, all) if all == by_cache.len() && all > 1 => Verdict::Refuted,
        (0, _) if by_cache.len() == 1 => Verdict::Inconclusive,
        _ => Verdict::Depends,
    };
    let because = format!(
        "{}{}{}{}",
        with_a_cookie(&by_cache),
        leaks(private),
        carelessness(found),
        if by_cache.len() == 1 { " Caches differ in that, and only one kind was tried." } else { "" },
    );
    Some(Decision::new(verdict, as_a_browser_asks(found, &by_cache), because))
}

fn nothing_to_tell(found: &Caching, one_kind_is_missing: bool) -> Option<&'static str> {
    let kept = || found.sum(|trial| Setting::of(trial).is_as_installed() && is_public(trial)).hits;
    match one_kind_is_missing {
        true => Some("Nobody got through the cache to both kinds of answers, public and private."),
        false if kept() == 0 => {
            Some("The cache kept nothing at all, of neither server and for nobody: it tells nothing about them.")
        }
        false => None,
    }
}

/// What needs no credential may be asked for without a token; a browser brings its cookie always.
fn as_a_browser_asks(found: &Caching, by_cache: &[(SharedCache, Sum)]) -> Strength {
    let bare = ("without a credential".to_owned(), found.public(STATEFUL, Brought::Nothing, |_| true).cached());
    let brought =
        by_cache.iter().map(|(cache, sum)| (format!("with a cookie, {}", labels::shared_cache(*cache)), sum.cached()));
    Strength::cases("public answers came from the cache", [bare].into_iter().chain(brought))
}

fn with_a_cookie(by_cache: &[(SharedCache, Sum)]) -> String {
    let told: Vec<String> =
        by_cache.iter().map(|(cache, sum)| format!("{} for {}", labels::shared_cache(*cache), sum.told())).collect();
    format!(
        "With a cookie in the request, public answers came from the cache as it is installed: {}.",
        format::list(&told)
    )
}

fn leaks(private: Sum) -> String {
    match private.leaks {
        0 => String::new(),
        leaks => format!(" {} answers named somebody who did not ask.", format::count(leaks)),
    }
}

/// What becomes of both sides once nobody looks at what an answer says of itself.
fn carelessness(found: &Caching) -> String {
    let careless = |trial: &CacheTrial| (trial.fields, trial.rule) == (AnswerFields::Dropped, CredentialRule::AsTheRfc);
    let of = |mode| found.sum(|trial| trial.mode == mode && is_private(trial) && careless(trial));
    let (token, cookie) = (of(STATELESS), of(STATEFUL));
    if token.answered == 0 || cookie.answered == 0 {
        return String::new();
    }
    let told = |sum: Sum| format::counted(sum.leaks, sum.answered);
    format!(
        " With Cache-Control and Vary ignored, the RFC's rule alone left: {} private answers named somebody else \
         behind a token, {} behind a cookie.",
        told(token),
        told(cookie),
    )
}
