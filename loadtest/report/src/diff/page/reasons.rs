//! Reasons of a verdict: why is a comparison called so?

use crate::diff::judge::{Change, Why};
use crate::diff::page::label;
use crate::diff::{Diff, Row};
use crate::evidence::thresholds::FEWEST_BLOCKS;
use crate::words;

/// A sentence. Empty where the figures say all of it.
pub(crate) fn because(diff: &Diff, row: &Row) -> String {
    let said = match row.why {
        Why::BeyondNoise if row.arm.load.is_none() => "Counted, so there is no noise.",
        Why::BeyondNoise => return beyond(diff, row),
        Why::TheMachine => return machine(row, "The machine changed and not the server"),
        Why::HiddenByTheMachine => return machine(row, "The machine changed too and hid it"),
        Why::ItsControl => "Its control moved as much: the machine changed, or what every request costs.",
        Why::OnlyNet => "Only net of its control, which may have changed instead.",
        Why::NoControl => "The machine changed too, and no control ran beside it.",
        Why::OneOfMany => "More than noise by itself, but of so many comparisons a few are that by chance.",
        Why::TooWide => "As good as no difference, and as good as a large one: more blocks may tell.",
        Why::FewBlocks => return format!("No interval, which takes {FEWEST_BLOCKS} blocks."),
        Why::FromNothing if row.change == Change::Same => "Next to nothing in both.",
        Why::FromNothing => "One of them has none, so there is no ratio.",
        Why::NoneInABlock => "There was none in a whole block, so the means are compared and there is no interval.",
        Why::NothingCounts => "B measured it, and no sample of that counts.",
        Why::InsideNoise | Why::NotInBoth => "",
    };
    said.into()
}

fn machine(row: &Row, says: &str) -> String {
    format!("{says}: {} as it is.", label::effect(row.effect))
}

fn beyond(diff: &Diff, row: &Row) -> String {
    let noise = match row.noise {
        1.0 => String::new(),
        noise => format!("A server differs from itself by ±{}.", words::percent(noise - 1.0)),
    };
    let machine = diff.machine.filter(|machine| machine.is_certain());
    let more = match (row.net, machine) {
        (Some(_), _) => format!(" As it is: {}.", label::effect(row.effect)),
        (None, Some(_)) => " No control ran beside it, so the machine is in it.".into(),
        (None, None) => String::new(),
    };
    (noise + &more).trim_start().to_owned()
}
