//! Chapter of `any-server`: how is it told?

use crate::article::{Columns, Figure, Section, or_dash, sentences};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::experiments::any_server::{AnyServer, Arm, Joined};
use crate::format::{self, count, duration, percent};
use crate::labels;
use crate::recording::Workload;

pub(crate) fn section(any: &AnyServer) -> Section {
    Section {
        figures: vec![refused(any), newcomer(any)],
        measured: sentences([
            "The same people ask three replicas, in each way on a fleet of its own: who they are, their unfinished checkout, \
             orders. Who is refused logs in again, and goes on.",
            "A replica's requests are counted by the name in its answers: the busiest over the mean of all, and how far they \
             differ (standard deviation over mean), before the fourth one joins.",
            "The newcomer carries its share once it answers three quarters of what is due to it within a tenth of a second.",
        ]),
        not_shown: vec![
            "Replicas of different size, for which going round is not fair.",
            "People who come new after the newcomer: they go to it also where everybody sticks, so that it fills up with time.",
            "How a lookup spreads over several machines that hold sessions together.",
        ],
    }
}

fn label(arm: &Arm) -> String {
    format!("{}: {}", arm.mode.label(), labels::way(arm.way))
}

fn bar(arm: &Arm, name: &str, amount: f64) -> Bar {
    let part = Part::new(name, amount, Tone::Full);
    Bar { label: label(arm), mode: arm.mode, workload: Workload::Whoami, parts: vec![part] }
}

fn refused(any: &AnyServer) -> Figure {
    let table = Columns::<Arm>(&[
        ("", label),
        ("refused with 401", |arm| arm.refused.to_string()),
        ("failed otherwise", |arm| count(arm.failed)),
        ("busiest replica", |arm| or_dash(arm.busiest, format::times)),
        ("replicas differ by", |arm| or_dash(arm.variation, percent)),
    ])
    .of(&any.arms);
    let bars = any.arms.iter().map(|arm| bar(arm, "refused, of all requests", arm.refused.value())).collect();
    Figure::new(
        "Who is not known here",
        "The share of requests that were refused, by where the login is remembered and who chooses the replica.",
        table,
    )
    .drawn(Bars { told: percent, bars })
}

/// Where people stick to what they have, it gets nothing.
fn newcomer(any: &AnyServer) -> Figure {
    let joined = |arm: &Arm| any.joined.iter().find(|joined| (joined.mode, joined.way) == (arm.mode, arm.way));
    let joined: Vec<(&Arm, &Joined)> = any.arms.iter().filter_map(|arm| Some((arm, joined(arm)?))).collect();
    let table = Columns::<(&Arm, &Joined)>(&[
        ("", |(arm, _)| label(arm)),
        ("carried its share after", |(arm, _)| {
            let told = |after: &Option<_>| after.map_or("not while anybody looked".into(), duration);
            format::list(&arm.carried_after.iter().map(told).collect::<Vec<_>>())
        }),
        ("its share in the end", |(_, joined)| percent(joined.in_the_end)),
        ("fair", |(_, joined)| percent(joined.fair)),
    ])
    .of(&joined);
    let answered = |(arm, joined): &(&Arm, &Joined)| bar(arm, "of all answers, after it had joined", joined.in_the_end);
    let bars = joined.iter().map(answered).collect();
    Figure::new(
        "When a fourth replica joins",
        "What it answers of all, from when it was there to be asked. Who sticks to a replica does not come to it.",
        table,
    )
    .drawn(Bars { told: percent, bars })
}
