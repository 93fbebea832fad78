//! Verdict of `simplicity`: is it decided as its thresholds say?

use report::evidence::verdict::Verdict;
use report::recording::{Event, Experiment, Owner, Source, Sources, Twin};

use crate::{told, verdict};

const CLAIM: &str = "stateless-server-is-simpler";

fn file(owner: Owner, name: &str, code: u64, types: u64) -> Source {
    Source {
        owner,
        file: name.into(),
        code,
        comments: code / 5,
        tests: code / 2,
        types,
        traits: 1,
        settings: 3,
        tasks: 0,
    }
}

/// Lines in the files that both have, lines in one of its own, and types; of either side.
fn counted(stateless: (u64, u64, u64), stateful: (u64, u64, u64)) -> Vec<Event> {
    let of = |owner, (core, own, types)| [file(owner, "main.rs", core, 0), file(owner, "alone.rs", own, types)];
    let link = file(Owner::RedisConnection, "link/mod.rs", 700, 9);
    let files = of(Owner::Stateless, stateless).into_iter().chain(of(Owner::Stateful, stateful)).chain([link]);
    let same = stateless.0.min(stateful.0) / 2;
    let (only_stateless, only_stateful) = (stateless.0 - same, stateful.0 - same);
    let twins = vec![Twin { file: "main.rs".into(), same, only_stateless, only_stateful }];
    vec![Event::Sources(Sources { files: files.collect(), twins })]
}

#[test]
fn what_was_not_seen_is_not_told() {
    assert_eq!(told(Experiment::Simplicity, Vec::new()), "");
}

#[test]
fn fewer_of_everything_is_simpler() {
    insta::assert_snapshot!(told(Experiment::Simplicity, counted((200, 600, 20), (300, 1500, 60))));
}

#[test]
fn as_much_is_not_simpler() {
    insta::assert_snapshot!(told(Experiment::Simplicity, counted((300, 1000, 40), (300, 1000, 40))));
}

#[test]
fn it_depends_when_lines_and_concepts_disagree() {
    insta::assert_snapshot!(told(Experiment::Simplicity, counted((300, 1000, 20), (300, 1000, 60))));
}

#[test]
fn without_the_sources_of_one_side_nothing_is_decided() {
    insta::assert_snapshot!(told(Experiment::Simplicity, counted((0, 0, 0), (300, 1000, 40))));
}

#[test]
fn a_tenth_less_is_where_it_begins() {
    let cases = [
        ((269, 1080, 1), (300, 1200, 60), Some(Verdict::Supported)),
        ((270, 1080, 60), (300, 1200, 60), Some(Verdict::Refuted)),
        ((269, 1200, 60), (300, 1200, 60), Some(Verdict::Depends)),
        ((400, 1600, 90), (300, 1200, 60), Some(Verdict::Refuted)),
    ];
    for (stateless, stateful, expected) in cases {
        assert_eq!(verdict(CLAIM, counted(stateless, stateful)), expected, "{stateless:?} {stateful:?}");
    }
}
