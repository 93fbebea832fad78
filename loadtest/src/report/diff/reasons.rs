//! Why is it called so?

use super::label;
use crate::analyse::diff::judge::{Change, Why};
use crate::analyse::diff::{Diff, Row};
use crate::analyse::interval::FEWEST_BLOCKS;
use crate::words;

/// Half a sentence. Empty where the figures say all of it.
pub(super) fn because(diff: &Diff, row: &Row) -> String {
    match row.why {
        Why::BeyondNoise if row.arm.load.is_none() => "Counted, so there is no noise.".into(),
        Why::BeyondNoise => beyond(diff, row),
        Why::InsideNoise => String::new(),
        Why::TheMachine => {
            format!(
                "The machine changed and not the server: {} as it is, and no more than noise net of that.",
                plain(row)
            )
        }
        Why::HiddenByTheMachine => {
            format!(
                "The machine hid it: {} as it is, where the machine alone would have made another difference.",
                plain(row)
            )
        }
        Why::ItsControl => "Its control moved as much: the machine changed, or what every request costs.".into(),
        Why::OnlyNet => "Only net of its control, which may have changed instead.".into(),
        Why::NoControl => "The machine changed too, and no control ran beside it.".into(),
        Why::OneOfMany => {
            format!(
                "More than noise by itself, but of {} comparisons a few are that by chance.",
                diff.compared().count()
            )
        }
        Why::TooWide => "As good as no difference, and as good as a large one: more blocks may tell.".into(),
        Why::FewBlocks => format!("No interval, which takes {FEWEST_BLOCKS} blocks."),
        Why::FromNothing => from_nothing(row),
        Why::NotInBoth => String::new(),
    }
}

fn beyond(diff: &Diff, row: &Row) -> String {
    let noise = match row.noise {
        1.0 => String::new(),
        noise => format!("A server differs from itself by ±{}.", words::percent(noise - 1.0)),
    };
    let machine = diff.machine.filter(|machine| machine.is_certain());
    let more = match (row.net, machine) {
        (Some(_), _) => format!(" As it is: {}.", plain(row)),
        (None, Some(_)) => " No control ran beside it, so the machine is in it.".into(),
        (None, None) => String::new(),
    };
    (noise + &more).trim_start().to_owned()
}

fn plain(row: &Row) -> String {
    row.effect.map_or("–".into(), |effect| label::change(effect.ratio))
}

fn from_nothing(row: &Row) -> String {
    match row.change {
        Change::Same => "Next to nothing in both.".into(),
        _ => "One of them has none, so there is no ratio.".into(),
    }
}
