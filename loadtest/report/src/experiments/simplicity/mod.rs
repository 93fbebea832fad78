//! Experiment `simplicity`: which server is the simpler one?
//!
//! Counted, so there is nothing to estimate. Three ways to look at it: all the code of a server, the files that both have
//! and that a textbook shows, and what there is to keep in mind besides.

pub mod chapter;

use serde::Serialize;

use crate::evidence::claims::{Decision, Strength, Yardstick};
use crate::evidence::interval::Estimate;
use crate::evidence::sides::Side::Stateless;
use crate::evidence::sides::{STATEFUL, STATELESS};
use crate::evidence::thresholds::SHORTER;
use crate::evidence::verdict::Verdict;
use crate::experiments::spec::{ExperimentSpec, claim};
use crate::format::{count, list, percent};
use crate::recording::{Event, Experiment, Mode, Owner, Recording, Source, Sources, Twin};
use chapter::section;

pub(crate) static SPEC: ExperimentSpec<Simplicity> = ExperimentSpec {
    name: Experiment::Simplicity,
    question: "Which server is the simpler one?",
    prediction: "The one that remembers nothing has less to do, so there is less of it.",
    claims: &[claim("stateless-server-is-simpler", Stateless, "The stateless server is the simpler one", shorter)],
    find: |evidence, _| findings(evidence.recording),
    section,
};

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Simplicity {
    pub stateless: Side,
    pub stateful: Side,
    /// Lines of code that both need to talk to Redis: one of them always, the other with a denylist alone.
    pub redis_link: u64,
    pub twins: Vec<Twin>,
}

/// All there is of one server.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    pub mode: Mode,
    pub files: usize,
    /// Lines of code in the files that both servers have.
    pub core: u64,
    /// In those that it has alone.
    pub own: u64,
    pub comments: u64,
    pub tests: u64,
    pub concepts: Concepts,
}

/// What there is to keep in mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Concepts {
    pub types: u64,
    pub traits: u64,
    pub settings: u64,
    /// That go on beside the requests.
    pub tasks: u64,
    /// Programs that must run beside it, as it is usually started.
    pub beside: u64,
}

impl Side {
    pub fn code(&self) -> u64 {
        self.core + self.own
    }
}

impl Concepts {
    pub fn all(&self) -> u64 {
        self.types + self.traits + self.settings + self.tasks + self.beside
    }
}

/// None when nobody counted.
pub fn findings(recording: &Recording) -> Option<Simplicity> {
    let mut events = recording.events.iter();
    let sources = events.find_map(|event| if let Event::Sources(sources) = event { Some(sources) } else { None })?;
    let link = sources.files.iter().filter(|file| file.owner == Owner::RedisConnection).map(|file| file.code).sum();
    Some(Simplicity {
        stateless: side(STATELESS, Owner::Stateless, sources),
        stateful: side(STATEFUL, Owner::Stateful, sources),
        redis_link: link,
        twins: sources.twins.clone(),
    })
}

fn side(mode: Mode, owner: Owner, sources: &Sources) -> Side {
    let files: Vec<&Source> = sources.files.iter().filter(|file| file.owner == owner).collect();
    let all = |figure: fn(&Source) -> u64| files.iter().map(|file| figure(file)).sum::<u64>();
    let is_twin = |file: &&&Source| sources.twins.iter().any(|twin| twin.file == file.file);
    let core: u64 = files.iter().filter(is_twin).map(|file| file.code).sum();
    Side {
        mode,
        files: files.len(),
        core,
        own: all(|file| file.code) - core,
        comments: all(|file| file.comments),
        tests: all(|file| file.tests),
        concepts: Concepts {
            types: all(|file| file.types),
            traits: all(|file| file.traits),
            settings: all(|file| file.settings),
            tasks: all(|file| file.tasks),
            beside: u64::from(mode.has_redis()),
        },
    }
}

/// "The stateless server is the simpler one": in all ways to look at it, in none, or it depends on how.
pub(crate) fn shorter(found: &Simplicity) -> Option<Decision> {
    let Simplicity { stateless, stateful, .. } = found;
    if stateless.core == 0 || stateful.core == 0 {
        let why = "The sources of one server, or the files that both have, were not there to be counted.";
        return Some(Decision::undecided(why));
    }
    let ways = [
        ("lines of code", stateless.code(), stateful.code()),
        ("lines in the files that both have", stateless.core, stateful.core),
        ("things to keep in mind", stateless.concepts.all(), stateful.concepts.all()),
    ];
    let less = ways.iter().filter(|(_, here, there)| (*here as f64) < *there as f64 * SHORTER).count();
    let verdict = match less {
        0 => Verdict::Refuted,
        all if all == ways.len() => Verdict::Supported,
        _ => Verdict::Depends,
    };
    let (here, there) = (stateless.code() as f64, stateful.code() as f64);
    let effect =
        Strength::ratio(Yardstick::OtherSide, "× the code of the stateful server", Estimate::exact(here / there), None);
    Some(Decision::new(verdict, effect, because(&ways)))
}

fn because(ways: &[(&str, u64, u64)]) -> String {
    let told = |(what, here, there): &(&str, u64, u64)| format!("{} {what} against {}", count(*here), count(*there));
    let told: Vec<String> = ways.iter().map(told).collect();
    format!("{}. Below {} of the other's that is simpler.", list(&told), percent(SHORTER))
}
