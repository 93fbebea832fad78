//! Chapter of `lose-redis`: how is it told?

use crate::article::{Figure, Section};
use crate::experiments::faults::chapter as drill;
use crate::experiments::faults::summary::Drilled;
use crate::experiments::lose_redis::findings::LoseRedis;
use crate::recording::Fault;
use crate::words;

pub(crate) fn section(lose: &LoseRedis) -> Section {
    let mut faults: Vec<Fault> = Vec::new();
    for drill in lose.drills.iter().filter(|drill| drill.fault != Fault::None) {
        if !faults.contains(&drill.fault) {
            faults.push(drill.fault);
        }
    }
    let mut figures: Vec<Figure> = faults.into_iter().map(|fault| timeline(lose, fault)).collect();
    figures.push(drill::books(&lose.drills));
    let mut measured = drill::measured(&lose.drills);
    measured.push(
        "Every fleet has a Redis of its own, also the one that never asks it, and it is that Redis which is broken."
            .into(),
    );
    Section {
        figures,
        measured,
        not_shown: vec![
            "A second Redis that takes over: Sentinel or a cluster turn an outage into a pause of seconds, and may lose the \
             last writes.",
            "A disk that dies with Redis, which takes its log along.",
            "Outages that last: whoever waits a minute for a login goes elsewhere.",
        ],
    }
}

fn timeline(lose: &LoseRedis, fault: Fault) -> Figure {
    let drills: Vec<&Drilled> = lose.drills.iter().filter(|drill| drill.fault == fault).collect();
    drill::figure(words::capital(words::fault(fault)), caption(fault), &drills)
}

fn caption(fault: Fault) -> &'static str {
    match fault {
        Fault::Freeze => {
            "It is stopped in mid-sentence: connections stay open, and nobody answers. Whoever has no time limit of its \
             own hangs for as long."
        }
        Fault::Slow => "Nothing is lost and nothing fails; every question to it takes its time.",
        Fault::RestartEmpty => {
            "It keeps nothing on disk. When it is back, it answers quickly and knows nobody: no session, and no token \
             that was taken back."
        }
        Fault::RestartSnapshot => {
            "It writes all it knows to disk now and then, as it does when nobody configures it: a minute after the last \
             time at the soonest. What came since is gone, and here that is everything."
        }
        _ => "It writes down every command before it answers, and reads that again when it starts.",
    }
}
