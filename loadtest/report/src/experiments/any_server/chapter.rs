//! Chapter of `any-server`: how is it told?

use crate::article::{Figure, Section, Table};
use crate::chart::bars::{Bar, Bars, Part, Tone};
use crate::chart::boxed;
use crate::experiments::any_server::findings::{AnyServer, Arm};
use crate::recording::Workload;
use crate::words;
use crate::words::{count, duration, percent};

pub(crate) fn section(any: &AnyServer) -> Section {
    Section {
        figures: vec![refused(any), newcomer(any)],
        measured: vec![
            "The same people ask three replicas, in each way on a fleet of its own: who they are, their unfinished checkout, \
             orders. Who is refused logs in again, and goes on."
                .into(),
            "A replica's requests are counted by the name in its answers: the busiest over the mean of all, and how far they \
             differ (standard deviation over mean), before the fourth one joins."
                .into(),
            "The newcomer carries its share once it answers three quarters of what is due to it within a tenth of a second."
                .into(),
        ],
        not_shown: vec![
            "Replicas of different size, for which going round is not fair.",
            "People who come new after the newcomer: they go to it also where everybody sticks, so that it fills up with time.",
            "How a lookup spreads over several machines that hold sessions together.",
        ],
    }
}

fn label(arm: &Arm) -> String {
    format!("{}: {}", words::mode(arm.mode), words::way(arm.way))
}

fn bar(arm: &Arm, name: &str, amount: f64) -> Bar {
    let part = Part { name: name.into(), amount, tone: Tone::Full };
    Bar { label: label(arm), mode: arm.mode, workload: Workload::Whoami, parts: vec![part] }
}

fn refused(any: &AnyServer) -> Figure {
    let mut table = Table::new(["", "refused with 401", "failed otherwise", "busiest replica", "replicas differ by"]);
    let row = |arm: &Arm| {
        let or_dash = |value: Option<String>| value.unwrap_or("–".into());
        vec![
            label(arm),
            arm.refused.to_string(),
            count(arm.failed),
            or_dash(arm.busiest.map(words::times)),
            or_dash(arm.variation.map(percent)),
        ]
    };
    table.rows = any.arms.iter().map(row).collect();
    let share = |arm: &Arm| arm.refused.hits as f64 / arm.refused.of.max(1) as f64;
    let bars = any.arms.iter().map(|arm| bar(arm, "refused, of all requests", share(arm))).collect();
    Figure {
        title: "Who is not known here".into(),
        caption:
            "The share of requests that were refused, by where the login is remembered and who chooses the replica."
                .into(),
        picture: Some(boxed(Bars { told: percent, bars })),
        table,
    }
}

/// Where people stick to what they have, it gets nothing.
fn newcomer(any: &AnyServer) -> Figure {
    let mut table = Table::new(["", "carried its share after", "its share in the end", "fair"]);
    let mut bars = Vec::new();
    for arm in &any.arms {
        let Some(joined) = any.joined.iter().find(|joined| (joined.mode, joined.way) == (arm.mode, arm.way)) else {
            continue;
        };
        let after: Vec<String> =
            arm.carried_after.iter().map(|after| after.map_or("not while anybody looked".into(), duration)).collect();
        table.rows.push(vec![label(arm), words::list(&after), percent(joined.in_the_end), percent(joined.fair)]);
        bars.push(bar(arm, "of all answers, after it had joined", joined.in_the_end));
    }
    Figure {
        title: "When a fourth replica joins".into(),
        caption:
            "What it answers of all, from when it was there to be asked. Who sticks to a replica does not come to it."
                .into(),
        picture: Some(boxed(Bars { told: percent, bars })),
        table,
    }
}
