//! Chapter of `kill-one`: how is it told?

use crate::article::{Figure, Section};
use crate::experiments::faults::chapter as drill;
use crate::experiments::faults::summary::Drilled;
use crate::experiments::kill_one::findings::KillOne;
use crate::recording::Fault;

pub(crate) fn section(kill: &KillOne) -> Section {
    let killed: Vec<&Drilled> = kill.drills.iter().filter(|drill| drill.fault == Fault::KillReplica).collect();
    let timeline = (!killed.is_empty()).then(|| drill::figure("One of three is killed".into(), CAPTION, &killed));
    let figures: Vec<Figure> = timeline.into_iter().chain([drill::books(&kill.drills)]).collect();
    Section {
        figures,
        measured: drill::measured(&kill.drills),
        not_shown: vec![
            "A machine that vanishes without a word: here the kernel says at once that nobody listens. A client that has \
             to wait for a time limit notices later.",
            "A replica that still listens and answers nobody, which only a health check finds.",
            "A database that dies with its replica: all replicas share one here.",
        ],
    }
}

const CAPTION: &str = "How many requests ended in each tenth of a second, and how. The replica is killed at the first line \
                       and listens again at the second.";
