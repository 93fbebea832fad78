//! Chapter of `rotate-key`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::experiments::faults::chapter as drill;
use crate::experiments::faults::summary::Drilled;
use crate::experiments::rotate_key::findings::RotateKey;
use crate::recording::Fault;
use crate::words;
use crate::words::count;

pub(crate) fn section(rotate: &RotateKey) -> Section {
    let of = |fault: Fault| -> Vec<&Drilled> { rotate.drills.iter().filter(|drill| drill.fault == fault).collect() };
    let ways = [
        ("A new key, with care", CAREFULLY, of(Fault::Rotate)),
        ("A new key, carelessly", CARELESSLY, of(Fault::RotateAtOnce)),
    ];
    let tried = ways.into_iter().filter(|(_, _, drills)| !drills.is_empty());
    let timelines = tried.map(|(title, caption, drills)| drill::figure(title.into(), caption, &drills));
    let figures: Vec<Figure> = timelines.chain([people(&rotate.drills)]).collect();
    let own = [
        "The token's key signs it; the cookie's key seals the name of the session. Both servers take several keys: the first \
         signs, all are believed."
            .to_owned(),
        "People renew what they were given every now and then (POST /refresh). Who is refused tries that first: a token comes \
         with a second one for it, which no signing key made."
            .to_owned(),
        "An unfinished checkout that a client carries is sealed with the key as well, and lost with it; one in a session is lost \
         with the way to that session."
            .to_owned(),
        "With care means: the old key is retired when everybody has renewed since the new one signs; somebody who slept all \
         the while is refused from then on, which proves that it is retired."
            .to_owned(),
    ];
    Section {
        figures,
        measured: drill::measured(&rotate.drills).into_iter().chain(own).collect(),
        not_shown: vec![
            "Other services that check the same tokens by a published key, and must fetch the new one in time.",
            "A key that was stolen: then the old one must go at once, and people with it.",
            "Clients that do not renew: to them the careful way is the careless one, later.",
        ],
    }
}

/// Who had to do what.
fn people(drills: &[Drilled]) -> Figure {
    let mut table = Table::new([
        "",
        "people",
        "refused, and renewed",
        "logged out",
        "checkouts gone",
        "requests refused",
        "failed",
        "believed",
    ]);
    let row = |drill: &Drilled| {
        vec![
            format!("{}, {}", words::mode(drill.mode), words::fault(drill.fault)),
            count(drill.people),
            count(drill.audit.renewed),
            count(drill.audit.logged_out),
            count(drill.audit.drafts_lost),
            count(drill.forgotten),
            count(drill.failed),
            if drill.distrusted.is_some() { "no".into() } else { "yes".into() },
        ]
    };
    table.rows = drills.iter().map(row).collect();
    let caption = "Who was refused and had something new without a password, and who had to log in again.";
    Figure { title: "Who noticed".into(), caption: caption.into(), picture: None, table }
}

const CAREFULLY: &str = "Each replica is started again three times: to learn the new key, to sign with it, and to forget the old \
                         one. The lines are where a round begins, and where all is over.";
const CARELESSLY: &str =
    "Each replica is started again once, with the new key alone. The lines are the first and the last of it.";
