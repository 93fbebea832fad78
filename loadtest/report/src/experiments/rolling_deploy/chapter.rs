//! Chapter of `rolling-deploy`: how is it told?

use crate::article::{Figure, Section};
use crate::experiments::faults::chapter as drill;
use crate::experiments::faults::summary::Drilled;
use crate::experiments::rolling_deploy::findings::RollingDeploy;
use crate::recording::Fault;

pub(crate) fn section(deploy: &RollingDeploy) -> Section {
    let of = |balanced: bool| -> Vec<&Drilled> {
        let replaced = deploy.drills.iter().filter(|drill| drill.fault == Fault::Deploy);
        replaced.filter(|drill| drill.way.is_balanced() == balanced).collect()
    };
    let ways =
        [("Replaced under clients that choose for themselves", of(false)), ("Replaced behind HAProxy", of(true))];
    let tried = ways.into_iter().filter(|(_, drills)| !drills.is_empty());
    let timelines = tried.map(|(title, drills)| drill::figure(title.into(), CAPTION, &drills));
    let figures: Vec<Figure> = timelines.chain([drill::books(&deploy.drills)]).collect();
    let own = [
        "A replica that is asked to end (SIGTERM) says first that it is not ready, accepts for a quarter of a second more, \
         finishes what it began, hangs up where nobody asks, and is gone. It is started again on the same address."
            .to_owned(),
        "Clients that choose for themselves learn of it when a connection is refused or was hung up. HAProxy is told to drain \
         the replica before, and asks every tenth of a second who is ready."
            .to_owned(),
    ];
    Section {
        figures,
        measured: drill::measured(&deploy.drills).into_iter().chain(own).collect(),
        not_shown: vec![
            "A new version that answers differently, or changes the database: the same binary is started again.",
            "Requests that take longer than a server waits for them when it ends: ten seconds, and none here takes one.",
            "Clients that send again by themselves what broke off on a connection that was kept, as browsers may.",
        ],
    }
}

const CAPTION: &str = "How many requests ended in each tenth of a second, and how. Each pair of lines is a replica that is \
                       asked to end, and back.";
